import { randomUUID } from "node:crypto";
import { link, readFile, readlink, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "./run.ts";

/** What a running server, or one that died, wrote into its cluster. */
export type PidFile = {
  readonly text: string;
  /** NaN when the server died before it could write. */
  readonly pid: number;
  readonly port: number;
  readonly socketDir: string;
};

export async function readPidFile(cluster: string): Promise<PidFile | undefined> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const [pid = "", , , port = "", socketDir = ""] = text.split("\n");
  return { text, pid: Number.parseInt(pid, 10), port: Number(port), socketDir: socketDir.trim() };
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
 * Takes a dead server's pid file out of the way. It is moved aside and looked at again before it is removed: another
 * process may have started a server since we judged it, and that one's file goes back.
 */
export async function retirePidFile(cluster: string, judged: PidFile): Promise<void> {
  const file = join(cluster, "postmaster.pid");
  const aside = `${file}.${randomUUID().slice(0, 8)}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, "utf8")) !== judged.text) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
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
