import { chmod, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { pino } from "pino";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { openRedisBuckets } from "../../gateway/rate-limit/redis-buckets.ts";
import { connectionTo, type DatabaseAddress, openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { migrate } from "../../subgraphs/shared/database/migrate.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import type { JobStore } from "../../subgraphs/shared/jobs/backend.ts";
import { createJobs } from "../../subgraphs/shared/jobs/jobs.ts";
import { migrateJobs } from "../../subgraphs/shared/jobs/migrate-jobs.ts";
import { connectorReading } from "../../subgraphs/shared/redis-password.ts";
import { hasRedisServer, openOwnRedis } from "../faults/crash/own-servers.ts";
import { clearAway, clusterIn, newFolder, socketOf, start } from "../support/embedded-servers.ts";
import { startLoad } from "../support/steady-load.ts";
import { until } from "../support/until.ts";

/*
 * A store's password is changed under load. It stands in a file that is read for each new connection, so nothing is
 * restarted; the servers are the test's own, and do ask for passwords, as the machine's do not on their loopback.
 */

const [OLD, NEW] = ["5e1f0c7ab29d4e38", "c04b7d92e6a1583f"];
const log = pino({ level: "silent" });
afterAll(clearAway);

async function passwordFile(): Promise<{
  readonly path: string;
  readonly holds: (...lines: string[]) => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), "concord-password-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "password");
  // As whoever rotates passwords has to: written in place, it would be empty for a moment.
  const holds = async (...lines: string[]) => {
    await writeFile(`${path}.next`, `${lines.join("\n")}\n`);
    await rename(`${path}.next`, path);
  };
  await holds(OLD);
  return { path, holds };
}

/** Adds jobs and works on them, on connections of their own. */
function useQueue(store: JobStore) {
  const jobs = createJobs(store, { prefix: `rotated-${process.pid}`, log, backoffMs: 10 });
  let added = 0;
  const done = new Set<string>();
  const worker = jobs.worker("outbox", async (_, { id }) => void done.add(id));
  return {
    ready: worker.ready,
    add: () => jobs.queue("outbox").add(`job-${++added}`, {}),
    isThrough: () => done.size === added,
    close: () => jobs.close(1_000),
  };
}

async function openAskingPostgres(path: string) {
  const dataDir = await newFolder();
  const server = await start({ dataDir, settings: { fsync: "off" } });
  await migrate({ url: server.url });
  await migrateJobs({ connectionString: server.url }, ["concord_worker"]);
  const owner = new pg.Client({ connectionString: server.url });
  // A test that failed leaves it open, and its server ends before it.
  owner.on("error", () => undefined);
  await owner.connect();
  await owner.query(`create role login_of_app login password '${OLD}' in role concord_app, concord_worker`);
  const asks = join(clusterIn(dataDir), "pg_hba.conf");
  await writeFile(asks, "local all postgres trust\nlocal all all scram-sha-256\n");
  await chmod(asks, 0o644);
  await owner.query("select pg_reload_conf()");
  const { user = "", database } = owner;
  const url = `postgres://login_of_app@${encodeURIComponent(socketOf(server).replace(/\/[^/]*$/, ""))}/${database}`;
  const address: DatabaseAddress = { url, passwordFile: path };
  const signIn = async (password: string) => {
    const client = new pg.Client({ ...connectionTo(address), password });
    await client.connect();
    await client.end();
  };
  await until(() =>
    signIn("wrong").then(
      () => false,
      () => true,
    ),
  );
  return { owner, user, address, signIn };
}

test("the password of PostgreSQL is changed while calls go on and processes start: none fails, and the old one is worth nothing", async () => {
  const file = await passwordFile();
  const { owner, address, signIn } = await openAskingPostgres(file.path);
  const open = () => openDatabase(address, { role: "app", maxConnections: 3, onError: () => undefined });
  const scope = { merchants: ["mer_a"], user: "ann" };
  const read = (database: Awaited<ReturnType<typeof open>>) =>
    inScope(database, scope, ({ query }) => query("select id from accounts.location"));
  const lasting = await open();
  const queue = useQueue({
    kind: "postgres",
    connection: { ...connectionTo(address), options: "-c role=concord_worker" },
  });
  await queue.ready();
  let turn = 0;
  const load = startLoad(60, async () => {
    turn += 1;
    if (turn % 4 === 0) return queue.add();
    if (turn % 4 > 1) return void (await read(lasting));
    // What starts meanwhile has no connection that is open already.
    const fresh = await open();
    await read(fresh).finally(() => fresh.destroy());
  });
  const more = async (wanted = load.answered() + 60) => until(() => load.answered() >= wanted);

  await more();
  await file.holds(OLD, NEW);
  await more();
  await owner.query(`alter role login_of_app password '${NEW}'`);
  await more();
  await file.holds(NEW);
  await more();
  const { answered, failures } = await load.stop();
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThanOrEqual(240);
  await until(queue.isThrough);
  await expect(signIn(OLD)).rejects.toMatchObject({ code: "28P01" });
  await signIn(NEW);

  // Whatever is still open from before is ended, and comes back by the new one.
  await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'login_of_app'");
  await until(() =>
    read(lasting).then(
      () => true,
      () => false,
    ),
  );
  await until(() =>
    queue.add().then(
      () => true,
      () => false,
    ),
  );
  await queue.close();
  await lasting.destroy();
  await owner.end();
}, 120_000);

test.skipIf(!hasRedisServer)(
  "the password of Redis is changed while calls go on, its connections are ended, and none fails",
  async () => {
    const file = await passwordFile();
    const redis = await openOwnRedis();
    onTestFinished(() => redis.close());
    const admin = new Redis(redis.url);
    onTestFinished(() => admin.disconnect());
    await admin.call("acl", "setuser", "concord", "on", `>${OLD}`, "~*", "&*", "+@all");
    const url = redis.url.replace("redis://", "redis://concord@");
    const queue = useQueue({ kind: "redis", url, passwordFile: file.path });
    await queue.ready();
    let isAway = 0;
    const told = pino({ level: "warn" }, { write: () => void isAway++ });
    const buckets = await openRedisBuckets({
      url,
      connector: connectorReading(file.path),
      prefix: "rotated",
      log: told,
    });
    onTestFinished(() => buckets.close());
    expect(isAway).toBe(0);
    const load = startLoad(60, async () => {
      await buckets.take("ann", { capacity: 1e6, perSecond: 1e6 }, 1);
      await queue.add();
    });
    const more = async (wanted = load.answered() + 60) => until(() => load.answered() >= wanted);

    await more();
    await admin.call("acl", "setuser", "concord", `>${NEW}`);
    await more();
    await file.holds(NEW);
    await admin.call("acl", "setuser", "concord", `<${OLD}`);
    await more();
    await admin.call("client", "kill", "user", "concord");
    await more();
    const { answered, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThanOrEqual(240);
    await until(queue.isThrough);
    const late = new Redis(url, { password: OLD, retryStrategy: () => null, lazyConnect: true });
    late.on("error", () => undefined);
    await expect(late.connect().then(() => late.ping())).rejects.toThrow(/WRONGPASS|NOAUTH|closed/);
    late.disconnect();
    await queue.close();
  },
  120_000,
);
