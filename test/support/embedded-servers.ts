import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { pino } from "pino";
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "../../subgraphs/shared/embedded-postgres/embedded-postgres.ts";
import { stopPostmaster } from "../../subgraphs/shared/embedded-postgres/postmaster.ts";

export const isRoot = process.getuid?.() === 0;

/** What a test has made: killed, stopped and removed after it. */
const children: ChildProcess[] = [];
const folders: string[] = [];

export async function clearAway(): Promise<void> {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  for (const folder of folders.splice(0)) {
    for (const root of [folder, join(folder, "postgres")]) await stopPostmaster(join(root, "data"));
    await rm(folder, { recursive: true, force: true });
  }
}

export function removeLater(...paths: readonly string[]): void {
  folders.push(...paths);
}

export function killLater(child: ChildProcess): void {
  children.push(child);
}

export function start(options: Omit<EmbeddedPostgresOptions, "log">): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ ...options, log: pino({ level: "silent" }) });
}

export async function startInChild(dataDir: string) {
  const script = new URL("../support/embedded-start.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--import", "tsx", script, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, server: JSON.parse(line.toString()) as { pid: number; adopted: boolean } };
}

export async function newFolder(mode = 0o700): Promise<string> {
  const folder = await mkdtemp("/tmp/concord-embedded-");
  await chmod(folder, mode);
  folders.push(folder);
  return folder;
}

export function socketOf(server: EmbeddedPostgres): string {
  return join(server.connection.host, ".s.PGSQL.5432");
}

export function clusterIn(dataDir: string): string {
  return join(dataDir, "postgres/data");
}

export async function queryOf(server: EmbeddedPostgres, query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const { rows } = await client.query({ text: query, rowMode: "array" });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
