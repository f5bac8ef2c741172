import { crc32 } from "node:zlib";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { type Checksum, inflated } from "./inflate.ts";

/**
 * The one member of a zip file (APPNOTE.TXT 6.3.10). It is read from the front as it streams and then held to the
 * directory at its end, byte for byte, so that no reader can see another file in it than we do: libraries trust either
 * the one or the other. Throws FILE_REJECTED for anything else than one plain file, stored or deflated, of at most 4 GiB.
 */
export async function* unzipped(source: ByteSource): AsyncGenerator<Buffer> {
  const member = await localHeader(source);
  const start = source.bytesRead;
  const found: Checksum = { crc32: 0, bytes: 0 };
  if (member.method === DEFLATED) yield* inflated(source, found);
  else if (member.method === STORED && !member.isDescribedLater) yield* stored(source, member.size, found);
  else throw refusal("is packed in a way that is not read; pack it again, or send it unpacked");
  const packed = source.bytesRead - start;
  if (member.isDescribedLater) await descriptor(source, found, packed);
  else if (member.crc32 !== found.crc32 || member.size !== found.bytes || member.packed !== packed) throw damaged();
  const directoryAt = source.bytesRead;
  await directory(source, member, { ...found, packed });
  await end(source, { directoryAt, directoryLength: source.bytesRead - directoryAt });
}

type Member = {
  readonly name: Buffer;
  readonly method: number;
  /** Sizes and checksum follow the data, since the writer did not know them before. */
  readonly isDescribedLater: boolean;
  readonly crc32: number;
  readonly packed: number;
  readonly size: number;
};
type Sizes = Checksum & { readonly packed: number };

const LOCAL = 0x04034b50;
const DESCRIPTOR = "504b0708";
const DIRECTORY = 0x02014b50;
const END = 0x06054b50;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
const DESCRIBED_LATER = 8;
const IN_ZIP64 = 0xffffffff;

async function localHeader(source: ByteSource): Promise<Member> {
  const signature = (await source.peek(4)).readUInt32LE(0);
  if (signature === END) throw refusal("holds no file; send one file in it");
  if (signature !== LOCAL) throw refusal("is one of several volumes; send the file in one");
  const header = await source.take(30);
  const flags = header.readUInt16LE(6);
  const name = await source.take(header.readUInt16LE(26));
  await source.take(header.readUInt16LE(28));
  if (flags & ENCRYPTED) throw refusal("is encrypted; send the file without a password");
  if (name.at(-1) === SLASH) throw refusal("holds a folder; send one file in it");
  if (isHostile(name.toString("latin1"))) throw refusal("names a place outside itself; send the file unpacked");
  const isDescribedLater = (flags & DESCRIBED_LATER) !== 0;
  return {
    name,
    method: header.readUInt16LE(8),
    isDescribedLater,
    crc32: header.readUInt32LE(14),
    packed: isDescribedLater ? 0 : fits(header.readUInt32LE(18)),
    size: isDescribedLater ? 0 : fits(header.readUInt32LE(22)),
  };
}

const SLASH = 0x2f;

/** No name is used for anything, but one that would write elsewhere says what kind of file this is. */
function isHostile(name: string): boolean {
  return /^(?:[/\\]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(name) || name.includes("\0");
}

async function* stored(source: ByteSource, size: number, found: Checksum): AsyncGenerator<Buffer> {
  while (found.bytes < size) {
    const bytes = await source.take(Math.min(size - found.bytes, STORED_BYTES));
    found.crc32 = crc32(bytes, found.crc32);
    found.bytes += bytes.length;
    yield bytes;
  }
}

const STORED_BYTES = 65_536;

/** What came out and how long it was, said behind the data; the signature before it is optional. */
async function descriptor(source: ByteSource, found: Checksum, packed: number): Promise<void> {
  if ((await source.peek(4)).toString("hex") === DESCRIPTOR) await source.take(4);
  const sums = await source.take(12);
  const holds = [found.crc32, packed, found.bytes].every((value, index) => sums.readUInt32LE(4 * index) === value);
  if (!holds) throw damaged();
}

/** The directory must name this member and no other, at the very start of the file. */
async function directory(source: ByteSource, member: Member, found: Sizes): Promise<void> {
  const signature = (await source.peek(4)).toString("latin1");
  if (signature === "PK\u0003\u0004") throw refusal("holds several files; send them one by one");
  const entry = await source.take(46);
  const sums = [entry.readUInt32LE(16), fits(entry.readUInt32LE(20)), fits(entry.readUInt32LE(24))];
  const name = await source.take(entry.readUInt16LE(28));
  await source.take(entry.readUInt16LE(30) + entry.readUInt16LE(32));
  const isSame = name.equals(member.name) && entry.readUInt16LE(10) === member.method && entry.readUInt32LE(42) === 0;
  const holds = [found.crc32, found.packed, found.bytes].every((value, index) => sums[index] === value);
  if (entry.readUInt32LE(0) !== DIRECTORY || !isSame || !holds) throw damaged();
  if (isSpecial(entry)) throw refusal("holds a link or a device; send the file itself");
}

/** The type of file that Unix keeps in the upper half of the attributes: none, or a regular file. */
function isSpecial(entry: Buffer): boolean {
  const type = entry.readUInt16LE(40) >> 12;
  return entry[5] === UNIX && type !== 0 && type !== REGULAR;
}

const UNIX = 3;
const REGULAR = 8;

type Directory = { readonly directoryAt: number; readonly directoryLength: number };

async function end(source: ByteSource, { directoryAt, directoryLength }: Directory): Promise<void> {
  if ((await source.peek(4)).toString("latin1") === "PK\u0001\u0002") {
    throw refusal("holds several files; send them one by one");
  }
  const record = await source.take(22);
  if (record.readUInt32LE(0) !== END) throw damaged();
  const counts = [record.readUInt16LE(8), record.readUInt16LE(10)];
  const places = [record.readUInt32LE(12), record.readUInt32LE(16)];
  if (counts.some((count) => count !== 1) || places[0] !== directoryLength || places[1] !== directoryAt)
    throw damaged();
  await source.take(record.readUInt16LE(20));
  if ((await source.peek(1)).length > 0) throw refusal("has more behind its end; fetch the file again");
}

function fits(size: number): number {
  if (size === IN_ZIP64) throw refusal("says that it is larger than 4 GiB; send its parts, each in a file of its own");
  return size;
}

function damaged(): AppError {
  return refusal("is damaged: its parts contradict each other; fetch the file again");
}

function refusal(problem: string): AppError {
  return new AppError("FILE_REJECTED", `the zip file ${problem}`);
}
