import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { type FileHandle, open, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Account } from "./account.ts";
import { type Places, SOCKET_PORT } from "./places.ts";
import { clearStaleLocks, isPostmaster, type PidFile, readPidFile, stopPostmaster } from "./postmaster.ts";
import { answerOf } from "./ready.ts";
import { SERVER_ENVIRONMENT } from "./run.ts";

export type Running = {
  readonly pidFile: PidFile;
  /** Undefined when someone else started it. */
  readonly child: ChildProcess | undefined;
};

type Plan = {
  readonly places: Places;
  readonly account: Account | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: Log;
  /** Path of the server's program; called only when a server must be started. The cluster exists after it. */
  readonly program: () => Promise<string>;
  /** A server that lives but does not answer at all for this long has lost its socket (a cleaner of /tmp took it). */
  readonly silenceMs: number;
};

const SETTINGS = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  max_connections: "100",
  shared_buffers: "256MB",
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  timezone: "UTC",
  log_timezone: "UTC",
};

const POLL_MS = 15;
/** Recovery replays what was written since the last checkpoint; it is slow on a large database, and answers "busy". */
const TOTAL_MS = 600_000;
/** Refusals of a second server beside one that another process is starting, or whose last backends are still leaving. */
const PASSING_REFUSAL = /lock file "[^"]+" (already exists|is empty)|pre-existing shared memory block/;
const MAX_LOG_BYTES = 10_000_000;

/**
 * Looks, acts and looks again until the cluster's server answers a query. There is no lock between processes: PostgreSQL
 * itself lets only one server have a cluster, and whoever comes second here adopts the first one's.
 */
export async function bringUp(plan: Plan): Promise<Running> {
  const { cluster, logFile } = plan.places;
  let attempt: Attempt | undefined;
  let lastSign = Date.now();
  for (const end = Date.now() + TOTAL_MS; Date.now() < end; await delay(POLL_MS)) {
    const pidFile = await readPidFile(cluster);
    const answer = pidFile === undefined ? "silent" : await answerOf(addressIn(pidFile), cluster);
    if (pidFile !== undefined && answer === "ready") {
      return { pidFile, child: pidFile.pid === attempt?.child.pid ? attempt.child : undefined };
    }
    if (answer === "busy") lastSign = Date.now();
    const isSilent = Date.now() - lastSign > plan.silenceMs;
    const isAlive = isRunning(attempt) || (pidFile !== undefined && (await isPostmaster(pidFile.pid, cluster)));
    if (isAlive && !isSilent) continue;
    if (attempt !== undefined) await throwUnlessPassing(attempt, logFile, isSilent);
    if (isAlive) {
      plan.log.warn({ pid: pidFile?.pid }, "PostgreSQL runs but does not answer on its socket: restarting it");
      await stopPostmaster(cluster);
    }
    await clearStaleLocks(cluster, join(plan.places.socketDir, `.s.PGSQL.${SOCKET_PORT}.lock`));
    attempt = await launch(plan);
    lastSign = Date.now();
  }
  await stopPostmaster(cluster);
  throw new AppError(
    "DATABASE_UNAVAILABLE",
    `PostgreSQL was not ready after ${TOTAL_MS / 60_000} minutes: see ${logFile}.`,
  );
}

/** One launch of the server, and where in the log it began. */
type Attempt = { readonly child: ChildProcess; readonly logOffset: number };

function isRunning(attempt: Attempt | undefined): boolean {
  return attempt !== undefined && attempt.child.exitCode === null && attempt.child.signalCode === null;
}

/** Starts the server in a session of its own: it outlives us, and the next process adopts it. */
async function launch({ places, account, settings, program }: Plan): Promise<Attempt> {
  const postgres = await program();
  const log = await openLog(places.logFile);
  try {
    const { size } = await log.stat();
    const all = { ...SETTINGS, ...settings, unix_socket_directories: places.socketDir };
    const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const child = spawn(postgres, ["-D", places.cluster, "-p", `${SOCKET_PORT}`, ...flags], {
      ...account,
      cwd: places.root,
      env: SERVER_ENVIRONMENT,
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    await once(child, "spawn");
    child.unref();
    return { child, logOffset: size };
  } finally {
    await log.close();
  }
}

/** The folder belongs to the server's user: a link in place of the log must not lead root's writes elsewhere. */
async function openLog(file: string): Promise<FileHandle> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > MAX_LOG_BYTES) await rename(file, `${file}.1`);
  return open(file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
}

async function throwUnlessPassing(attempt: Attempt, logFile: string, isSilent: boolean): Promise<void> {
  const said = (await readFile(logFile, "utf8")).slice(attempt.logOffset).trim();
  if (PASSING_REFUSAL.test(said) && !isSilent) return;
  if (isRunning(attempt)) attempt.child.kill("SIGQUIT");
  const last = said.split("\n").slice(-3).join(" ");
  throw new AppError("DATABASE_UNAVAILABLE", `PostgreSQL did not start: ${last} (all of it in ${logFile})`);
}

function addressIn({ socketDir, port }: PidFile) {
  return { host: socketDir, port };
}
