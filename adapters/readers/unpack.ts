import { AppError } from "../../subgraphs/shared/errors.ts";
import { ByteSource } from "./byte-source.ts";
import { gunzipped } from "./gunzip.ts";
import { unzipped } from "./unzip.ts";

/** What a file may become when unpacked: 1 GiB, as much as a file may be that is not packed. */
const LARGEST_BYTES = 1024 * 1024 * 1024;
/** Text shrinks to a tenth or a twentieth; a bomb to a thousandth. Small files are let off. */
const LARGEST_RATIO = 100;
const SMALL_BYTES = 1024 * 1024;
const HEAD_BYTES = 4096;

/**
 * The file as its format's adapter reads it: out of its gzip or its zip with one member, or as it is. It streams, and
 * what comes out is counted as it comes. Throws FILE_REJECTED for an archive that is cut or damaged, has anything behind
 * its end, has no member or several, is encrypted, holds another archive, or grows beyond 1 GiB or a hundred times its
 * size. Names inside an archive are not used for anything.
 */
export async function* unpacked(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = new ByteSource(file);
  let inner: ByteSource | undefined;
  try {
    const unpack = unpackerOf(await source.peek(4));
    if (unpack) {
      inner = new ByteSource(unpack(source));
      yield* bounded(inner, source);
    } else for (let bytes = await source.next(); bytes; bytes = await source.next()) yield bytes;
  } finally {
    await inner?.close();
    await source.close();
  }
}

/** The first 4 KiB of the unpacked file, one character a byte, as `SettlementAdapter.accepts` judges it. */
export async function unpackedHead(file: AsyncIterable<Buffer>): Promise<string> {
  let head = Buffer.alloc(0);
  for await (const bytes of unpacked(file)) {
    head = Buffer.concat([head, bytes.subarray(0, HEAD_BYTES - head.length)]);
    if (head.length === HEAD_BYTES) break;
  }
  return head.toString("latin1");
}

async function* bounded(inner: ByteSource, outer: ByteSource): AsyncGenerator<Buffer> {
  const start = (await inner.peek(6)).toString("latin1");
  if (NESTED.some((mark) => start.startsWith(mark))) {
    throw refusal("holds another archive; unpack it and send the files in it one by one");
  }
  for (let bytes = await inner.next(); bytes; bytes = await inner.next()) {
    const count = inner.bytesRead;
    if (count > LARGEST_BYTES) throw refusal("unpacks to more than 1 GiB; send its parts, each in a file of its own");
    if (count > SMALL_BYTES && count > LARGEST_RATIO * outer.bytesRead) {
      throw refusal(
        `unpacks to more than ${LARGEST_RATIO} times its size, as no settlement file does; send it unpacked`,
      );
    }
    yield bytes;
  }
  if (inner.bytesRead === 0) throw refusal("holds an empty file; send it again");
}

function unpackerOf(start: Buffer): ((source: ByteSource) => AsyncIterable<Buffer>) | undefined {
  const mark = start.toString("latin1");
  if (mark.startsWith("\u001f\u008b")) return gunzipped;
  return ZIPS.includes(mark) ? unzipped : undefined;
}

/** A zip file, one of nothing, one of several volumes. */
const ZIPS = ["PK\u0003\u0004", "PK\u0005\u0006", "PK\u0007\u0008"];

/** gzip, zip, bzip2, xz, Zstandard, 7-Zip, RAR. */
const NESTED = ["\u001f\u008b", "PK\u0003\u0004", "BZh", "\u00fd7zXZ", "(\u00b5/\u00fd", "7z\u00bc\u00af", "Rar!"];

function refusal(problem: string): AppError {
  return new AppError("FILE_REJECTED", `the archive ${problem}`);
}
