import { randomUUID } from "node:crypto";
import { link, readFile, readlink, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "./run.ts";

/** What a running server, or one that died, wrote into its cluster. */
export type PidFile = {
  /** NaN when the server died before it could write. */
  readonly pid: number;
  readonly port: number;
  readonly socketDir: string;
};

export async function readPidFile(cluster: string): Promise<PidFile | undefined> {
  const text = await textOf(join(cluster, "postmaster.pid"));
  if (text === undefined) return undefined;
  const [pid = "", , , port = "", socketDir = ""] = text.split("\n");
  return { pid: Number.parseInt(pid, 10), port: Number(port), socketDir: socketDir.trim() };
}

/**
 * True only for a live PostgreSQL of this very cluster. The number alone says nothing: after a crash or a reboot it may
 * belong to any program, and a container without an init keeps the dead server as a zombie.
 */
export async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  if (!(pid > 0)) return false;
  if (process.platform !== "linux") {
    const shown = await run("/bin/ps", ["-o", "stat=,command=", "-p", `${pid}`], undefined).catch(() => "");
    return !shown.startsWith("Z") && shown.includes(`-D ${cluster} `);
  }
  try {
    const [status, program, folder] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readlink(`/proc/${pid}/exe`),
      readlink(`/proc/${pid}/cwd`),
    ]);
    const state = status.slice(status.lastIndexOf(")") + 2, status.lastIndexOf(")") + 3);
    const name = basename(program.replace(/ \(deleted\)$/, ""));
    return state !== "Z" && state !== "X" && name === "postgres" && folder === cluster;
  } catch {
    return false;
  }
}

/**
 * Takes the lock files of a dead server out of the way. PostgreSQL does so itself unless the number in them is in use
 * again, by any process at all. Each file is moved aside and looked at once more before it is removed: another process
 * may have started a server since we judged it, and that one's file goes back.
 */
export async function clearStaleLocks(cluster: string, socketLock: string): Promise<void> {
  for (const file of [join(cluster, "postmaster.pid"), socketLock]) {
    const judged = await textOf(file);
    if (judged === undefined || (await isPostmaster(Number.parseInt(judged, 10), cluster))) continue;
    const aside = `${file}.${randomUUID().slice(0, 8)}`;
    // Whoever else cleans up or starts now may have been faster, here and below.
    await rename(file, aside).catch(ignoreLostRace);
    const moved = await textOf(aside);
    if (moved !== undefined && moved !== judged) await link(aside, file).catch(ignoreLostRace);
    await rm(aside, { force: true });
  }
}

function ignoreLostRace(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/** Signals in order of force, and how long each may take. A killed server recovers from its log at the next start. */
const STOP_STEPS = [
  { signal: "SIGINT", withinMs: 10_000 },
  { signal: "SIGQUIT", withinMs: 5_000 },
  { signal: "SIGKILL", withinMs: 5_000 },
] as const;

const POLL_MS = 10;

/** Stops whatever server runs this cluster and returns when its process is gone; says which signal did it. */
export async function stopPostmaster(cluster: string): Promise<string | undefined> {
  const pidFile = await readPidFile(cluster);
  if (pidFile === undefined) return undefined;
  for (const { signal, withinMs } of STOP_STEPS) {
    if (!(await isPostmaster(pidFile.pid, cluster))) return undefined;
    process.kill(pidFile.pid, signal);
    for (const deadline = Date.now() + withinMs; Date.now() < deadline; await delay(POLL_MS)) {
      if (!(await isPostmaster(pidFile.pid, cluster))) return signal;
    }
  }
  throw new Error(`PostgreSQL process ${pidFile.pid} outlived SIGKILL.`);
}
