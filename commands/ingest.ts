import { createReadStream } from "node:fs";
import { basename, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { importFile } from "../subgraphs/reconciliation/import/import-file.ts";
import { type ReceivedFile, receiveFile } from "../subgraphs/reconciliation/import/receive-file.ts";
import { runReconciliation } from "../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { inScope, JOB_LIMITS, PLATFORM } from "../subgraphs/shared/database/scope.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { ADMINISTRATOR, mapAccountsOf } from "./administer.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { importServices, openSystem, type System } from "./open-system.ts";

const USAGE = "concord ingest FILE... [--merchant ID] [--json]";

export const command: Command = {
  summary: "Take in settlement files, import and reconcile them",
  usage: USAGE,
  options: { merchant: { type: "string" } },
  run: async (context) => {
    const { config, positionals, options, report, say } = context;
    if (positionals.length === 0) throw new UsageError(`ingest takes one file or more\nusage: ${USAGE}`);
    const merchant = typeof options.merchant === "string" ? options.merchant : undefined;
    const system = await openSystem(config, "stderr");
    try {
      await system.migrate();
      const database = await system.open("worker", 4);
      const results: IngestedFile[] = [];
      for (const path of positionals) {
        if (merchant !== undefined) await mapAccountsOf(database, resolve(path), merchant, say);
        const result = await ingestFile(system, database, resolve(path), merchant ?? PLATFORM, context);
        results.push(result);
        describe(say, result);
      }
      report({ files: results });
      return results.every(({ status }) => status === "APPLIED") ? 0 : 1;
    } finally {
      await system.close();
    }
  },
};

export type IngestedFile = {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  /** True when the same bytes were there before; nothing was changed then. */
  readonly alreadyKnown: boolean;
  readonly status: string;
  readonly problem: string | null;
  readonly rows: Readonly<Record<"read" | "accepted" | "duplicate" | "quarantined" | "skipped", bigint>>;
  readonly reasons: readonly { readonly code: string; readonly problem: string; readonly rows: bigint }[];
};

/** Takes one file in and works on it here and now; if a worker has it already, waits for that worker. */
async function ingestFile(
  system: System,
  database: DataSource,
  path: string,
  merchantId: string,
  { progress }: Pick<CommandContext, "progress">,
): Promise<IngestedFile> {
  const services = importServices(system, database);
  const received = await receiveFile(
    { database, storage: system.storage },
    { bytes: createReadStream(path), name: basename(path), merchantId, origin: "CLI", userId: ADMINISTRATOR },
  );
  const watching = watch(database, merchantId, received, progress);
  try {
    await untilFinished(
      () => importFile(services, merchantId, received.id),
      async () => {
        const { status } = await readFile(database, merchantId, received);
        return status !== "RECEIVED" && status !== "PARSING";
      },
    );
    for (const run of await runsOf(database, received.id)) {
      await untilFinished(
        () => runReconciliation(services, run.merchant_id, run.id),
        async () => (await runsOf(database, received.id)).every(({ id }) => id !== run.id),
      );
    }
  } finally {
    watching.stop();
  }
  return readFile(database, merchantId, received);
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

function watch(database: DataSource, merchantId: string, received: ReceivedFile, progress: (line: string) => void) {
  const timer = setInterval(() => {
    readFile(database, merchantId, received).then(
      ({ name, status, rows }) => progress(`${name}: ${status.toLowerCase()}, ${rows.read} rows read`),
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

async function readFile(database: DataSource, merchantId: string, received: ReceivedFile): Promise<IngestedFile> {
  return inScope(database, { merchants: [merchantId], user: ADMINISTRATOR }, async (transaction) => {
    const [row] = await transaction.query<FileRow>(FILE, [merchantId, received.id]);
    if (!row) throw new AppError("NOT_FOUND", `file ${received.id} is gone`);
    const reasons = await transaction.query<IngestedFile["reasons"][number]>(REASONS, [merchantId, received.id]);
    return {
      id: received.id,
      name: row.name,
      sha256: received.sha256,
      alreadyKnown: !received.isNew,
      status: row.status,
      problem: row.problem,
      rows: {
        read: row.rows_read,
        accepted: row.rows_accepted,
        duplicate: row.rows_duplicate,
        quarantined: row.rows_quarantined,
        skipped: row.rows_skipped,
      },
      reasons,
    };
  });
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

function describe(say: (line: string) => void, file: IngestedFile): void {
  const { name, alreadyKnown, status, problem, rows, reasons } = file;
  if (alreadyKnown) say(`${name}: already have it, nothing changed (file ${file.id})`);
  else say(`${name}: ${status.toLowerCase().replaceAll("_", " ")} (file ${file.id})`);
  if (problem !== null) say(`  ${problem}`);
  say(
    `  ${rows.read} rows: ${rows.accepted} accepted, ${rows.duplicate} duplicate, ${rows.quarantined} quarantined, ${rows.skipped} skipped`,
  );
  for (const { code, problem: why, rows: count } of reasons) say(`  ${count} ${code}: ${why}`);
}

type FileRow = {
  name: string;
  status: string;
  problem: string | null;
  rows_read: bigint;
  rows_accepted: bigint;
  rows_duplicate: bigint;
  rows_quarantined: bigint;
  rows_skipped: bigint;
};

const FILE = `
  select name, status, problem, rows_read, rows_accepted, rows_duplicate, rows_quarantined, rows_skipped
  from reconciliation.source_file where merchant_id = $1 and id = $2`;

const REASONS = `
  select code, problem, count(*) as rows from reconciliation.source_record
  where merchant_id = $1 and file_id = $2 and disposition = 'QUARANTINED'
  group by code, problem order by rows desc, code, problem limit 20`;

const RUNS = `
  select merchant_id, id from reconciliation.run
  where idempotency_key = $1 and status in ('QUEUED', 'RUNNING')
  order by merchant_id`;
