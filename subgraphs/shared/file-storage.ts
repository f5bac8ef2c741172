import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { AppError } from "./errors.ts";

export type StoredFile = { readonly sha256: string; readonly sizeBytes: bigint };

/** Files by the hash of their bytes. A given name is data and never part of a path. */
export type FileStorage = {
  /** Streams the bytes to disk while hashing them; nothing is there under its hash until all of it is. */
  readonly put: (bytes: AsyncIterable<Buffer>, limitBytes?: number) => Promise<StoredFile>;
  /** @param range bytes to read, both ends included; the whole file without it */
  readonly read: (sha256: string, range?: { readonly start: number; readonly end: number }) => Readable;
  /** Removes a file, if it is there. */
  readonly remove: (sha256: string) => Promise<void>;
  /** Removes what somebody began to write so long ago that they must have ended without finishing. */
  readonly removeAbandoned: (olderThanMs: number) => Promise<void>;
};

export function openFileStorage(folder: string): FileStorage {
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256);
  return {
    put: (bytes, limitBytes = DEFAULT_LIMIT_BYTES) => store(folder, pathOf, bytes, limitBytes),
    read: (sha256, range) => createReadStream(pathOf(sha256), { highWaterMark: 64 * 1024, ...range }),
    remove: (sha256) => rm(pathOf(sha256), { force: true }),
    removeAbandoned: (olderThanMs) => removeAbandoned(join(folder, "incoming"), olderThanMs),
  };
}

const DEFAULT_LIMIT_BYTES = 1024 * 1024 * 1024;

async function store(
  folder: string,
  pathOf: (sha256: string) => string,
  bytes: AsyncIterable<Buffer>,
  limitBytes: number,
): Promise<StoredFile> {
  const incoming = join(folder, "incoming", randomUUID());
  await mkdir(dirname(incoming), { recursive: true });
  try {
    const { sha256, sizeBytes } = await writeHashed(incoming, bytes, limitBytes);
    const path = pathOf(sha256);
    await mkdir(dirname(path), { recursive: true });
    await rename(incoming, path);
    await syncFolder(dirname(path));
    return { sha256, sizeBytes };
  } catch (error) {
    if (!NO_ROOM.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    throw new AppError("STORAGE_FULL", "there is no room to keep the file; nothing of it was kept", { cause: error });
  } finally {
    await rm(incoming, { force: true });
  }
}

/** The disk is full, or what this user or process may have of it. */
const NO_ROOM: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

async function writeHashed(path: string, bytes: AsyncIterable<Buffer>, limitBytes: number): Promise<StoredFile> {
  const hash = createHash("sha256");
  const file = await open(path, "wx");
  let sizeBytes = 0;
  try {
    for await (const chunk of bytes) {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) {
        throw new AppError("FILE_REJECTED", `the file is larger than ${limitBytes} bytes; split it and send the parts`);
      }
      const written = file.write(chunk);
      hash.update(chunk);
      await written;
    }
    // Acknowledged means on disk: the row that names this file must never outlive its bytes.
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest("hex"), sizeBytes: BigInt((await stat(path)).size) };
}

async function removeAbandoned(incoming: string, olderThanMs: number): Promise<void> {
  const names = await readdir(incoming).catch(() => []);
  for (const name of names) {
    const path = join(incoming, name);
    const written = await stat(path).catch(() => undefined);
    if (written && Date.now() - written.mtimeMs > olderThanMs) await rm(path, { force: true });
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}
