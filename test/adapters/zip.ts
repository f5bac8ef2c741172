import { crc32, deflateRawSync } from "node:zlib";

/** A member of a zip file, with what can be wrong with one. */
export type Member = {
  readonly name: string;
  readonly content: Buffer;
  readonly stored?: boolean;
  readonly method?: number;
  readonly flags?: number;
  readonly crc32?: number;
  readonly unixMode?: number;
  readonly describedLater?: boolean;
  readonly unsigned?: boolean;
};

/** A zip file written by hand, since no tool writes the bad ones; `directory` may contradict the members. */
export function zipOf(
  members: readonly Member[],
  { directory = members, comment = "" }: { readonly directory?: readonly Member[]; readonly comment?: string } = {},
): Buffer {
  const locals = members.map(localOf);
  let at = 0;
  const places = locals.map(({ length }) => {
    at += length;
    return at - length;
  });
  const entries = directory.map((member, index) => entryOf(member, places[index] ?? 0));
  const listing = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, listing, end, Buffer.from(comment)]);
}

function packed({ content, stored }: Member): Buffer {
  return stored ? content : deflateRawSync(content);
}

function sumsOf(member: Member): Buffer {
  const sums = Buffer.alloc(12);
  sums.writeUInt32LE(member.crc32 ?? crc32(member.content), 0);
  sums.writeUInt32LE(packed(member).length, 4);
  sums.writeUInt32LE(member.content.length, 8);
  return sums;
}

/** The fields that the local header and the directory share: version, flags, method, time, sums, length of the name. */
function sharedOf(member: Member): Buffer {
  const { flags = 0, stored, method, describedLater, name } = member;
  const shared = Buffer.alloc(24);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt16LE(flags | (describedLater ? 8 : 0), 2);
  shared.writeUInt16LE(method ?? (stored ? 0 : 8), 4);
  sumsOf(member).copy(shared, 10);
  shared.writeUInt16LE(name.length, 22);
  return shared;
}

function localOf(member: Member): Buffer {
  const shared = sharedOf(member);
  if (member.describedLater) shared.fill(0, 10, 22);
  const descriptor = Buffer.concat([Buffer.from(member.unsigned ? "" : "PK\u0007\u0008"), sumsOf(member)]);
  return Buffer.concat([
    Buffer.from("PK\u0003\u0004"),
    shared,
    Buffer.alloc(2),
    Buffer.from(member.name),
    packed(member),
    member.describedLater ? descriptor : Buffer.alloc(0),
  ]);
}

function entryOf(member: Member, at: number): Buffer {
  const rest = Buffer.alloc(16);
  rest.writeUInt32LE(((member.unixMode ?? 0o100644) << 16) >>> 0, 8);
  rest.writeUInt32LE(at, 12);
  return Buffer.concat([
    Buffer.from("PK\u0001\u0002"),
    Buffer.from([20, 3]),
    sharedOf(member),
    rest,
    Buffer.from(member.name),
  ]);
}
