import { constants, type Dirent } from "node:fs";
import { lstat, mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { PLATFORM } from "../../shared/database/scope.ts";
import { AppError, ERRORS } from "../../shared/errors.ts";
import { piecesOf } from "../../shared/file-pieces.ts";
import type { FileStorage } from "../../shared/file-storage.ts";
import type { Log } from "../../shared/log.ts";
import { receiveFile } from "../import/receive-file.ts";

type InboxServices = { readonly database: DataSource; readonly storage: FileStorage; readonly log: Log };
type InboxTimes = { readonly lookMs: number; readonly abandonedMs: number };

/**
 * Takes in files that are dropped into a folder. A file is taken once its size and time have not changed between two
 * looks, by a rename that only one process can win; links, pipes and hidden files are left alone. What was taken is kept
 * in `taken`, what cannot be (an empty file) in `refused`. A folder named for a provider takes that provider's files and
 * no other's.
 */
export function watchInbox(
  services: InboxServices,
  folder: string,
  times: InboxTimes = { lookMs: 2_000, abandonedMs: 600_000 },
): { readonly close: () => Promise<void> } {
  const stop = new AbortController();
  const watching = watch(services, folder, { ...times, signal: stop.signal });
  return {
    close: async () => {
      stop.abort();
      await watching;
    },
  };
}

/** Where files are on their way; none of these is a provider. */
const STAGES = { taking: ".taking", taken: "taken", refused: "refused" } as const;

async function watch(
  services: InboxServices,
  folder: string,
  { lookMs, abandonedMs, signal }: InboxTimes & { readonly signal: AbortSignal },
): Promise<void> {
  let before = new Map<string, string>();
  while (!signal.aborted) {
    try {
      for (const stage of Object.values(STAGES)) await mkdir(join(folder, stage), { recursive: true });
      await putBackAbandoned(folder, abandonedMs);
      const seen = await filesIn(folder);
      for (const [path, state] of seen) {
        if (signal.aborted) return;
        if (before.get(path) === state) await take(services, folder, path);
      }
      before = seen;
    } catch (error) {
      services.log.error({ err: error, folder }, "the inbox could not be read; it is tried again");
    }
    await delay(lookMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Files by their path below the inbox, `name` or `provider/name`, with what shows that one is still being written. */
async function filesIn(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const add = async (path: string) => {
    const facts = await lstat(join(folder, path), { bigint: true }).catch(() => undefined);
    if (facts?.isFile()) found.set(path, `${facts.size} ${facts.mtimeNs}`);
  };
  for (const entry of await entriesOf(folder)) {
    if (entry.isFile()) await add(entry.name);
    else if (entry.isDirectory() && !Object.values<string>(STAGES).includes(entry.name)) {
      for (const inner of await entriesOf(join(folder, entry.name))) {
        if (inner.isFile()) await add(join(entry.name, inner.name));
      }
    }
  }
  return found;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
}

async function take({ database, storage, log }: InboxServices, folder: string, path: string): Promise<void> {
  const [name = path, provider] = path.split("/").reverse();
  const kept = `${Date.now()}-${path.replaceAll("/", "-")}`;
  const claimed = join(folder, STAGES.taking, path.replaceAll("/", CLAIMED_SEPARATOR));
  try {
    await rename(join(folder, path), claimed);
  } catch {
    return;
  }
  try {
    const file = await receiveFile(
      { database, storage },
      {
        // A link that took the file's place after we looked is not followed.
        bytes: piecesOf(claimed, constants.O_RDONLY | constants.O_NOFOLLOW),
        name,
        merchantId: PLATFORM,
        origin: "INBOX",
        userId: "system:inbox",
        onlyProvider: provider ?? null,
      },
    );
    await rename(claimed, join(folder, STAGES.taken, kept));
    log.info({ fileId: file.id, isNew: file.isNew }, "file taken from the inbox");
  } catch (error) {
    const isHopeless = error instanceof AppError && !ERRORS[error.code].retry;
    // Back to where it was: the next look tries again, nothing is lost, and the other files go on.
    await rename(claimed, isHopeless ? join(folder, STAGES.refused, kept) : join(folder, path));
    log.error({ err: error, file: kept }, isHopeless ? "file refused" : "a file could not be taken; it is tried again");
  }
}

/** A process that died between its claim and the end of its work left the file behind; nobody works that long. */
async function putBackAbandoned(folder: string, abandonedMs: number): Promise<void> {
  for (const claimed of await readdir(join(folder, STAGES.taking))) {
    const path = join(folder, STAGES.taking, claimed);
    const facts = await lstat(path).catch(() => undefined);
    if (!facts || Date.now() - facts.ctimeMs < abandonedMs) continue;
    await rename(path, join(folder, claimed.replaceAll(CLAIMED_SEPARATOR, "/"))).catch(() => undefined);
  }
}

/** Stands for the slash while a provider's file is claimed; no file has it in its name, since Windows forbids it. */
const CLAIMED_SEPARATOR = "|";
