import { createReadStream } from "node:fs";
import { lstat, mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { PLATFORM } from "../../shared/database/scope.ts";
import type { FileStorage } from "../../shared/file-storage.ts";
import type { Log } from "../../shared/log.ts";
import { receiveFile } from "../import/receive-file.ts";

type InboxServices = { readonly database: DataSource; readonly storage: FileStorage; readonly log: Log };

/**
 * Takes in files that are dropped into a folder. A file is taken once its size has not changed between two looks, by a
 * rename that only one process can win; links, pipes and hidden files are left alone. What was taken is kept in `taken`.
 */
export function watchInbox(services: InboxServices, folder: string): { readonly close: () => Promise<void> } {
  const stop = new AbortController();
  const watching = watch(services, folder, stop.signal);
  return {
    close: async () => {
      stop.abort();
      await watching;
    },
  };
}

async function watch(services: InboxServices, folder: string, signal: AbortSignal): Promise<void> {
  const taken = join(folder, "taken");
  let sizes = new Map<string, bigint>();
  while (!signal.aborted) {
    try {
      await mkdir(taken, { recursive: true });
      const seen = await sizesIn(folder);
      for (const [name, size] of seen) {
        if (sizes.get(name) === size) await take(services, folder, taken, name);
      }
      sizes = seen;
    } catch (error) {
      services.log.error({ err: error, folder }, "the inbox could not be read; it is tried again");
    }
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function sizesIn(folder: string): Promise<Map<string, bigint>> {
  const sizes = new Map<string, bigint>();
  for (const name of await readdir(folder)) {
    if (name.startsWith(".")) continue;
    const facts = await lstat(join(folder, name), { bigint: true }).catch(() => undefined);
    if (facts?.isFile()) sizes.set(name, facts.size);
  }
  return sizes;
}

async function take({ database, storage, log }: InboxServices, folder: string, taken: string, name: string) {
  const claimed = join(taken, `${Date.now()}-${name}`);
  try {
    await rename(join(folder, name), claimed);
  } catch {
    return;
  }
  try {
    const file = await receiveFile(
      { database, storage },
      { bytes: createReadStream(claimed), name, merchantId: PLATFORM, origin: "INBOX", userId: "system:inbox" },
    );
    log.info({ fileId: file.id, isNew: file.isNew }, "file taken from the inbox");
  } catch (error) {
    // Back to where it was: the next look tries again, and nothing is lost.
    await rename(claimed, join(folder, name));
    throw error;
  }
}

const LOOK_MS = 2_000;
