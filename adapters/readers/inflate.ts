import { crc32, createInflateRaw, type InflateRaw } from "node:zlib";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { ByteSource } from "./byte-source.ts";

/** What came out, for the sums that gzip and zip keep. */
export type Checksum = { crc32: number; bytes: number };

/**
 * Inflates raw deflate data as far as it goes and leaves what follows it in the source: gzip and zip both say there what
 * should have come out. Throws FILE_REJECTED for data that is damaged or cut.
 */
export async function* inflated(source: ByteSource, checksum: Checksum): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw();
  const feeding = feed(source, inflate).catch((error: Error) => void inflate.destroy(error));
  try {
    for await (const bytes of inflate as AsyncIterable<Buffer>) {
      checksum.crc32 = crc32(bytes, checksum.crc32);
      checksum.bytes += bytes.length;
      yield bytes;
    }
    await feeding;
  } catch (cause) {
    if (!isZlibError(cause)) throw cause;
    throw new AppError("FILE_REJECTED", "the archive is cut or damaged; fetch the file again", { cause });
  } finally {
    inflate.destroy();
  }
}

async function feed(source: ByteSource, inflate: InflateRaw): Promise<void> {
  for (let bytes = await source.next(); bytes; bytes = await source.next()) {
    const before = inflate.bytesWritten;
    await written(inflate, bytes);
    const used = inflate.bytesWritten - before;
    if (used < bytes.length) {
      source.putBack(bytes.subarray(used));
      return;
    }
  }
  inflate.end();
}

/**
 * Resolves when zlib has taken what it wants of these bytes. Where the data ends within them it does not always call back,
 * but it closes then. What went wrong is thrown where the output is read.
 */
function written(inflate: InflateRaw, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = () => resolve();
    inflate.once("close", done);
    inflate.write(bytes, () => {
      inflate.off("close", done);
      resolve();
    });
  });
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && /^Z_/.test((error as NodeJS.ErrnoException).code ?? "");
}
