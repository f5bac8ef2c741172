import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { newFolder, socketOf, start } from "../../support/embedded-servers.ts";
import { until } from "../../support/until.ts";

/** A PostgreSQL that no other suite uses, so that it can be killed. `clearAway` of the embedded servers removes it. */
export type OwnPostgres = {
  readonly url: string;
  readonly connect: () => Socket;
  /** Kills the postmaster as a machine's memory killer would, lets `meanwhile` happen, and starts it again. */
  readonly killAndRestart: (meanwhile: () => Promise<void>) => Promise<void>;
};

/** The machine does not die, so what was written to its files stays without being forced to the disk. */
const SETTINGS = { fsync: "off", shared_buffers: "32MB", max_connections: "80" };

export async function openOwnPostgres(): Promise<OwnPostgres> {
  const dataDir = await newFolder();
  let server = await start({ dataDir, settings: SETTINGS });
  return {
    url: server.url,
    connect: () => connect(socketOf(server)),
    killAndRestart: async (meanwhile) => {
      process.kill(server.pid, "SIGKILL");
      await meanwhile();
      server = await start({ dataDir, settings: SETTINGS });
    },
  };
}

/** A Redis that no other suite uses, so that all of it can be flushed. */
export type OwnRedis = {
  readonly url: string;
  readonly flushAll: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export const hasRedisServer = spawnSync("redis-server", ["--version"]).status === 0;

export async function openOwnRedis(): Promise<OwnRedis> {
  const port = await freePort();
  const place = ["--bind", "127.0.0.1", "--port", `${port}`, "--dir", tmpdir()];
  const server = spawn("redis-server", [...place, "--save", "", "--appendonly", "no"], { stdio: "ignore" });
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on("error", () => undefined);
  await until(() => client.status === "ready");
  return {
    url,
    flushAll: async () => void (await client.flushall()),
    close: async () => {
      client.disconnect();
      await endOf(server);
    },
  };
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { readonly port: number };
  probe.close();
  await once(probe, "close");
  return port;
}

/** Where a process of a crash test waits for its release, when it hangs at a point. */
export const releaseFile = (name: string) => join(tmpdir(), `concord-release-${process.pid}-${name}`);
