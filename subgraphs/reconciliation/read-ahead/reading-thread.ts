import { setImmediate as nextTurn } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { SettlementAdapter } from "../../../adapters/adapter.ts";
import { AppError, type ErrorCode } from "../../shared/errors.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import { openFileStorage } from "../../shared/file-storage.ts";
import { stageFile } from "../import/stage-file.ts";
import { memoryOf, type StagedPart, type StagingOrder } from "../import/staged-file.ts";
import { openStoredFile, type StoredFile } from "../import/stored-file.ts";

/*
 * Reads one stored file after another, and stages its rows for the import, which only has to hand them to the database.
 * It stays a few chunks ahead, and tells how far it is each time that the adapter asks for more.
 */

export type ThreadSettings = { readonly folder: string; readonly registry: string; readonly families: string };

/** `open`: choose the adapter. `stage`: read that file. `spent`: this memory of a chunk may be used again. */
export type ThreadOrder =
  | { readonly kind: "open"; readonly sha256: string }
  | { readonly kind: "stage"; readonly order: StagingOrder }
  | { readonly kind: "spent"; readonly memory: readonly ArrayBuffer[] };

/**
 * `opened`: the adapter is chosen. `passed`: the adapter is done with so many bytes of its file, and asks for more; `read`
 * is how far that is in the file as it was received. `staged`: rows, or the summary, which is the last word. `failed`: the
 * reading ended otherwise; what threw as an AppError has its code.
 */
export type ThreadWord =
  | { readonly kind: "ready" }
  | { readonly kind: "opened" }
  | { readonly kind: "passed"; readonly bytes: number; readonly rows: bigint; readonly read: bigint }
  | { readonly kind: "staged"; readonly part: StagedPart }
  | { readonly kind: "failed"; readonly code: ErrorCode | undefined; readonly message: string };

const { folder, registry, families: familiesUrl } = workerData as ThreadSettings;
const storage = openFileStorage(folder);
const { adapterFor } = (await import(registry)) as { readonly adapterFor: (head: string) => SettlementAdapter };
const { families } = (await import(familiesUrl)) as { readonly families: FamilyModules };

/** A turn later: a failure that nobody waited for ends this thread first, as it would end a process. */
const say = async (word: ThreadWord, transferred: readonly ArrayBuffer[] = []) => {
  await nextTurn();
  parentPort?.postMessage(word, transferred);
};

type OpenedFile = { readonly stored: StoredFile; readonly adapter: SettlementAdapter };
let opened: OpenedFile | undefined;
let spare: ArrayBuffer[] = [];
let chunksAhead = 0;
let onSpent: () => void = () => undefined;

parentPort?.on("message", (order: ThreadOrder) => {
  if (order.kind === "spent") {
    // A thread that waits for its next file holds no memory for it.
    if (opened) spare.push(...order.memory);
    chunksAhead -= 1;
    onSpent();
  } else {
    const work = order.kind === "open" ? open(order.sha256) : stage(order.order);
    work.catch((error: unknown) => say({ kind: "failed", ...wordsOf(error) }));
  }
});
await say({ kind: "ready" });

async function open(sha256: string): Promise<void> {
  const stored = openStoredFile(storage, sha256);
  opened = { stored, adapter: adapterFor(await stored.head()) };
  spare = [];
  chunksAhead = 0;
  await say({ kind: "opened" });
}

async function stage(order: StagingOrder): Promise<void> {
  if (!opened) throw new Error("no file was opened to be staged");
  const { stored, adapter } = opened;
  let rows = 0n;
  const onProgress = async (read: bigint) => {
    rows = read;
  };
  const bytes = told(stored, () => rows);
  try {
    for await (const part of stageFile({ adapter, bytes, families, order, spare, onProgress })) {
      if (part.kind === "chunk") await mayGoOn();
      await say({ kind: "staged", part }, part.kind === "chunk" ? memoryOf(part) : []);
    }
  } finally {
    opened = undefined;
    spare = [];
  }
}

async function* told(stored: StoredFile, rows: () => bigint): AsyncGenerator<Buffer> {
  let bytes = 0;
  const passed = () => say({ kind: "passed", bytes, rows: rows(), read: stored.bytesRead() });
  await passed();
  for await (const chunk of stored.read()) {
    yield chunk;
    bytes += chunk.length;
    await passed();
  }
}

/** Waits while as many chunks as may be ahead of the import are. */
async function mayGoOn(): Promise<void> {
  while (chunksAhead >= MOST_CHUNKS_AHEAD) {
    await new Promise<void>((resolve) => {
      onSpent = resolve;
    });
  }
  chunksAhead += 1;
}

/** One for the import to work on and one to go on with. */
const MOST_CHUNKS_AHEAD = 2;

function wordsOf(error: unknown) {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return { code: undefined, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
