import { setImmediate as nextTurn } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { SettlementAdapter } from "../../../adapters/adapter.ts";
import { AppError, ERRORS, type ErrorCode } from "../../shared/errors.ts";
import { openFileStorage } from "../../shared/file-storage.ts";
import { openStoredFile } from "../import/stored-file.ts";
import { readBounded } from "./bounded-reading.ts";

/*
 * Reads one stored file after another, and tells how far it is each time that the adapter asks for more. What it reads is
 * thrown away: that it comes to an end is all that is asked.
 */

export type ThreadSettings = { readonly folder: string; readonly registry: string };

/**
 * `passed`: the adapter is done with so many bytes and asks for more. `ended`: it came to an end, good or bad. `refused`:
 * the file cannot be taken, whoever reads it.
 */
export type ThreadWord =
  | { readonly kind: "ready" }
  | { readonly kind: "passed"; readonly bytes: number }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: "ended" };

const { folder, registry } = workerData as ThreadSettings;
const storage = openFileStorage(folder);
const { adapterFor } = (await import(registry)) as { readonly adapterFor: (head: string) => SettlementAdapter };
/** A turn later: a failure that nobody waited for ends this thread first, as it would end a process. */
const say = async (word: ThreadWord) => {
  await nextTurn();
  parentPort?.postMessage(word);
};

parentPort?.on("message", (sha256: string) => {
  read(sha256).then(
    () => say({ kind: "ended" }),
    // Whatever else is wrong, the import meets it again and tells of it.
    (error: unknown) => say(isRefusal(error) ? { kind: "refused", ...wordsOf(error) } : { kind: "ended" }),
  );
});
await say({ kind: "ready" });

async function read(sha256: string): Promise<void> {
  const stored = openStoredFile(storage, sha256);
  const adapter = adapterFor(await stored.head());
  for await (const _ of readBounded(adapter, told(stored.read())));
}

async function* told(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  await say({ kind: "passed", bytes });
  for await (const chunk of file) {
    yield chunk;
    bytes += chunk.length;
    await say({ kind: "passed", bytes });
  }
}

function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && !ERRORS[error.code].retry;
}

function wordsOf({ code, message }: AppError) {
  return { code, message };
}
