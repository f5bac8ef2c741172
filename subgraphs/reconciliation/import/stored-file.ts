import { unpacked, unpackedHead } from "../../../adapters/readers/unpack.ts";
import type { FileStorage } from "../../shared/file-storage.ts";

/** A received file as adapters see it: out of its archive, if it came in one. */
export type StoredFile = {
  /** Its first 4 KiB, one character a byte, so that no encoding can fail here. */
  readonly head: () => Promise<string>;
  /** Its bytes from the start. */
  readonly read: () => AsyncIterable<Buffer>;
  /** How far the last reading is, in bytes of the file as it was received. */
  readonly bytesRead: () => bigint;
};

export function openStoredFile(storage: FileStorage, sha256: string): StoredFile {
  let bytes = 0;
  const counted = async function* () {
    bytes = 0;
    for await (const chunk of storage.read(sha256) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  return { head: () => unpackedHead(counted()), read: () => unpacked(counted()), bytesRead: () => BigInt(bytes) };
}
