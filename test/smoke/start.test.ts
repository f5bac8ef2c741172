import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "../support/graph-client.ts";
import { openReadme, PROJECT_ROOT } from "../support/readme.ts";
import { until } from "../support/until.ts";

/** As a newcomer does it: `npm start`, nothing in the environment, the program as it is built. */
let dataDir: string;
let port: number;
let running: ChildProcess | undefined;

beforeAll(async () => {
  // The built-in server runs as an unprivileged user where we are root, who may not enter root's own TMPDIR.
  dataDir = await mkdtemp("/tmp/concord-smoke-");
  port = await freePort();
});

afterAll(async () => {
  if (running?.pid !== undefined && isAlive(-running.pid)) process.kill(-running.pid, "SIGKILL");
  await rm(dataDir, { recursive: true, force: true });
});

test("npm start is ready within a minute and answers the README's query as the README says", async () => {
  await start(60_000);
  await expectReadmeAnswers();
});

test("SIGTERM ends it within ten seconds, with exit code 0, and leaves no process", async () => {
  await stop();
});

test("a second start is ready as well, and has kept the data", async () => {
  await start(60_000);
  await expectReadmeAnswers();
  await stop();
});

async function start(withinMs: number): Promise<void> {
  const { PATH = "", HOME = "", TMPDIR = "/tmp" } = process.env;
  const child = spawn("npm", ["start"], {
    cwd: PROJECT_ROOT,
    env: { PATH, HOME, TMPDIR, CONCORD_DATA: dataDir, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own, so that nothing of it can hide.
    detached: true,
  });
  running = child;
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  await until(async () => child.exitCode !== null || (await isReady()), withinMs).catch((cause: unknown) => {
    throw new Error(`not ready within ${withinMs} ms; it said:\n${output.slice(-4_000)}`, { cause });
  });
  expect(child.exitCode, output.slice(-4_000)).toBeNull();
}

async function isReady(): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status === 200;
}

async function expectReadmeAnswers(): Promise<void> {
  const readme = await openReadme();
  const client = await signIn(`http://127.0.0.1:${port}`, "finance");
  const shown = readme.queries().filter(({ answer }) => answer !== undefined);
  expect(shown.length).toBeGreaterThan(1);
  for (const { query, answer = "" } of shown) expect(await client.ask(query)).toEqual(JSON.parse(answer));
}

async function stop(): Promise<void> {
  const child = running;
  if (child?.pid === undefined) throw new Error("nothing was started");
  const began = Date.now();
  process.kill(child.pid, "SIGTERM");
  if (child.exitCode === null) await once(child, "exit");
  expect(Date.now() - began).toBeLessThan(10_000);
  expect(child.exitCode).toBe(0);
  expect(isAlive(-child.pid), "a process of its group is left").toBe(false);
  expect(await processesNaming(dataDir)).toEqual([]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Command lines that name a folder: a PostgreSQL left behind is in no group of ours. Linux only. */
async function processesNaming(folder: string): Promise<string[]> {
  if (!existsSync("/proc/self/cmdline")) return [];
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(join("/proc", pid, "cmdline"), "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(folder));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
