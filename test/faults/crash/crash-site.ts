import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { setUpMerchant } from "../../../commands/administer.ts";
import { SUBGRAPHS } from "../../../commands/serving.ts";
import { composeSupergraph } from "../../../gateway/composition/compose.ts";
import { receiveFile } from "../../../subgraphs/reconciliation/import/receive-file.ts";
import { openDatabase } from "../../../subgraphs/shared/database/connection.ts";
import { migrate } from "../../../subgraphs/shared/database/migrate.ts";
import { openFileStorage } from "../../../subgraphs/shared/file-storage.ts";
import { type InvariantResult, runInvariants } from "../../../subgraphs/shared/invariants/run-invariants.ts";
import type { JobStore } from "../../../subgraphs/shared/jobs/backend.ts";
import { migrateJobs } from "../../../subgraphs/shared/jobs/migrate-jobs.ts";
import { createMigratedDatabase } from "../../support/postgres.ts";
import type { LogLine } from "../../support/processes.ts";
import { PATIENCE_MS, until } from "../../support/until.ts";
import type { Bundle } from "./bundle.ts";
import type { Crash } from "./crash.ts";
import { PERSON } from "./people.ts";
import type { ProcessSettings } from "./process-settings.ts";
import { MERCHANT, registration } from "./trade.ts";

export type CrashProcess = {
  readonly log: () => readonly LogLine[];
  readonly says: (message: RegExp, withinMs?: number) => Promise<LogLine>;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly isOver: () => boolean;
  /** Waits for its end; gives the signal that it died of, or null. */
  readonly ended: (withinMs?: number) => Promise<NodeJS.Signals | null>;
};

/** One merchant's database, files and queues, with processes that die over them. */
export type CrashSite = {
  readonly url: string;
  readonly query: <R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<R[]>;
  /** Takes a file in from this process, which does not die. */
  readonly feed: (content: string) => Promise<void>;
  /** Of another bundle than the site's, where one is given. */
  readonly startWorker: (crash?: Crash, worker?: Bundle) => CrashProcess;
  readonly startGateway: (crash?: Crash) => CrashProcess;
  /** Waits until nothing is left to do. */
  readonly untilDone: (withinMs?: number) => Promise<void>;
  /** The invariants that are violated, with what violates them. */
  readonly violated: () => Promise<readonly InvariantResult[]>;
  readonly close: () => Promise<void>;
};

export type CrashSettings = {
  readonly worker: Bundle;
  readonly gateway?: Bundle;
  /** Where its jobs are; in its own database where none is given. */
  readonly store?: JobStore | undefined;
  /** An empty database of a server that may die; one on the server of all suites where none is given. */
  readonly database?: { readonly url: string; readonly drop: () => Promise<void> };
  /** Its address for the processes, where they do not go there directly. */
  readonly reachedBy?: string;
  readonly leaseSeconds?: number;
};

/** Long enough for what a healthy worker does between two renewals, and no longer: every kill waits for it. */
const LEASE_SECONDS = 1;

export async function openCrashSite(label: string, settings: CrashSettings): Promise<CrashSite> {
  const { store } = settings;
  const { url, drop } = settings.database ?? (await createMigratedDatabase(`crash_${label}`));
  const folder = await mkdtemp(join(tmpdir(), "concord-crash-"));
  if (settings.database) await migrate({ url });
  if (store === undefined) await migrateJobs({ connectionString: url }, ["concord_worker"]);
  const supergraph = join(folder, "supergraph.graphql");
  const composed = composeSupergraph(SUBGRAPHS.map(({ name, sdl }) => ({ name, sdl, url: `http://${name}` })));
  await writeFile(supergraph, composed.supergraphSdl);
  const told: ProcessSettings = {
    url: settings.reachedBy ?? url,
    files: join(folder, "files"),
    store: store ?? { kind: "postgres", connection: { connectionString: url } },
    prefix: `crash-${folder.slice(-6).toLowerCase()}`,
    leaseSeconds: settings.leaseSeconds ?? LEASE_SECONDS,
    supergraph,
  };
  const children = new Set<ChildProcess>();
  const start = (program: string, crash?: Crash) => {
    const child = spawn(process.execPath, [program, JSON.stringify({ ...told, crash })], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.add(child);
    child.once("exit", () => children.delete(child));
    return processOf(child);
  };
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: "crash-site" });
  // A server that dies takes idle connections along; the next query makes others.
  pool.on("error", () => undefined);
  const query: CrashSite["query"] = async <R extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ) => (await pool.query<R>(text, [...values])).rows;
  const books = await openDatabase({ url }, { role: "worker", maxConnections: 1, onError: () => undefined });
  await setUpMerchant(books, registration);
  await query("insert into accounts.membership (merchant_id, user_id, role) values ($1, $2, 'administrator')", [
    MERCHANT,
    PERSON,
  ]);
  return {
    url,
    query,
    feed: async (content) => {
      const services = { database: books, storage: openFileStorage(told.files) };
      const file = { name: "fed", merchantId: MERCHANT, origin: "CLI", userId: "user:test" } as const;
      await receiveFile(services, { ...file, bytes: bytesOf(content) });
    },
    startWorker: (crash, worker = settings.worker) => start(worker.program, crash),
    startGateway: (crash) => start(settings.gateway?.program ?? "", crash),
    untilDone: (withinMs = 400_000) =>
      until(async () => (await query(UNFINISHED).catch(() => [{}])).length === 0, withinMs),
    violated: async () => {
      const source = await openDatabase({ url }, { role: "check", maxConnections: 2, onError: () => undefined });
      const results = await runInvariants(source).finally(() => source.destroy());
      return results.filter(({ count }) => count > 0);
    },
    close: async () => {
      for (const child of children) child.kill("SIGKILL");
      await Promise.all([...children].map((child) => once(child, "exit")));
      await books.destroy();
      await pool.end();
      await drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function* bytesOf(content: string): AsyncGenerator<Buffer> {
  yield Buffer.from(content);
}

function processOf(child: ChildProcess): CrashProcess {
  const lines: LogLine[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface(stream).on("line", (line) => lines.push(parsed(line)));
  }
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const told = () =>
    lines
      .slice(-8)
      .map((line) => JSON.stringify(line).slice(0, 600))
      .join("\n");
  return {
    log: () => lines,
    says: async (message, withinMs = PATIENCE_MS) => {
      const said = () => lines.find(({ msg }) => msg !== undefined && message.test(msg));
      await until(() => said() !== undefined || isOver(), withinMs).catch(() => undefined);
      const line = said();
      if (line) return line;
      throw new Error(`it never said ${message}; it said:\n${told()}`);
    },
    signal: (signal) => child.kill(signal),
    isOver,
    ended: async (withinMs = PATIENCE_MS) => {
      await until(isOver, withinMs).catch(() => {
        throw new Error(`it lives after ${withinMs} ms; it said:\n${told()}`);
      });
      if (child.signalCode === null && child.exitCode !== 0) throw new Error(`it failed; it said:\n${told()}`);
      return child.signalCode;
    },
  };
}

function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
}

const UNFINISHED = `
  select id from reconciliation.source_file where status in ('RECEIVED', 'PARSING')
  union all select id from reconciliation.run where status in ('QUEUED', 'RUNNING')`;
