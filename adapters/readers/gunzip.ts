import { AppError } from "../../subgraphs/shared/errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { inflated } from "./inflate.ts";

/**
 * The one member of a gzip file (RFC 1952), its sums checked. `node:zlib` would read several members as one file and
 * pass over what follows the last; here both refuse the file. Throws FILE_REJECTED.
 */
export async function* gunzipped(source: ByteSource): AsyncGenerator<Buffer> {
  await skipHeader(source);
  const found = { crc32: 0, bytes: 0 };
  yield* inflated(source, found);
  const trailer = await source.take(8);
  if (trailer.readUInt32LE(0) !== found.crc32 || trailer.readUInt32LE(4) !== found.bytes % 2 ** 32) {
    throw new AppError("FILE_REJECTED", "the archive is damaged: its checksum does not hold; fetch the file again");
  }
  if ((await source.peek(1)).length > 0) {
    const message = "the gzip file has more behind its end, a second file or what is no file; send one file in it";
    throw new AppError("FILE_REJECTED", message);
  }
}

const DEFLATE = 8;
const HEADER_CHECKSUM = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;
const LONGEST_NAME = 4096;

async function skipHeader(source: ByteSource): Promise<void> {
  const header = await source.take(10);
  const flags = header[3]!;
  if (header[2] !== DEFLATE || flags >= 2 * COMMENT) {
    throw new AppError("FILE_REJECTED", "the gzip file is of a kind that does not exist; fetch it again");
  }
  if (flags & EXTRA) await source.take((await source.take(2)).readUInt16LE(0));
  if (flags & NAME) await skipText(source);
  if (flags & COMMENT) await skipText(source);
  if (flags & HEADER_CHECKSUM) await source.take(2);
}

async function skipText(source: ByteSource): Promise<void> {
  for (let length = 0; length < LONGEST_NAME; length += 1) if ((await source.take(1))[0] === 0) return;
  throw new AppError("FILE_REJECTED", "the gzip file has a name that does not end; fetch it again");
}
