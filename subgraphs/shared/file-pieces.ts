import { constants, open } from "node:fs/promises";

/**
 * A file's bytes from the start. All pieces stand in one memory, so each is good until the next is asked for: a stream
 * takes new memory for each, and 30 MB of a large file are there before the first is let go.
 */
export async function* piecesOf(path: string, flags: number = constants.O_RDONLY): AsyncGenerator<Buffer> {
  const memory = Buffer.allocUnsafeSlow(PIECE_BYTES);
  const file = await open(path, flags);
  try {
    for (;;) {
      const { bytesRead } = await file.read(memory, 0, PIECE_BYTES);
      if (bytesRead === 0) return;
      yield memory.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

const PIECE_BYTES = 256 * 1024;
