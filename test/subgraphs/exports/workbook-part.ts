import { inflateRawSync } from "node:zlib";

/** One part of a workbook, unpacked: its bytes follow a head of thirty bytes, its name and what else is said of it. */
export function partOf(bytes: Buffer, path: string): string {
  const name = bytes.indexOf(path);
  return inflateRawSync(bytes.subarray(name + path.length + bytes.readUInt16LE(name - 2))).toString();
}
