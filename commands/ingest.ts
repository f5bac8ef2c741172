import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { importFile } from "../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../subgraphs/reconciliation/import/receive-file.ts";
import { type FileRequest, requestReading } from "../subgraphs/reconciliation/import/request-reading.ts";
import { runReconciliation } from "../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { inScope, JOB_LIMITS, PLATFORM } from "../subgraphs/shared/database/scope.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { piecesOf } from "../subgraphs/shared/file-pieces.ts";
import { randomId } from "../subgraphs/shared/ids.ts";
import { ADMINISTRATOR, mapAccountsOf } from "./administer.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { describeIngested, type IngestedFile, readIngested } from "./ingested-file.ts";
import { importServices, openSystem, type System } from "./open-system.ts";

const USAGE = `concord ingest FILE... [--merchant ID] [--preview] [--json]
       concord ingest --apply FILE_ID | --discard FILE_ID | --replay FILE_ID [--json]`;

export const command: Command = {
  summary: "Take in settlement files, import and reconcile them",
  usage: USAGE,
  options: {
    merchant: { type: "string" },
    preview: { type: "boolean" },
    apply: { type: "string" },
    discard: { type: "string" },
    replay: { type: "string" },
  },
  run: async (context) => {
    const { config, positionals, options, report, say } = context;
    const requests = REQUESTS.flatMap(([option, request]) => {
      const fileId = options[option];
      return typeof fileId === "string" ? [{ request, fileId }] : [];
    });
    if (requests.length + Math.min(positionals.length, 1) !== 1)
      throw new UsageError(`ingest takes one file or more\nusage: ${USAGE}`);
    for (const path of positionals) await assertReadable(path);
    const system = await openSystem(config, "stderr");
    try {
      await system.migrate();
      const worker: Worker = { system, database: await system.open("worker", 4), context };
      const results: IngestedFile[] = [];
      for (const { request, fileId } of requests) results.push(await askOfFile(worker, request, fileId));
      for (const path of positionals) results.push(await ingestFile(worker, resolve(path)));
      for (const result of results) describeIngested(say, result);
      report({ files: results });
      return results.every(({ status }) => GOOD.includes(status)) ? 0 : 1;
    } finally {
      await system.close();
    }
  },
};

/** Before any of the files is taken: a name that was mistyped leaves nothing half done. */
async function assertReadable(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) throw new UsageError(`"${path}" is a folder: name its files`);
    await access(path, constants.R_OK);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot read "${path}": ${error instanceof Error ? error.message : String(error)}`);
  }
}

const REQUESTS: readonly (readonly [string, FileRequest])[] = [
  ["apply", "APPLY"],
  ["discard", "DISCARD"],
  ["replay", "REPLAY"],
];
const GOOD = ["APPLIED", "PREVIEWED", "DISCARDED"];

type Worker = { readonly system: System; readonly database: DataSource; readonly context: CommandContext };
type Known = { readonly id: string; readonly isNew: boolean };

/** Takes one file in and works on it here and now. */
async function ingestFile(worker: Worker, path: string): Promise<IngestedFile> {
  const { system, database, context } = worker;
  const { merchant, preview } = context.options;
  const merchantId = typeof merchant === "string" ? merchant : PLATFORM;
  system.readAhead.warmUp();
  if (merchantId !== PLATFORM && preview !== true) await mapAccountsOf(database, path, merchantId, context.say);
  const received = await receiveFile(
    { database, storage: system.storage },
    {
      bytes: piecesOf(path),
      name: basename(path),
      merchantId,
      origin: "CLI",
      userId: ADMINISTRATOR,
      previewOnly: preview === true,
    },
  );
  return workOn(worker, merchantId, received);
}

/** Applies, discards or reads again a file that was received before. */
async function askOfFile(worker: Worker, request: FileRequest, fileId: string): Promise<IngestedFile> {
  const { database } = worker;
  const [file] = await inScope(database, { merchants: [], user: ADMINISTRATOR }, (transaction) =>
    transaction.query<{ merchant_id: string }>(MERCHANT_OF_FILE, [fileId]),
  );
  if (!file) throw new AppError("NOT_FOUND", `there is no file "${fileId}"; the list of files has their ids`);
  const merchantId = file.merchant_id;
  const asked = { merchantId, fileId, request, key: randomId("key"), userId: ADMINISTRATOR };
  const { refused } = await inScope(database, { merchants: [merchantId], user: ADMINISTRATOR }, (transaction) =>
    requestReading(transaction, asked),
  );
  if (refused !== undefined) throw new AppError("CONFLICT", refused);
  return workOn(worker, merchantId, { id: fileId, isNew: true });
}

/** Does what is due for a file; if a worker has it already, waits for that worker. */
async function workOn({ system, database, context }: Worker, merchantId: string, file: Known): Promise<IngestedFile> {
  const services = importServices(system, database);
  const watching = watch(database, merchantId, file, context.progress);
  try {
    await untilFinished(
      () => importFile(services, merchantId, file.id),
      async () => {
        const { status } = await readIngested(database, merchantId, file);
        return status !== "RECEIVED" && status !== "PARSING";
      },
    );
    for (const run of await runsOf(database, file.id)) {
      await untilFinished(
        () => runReconciliation(services, run.merchant_id, run.id),
        async () => (await runsOf(database, file.id)).every(({ id }) => id !== run.id),
      );
    }
  } finally {
    watching.stop();
  }
  return readIngested(database, merchantId, file);
}

/** Works, and if the work is another's to do, waits until it is done. */
async function untilFinished(work: () => Promise<void>, isFinished: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15 * 60_000;
  while (Date.now() < deadline) {
    await work();
    if (await isFinished()) return;
    await delay(250);
  }
  throw new AppError("CONFLICT", "another worker has had this file for 15 minutes; look at its log, then try again");
}

function watch(database: DataSource, merchantId: string, file: Known, progress: (line: string) => void) {
  const timer = setInterval(() => {
    readIngested(database, merchantId, file).then(
      ({ name, status, rowsSoFar }) => progress(`${name}: ${status.toLowerCase()}, ${rowsSoFar} rows read`),
      () => undefined,
    );
  }, 500);
  return {
    stop: () => {
      clearInterval(timer);
      progress("");
    },
  };
}

/** The unfinished runs that the import asked for, one a merchant. */
async function runsOf(database: DataSource, fileId: string) {
  const scope = { merchants: [], user: ADMINISTRATOR };
  return inScope(
    database,
    scope,
    (transaction) => transaction.query<{ merchant_id: string; id: string }>(RUNS, [`file ${fileId}`]),
    JOB_LIMITS,
  );
}

const RUNS = `
  select merchant_id, id from reconciliation.run
  where starts_with(idempotency_key, $1) and status in ('QUEUED', 'RUNNING')
  order by merchant_id`;

const MERCHANT_OF_FILE = "select merchant_id from reconciliation.source_file where id = $1";
