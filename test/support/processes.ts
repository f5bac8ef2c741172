import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { builtProgram } from "./built-program.ts";
import { emptyPostgresJobs, openRedisStore } from "./job-stores.ts";
import { copyDatabase, createTestDatabase } from "./postgres.ts";
import { PATIENCE_MS, until } from "./until.ts";

type Environment = Readonly<Record<string, string>>;

/** What a suite's processes share: a database, a data folder and, on Redis, a queue prefix of their own. */
export type Site = {
  readonly url: string;
  readonly folder: string;
  /** All that a process of ours is told; nothing of the surroundings gets through. */
  readonly environment: Environment;
  /** Runs a command to its end. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Finished>;
  /** Starts a process that runs until it is told otherwise. */
  readonly start: (args: readonly string[], environment?: Environment) => Service;
  /** Forgets every job, as a flush of Redis or a truncated schema would. */
  readonly emptyJobs: () => Promise<void>;
  /** Kills what still runs, and takes away all that was made. */
  readonly close: () => Promise<void>;
};

type RunOptions = { readonly environment?: Environment; readonly withinMs?: number };

export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** What a site begins with: a database to copy, and a data folder. */
export type Original = { readonly database: string; readonly data: string };

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

export type Service = {
  /** Waits for a line of its log; fails at once, with the log, when the process ends without it. */
  readonly says: (message: string, withinMs?: number) => Promise<LogLine>;
  readonly log: () => readonly LogLine[];
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly kill: () => Promise<void>;
  /** Asks it to end, and gives its exit code. */
  readonly stop: (withinMs?: number) => Promise<number | null>;
};

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export async function openSite(name: string, settings: Environment = {}, original?: Original): Promise<Site> {
  const program = await builtProgram();
  const database = original ? await copyDatabase(name, original.database) : await createTestDatabase(name);
  const folder = await mkdtemp(join(tmpdir(), "concord-site-"));
  if (original) await cp(original.data, join(folder, "data"), { recursive: true });
  const children = new Set<ChildProcess>();
  const queues = await openQueues(folder, database.url);
  const environment: Environment = {
    PATH: `${process.env.PATH}`,
    HOME: folder,
    CONCORD_DATA: join(folder, "data"),
    DATABASE_URL: database.url,
    PORT: "0",
    ...queues.environment,
    ...settings,
  };
  const spawned = (args: readonly string[], own: Environment = {}) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: ROOT,
      env: { ...environment, ...own },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.add(child);
    child.once("exit", () => children.delete(child));
    return child;
  };
  return {
    url: database.url,
    folder,
    environment,
    run: (args, { environment: own, withinMs = PATIENCE_MS } = {}) => finish(spawned(args, own), withinMs, args),
    start: (args, own) => serviceOf(spawned(args, own), args),
    emptyJobs: queues.empty,
    close: async () => {
      await Promise.all([...children].map(kill));
      await queues.remove();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Many suites may use one Redis at once. A prefix is short, so it is taken from the end of the folder's random name. */
async function openQueues(folder: string, databaseUrl: string): Promise<Queues> {
  const url = inject("redisUrl");
  if (url === undefined) {
    return { environment: {}, empty: () => emptyPostgresJobs(databaseUrl), remove: async () => undefined };
  }
  const prefix = `test-${folder.slice(-6).toLowerCase()}`;
  const { empty, remove } = await openRedisStore(prefix);
  return { environment: { REDIS_URL: url, CONCORD_QUEUE_PREFIX: prefix }, empty, remove };
}

type Queues = {
  readonly environment: Environment;
  readonly empty: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

async function finish(child: ChildProcess, withinMs: number, args: readonly string[]): Promise<Finished> {
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
    });
  }
  const limit = setTimeout(() => child.kill("SIGKILL"), withinMs);
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  clearTimeout(limit);
  if (signal) throw new Error(`concord ${args.join(" ")} ended by ${signal}\n${output.stdout}\n${output.stderr}`);
  return { code, ...output };
}

function serviceOf(child: ChildProcess, args: readonly string[]): Service {
  const lines: LogLine[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface(stream).on("line", (line) => lines.push(parsed(line)));
  }
  return {
    log: () => lines,
    says: async (message, withinMs = PATIENCE_MS) => {
      const said = () => lines.find(({ msg }) => msg === message);
      await until(() => said() !== undefined || hasEnded(child), withinMs).catch(() => undefined);
      const line = said();
      if (line) return line;
      const told = lines.slice(-20).map((each) => JSON.stringify(each));
      throw new Error(`concord ${args.join(" ")} never said "${message}"; it said:\n${told.join("\n")}`);
    },
    signal: (signal) => child.kill(signal),
    kill: () => kill(child),
    stop: async (withinMs = PATIENCE_MS) => {
      const limit = setTimeout(() => child.kill("SIGKILL"), withinMs);
      if (!hasEnded(child)) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      clearTimeout(limit);
      return child.exitCode;
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
}
