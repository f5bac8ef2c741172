import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, cp, lstat, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import pg from "pg";
import { pino } from "pino";
import { afterEach, describe, expect, test } from "vitest";
import { findPackage } from "../../subgraphs/shared/embedded-postgres/binaries.ts";
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "../../subgraphs/shared/embedded-postgres/embedded-postgres.ts";
import { isPostmaster, stopPostmaster } from "../../subgraphs/shared/embedded-postgres/postmaster.ts";
import { until } from "../support/until.ts";

const isRoot = process.getuid?.() === 0;
const children: ChildProcess[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  for (const folder of folders.splice(0)) {
    for (const root of [folder, join(folder, "postgres")]) await stopPostmaster(join(root, "data"));
    await rm(folder, { recursive: true, force: true });
  }
});

describe("the built-in PostgreSQL", () => {
  test("starts in a new closed folder, on a socket that only its user may enter and on no port", async () => {
    const server = await start({ dataDir: await newFolder() });
    expect(server).toMatchObject({ adopted: false, connection: { user: "concord", database: "concord" } });
    const settings = "listen_addresses fsync full_page_writes synchronous_commit TimeZone server_encoding".split(" ");
    const shown = await Promise.all(settings.map((name) => queryOf(server, `select current_setting('${name}')`)));
    expect(shown).toEqual(["", "on", "on", "on", "UTC", "UTF8"]);
    expect((await stat(server.connection.host)).mode & 0o777).toBe(0o700);
    expect(await queryOf(server, "select 'é' < 'f' or upper('é') <> 'É'")).toBe(false);
  });

  test("keeps its data over a restart and leaves no process when it is stopped", async () => {
    const dataDir = await newFolder();
    const first = await start({ dataDir });
    await queryOf(first, "create table kept as select 42 as answer");
    await Promise.all([first.stop(), first.stop()]);
    expect(isAlive(first.pid)).toBe(false);
    const second = await start({ dataDir });
    expect(second.adopted).toBe(false);
    expect(await queryOf(second, "select answer from kept")).toBe(42);
  });

  test("is adopted by the next process after the one that started it was killed", async () => {
    const dataDir = await newFolder();
    const { child, server } = await startInChild(dataDir);
    child.kill("SIGKILL");
    await once(child, "exit");
    const adopted = await start({ dataDir });
    expect(adopted).toMatchObject({ adopted: true, pid: server.pid });
    expect(await queryOf(adopted, "select 1")).toBe(1);
    await adopted.stop();
    expect(await isPostmaster(server.pid, clusterIn(dataDir))).toBe(false);
  });

  test("recovers what was committed when the server itself was killed", async () => {
    const dataDir = await newFolder();
    const first = await start({ dataDir });
    await queryOf(first, "create table kept as select 42 as answer");
    process.kill(first.pid, "SIGKILL");
    const second = await start({ dataDir });
    expect(second.pid).not.toBe(first.pid);
    expect(await queryOf(second, "select answer from kept")).toBe(42);
  });

  test("starts beside the zombie of a killed server whose parent does not reap it", async () => {
    const dataDir = await newFolder();
    const { child, server } = await startInChild(dataDir);
    child.kill("SIGSTOP");
    process.kill(server.pid, "SIGKILL");
    await until(async () => !(await isPostmaster(server.pid, clusterIn(dataDir))));
    const second = await start({ dataDir });
    expect(isAlive(server.pid)).toBe(true);
    expect(second).toMatchObject({ adopted: false });
    child.kill("SIGCONT");
  });

  test("is not misled by a killed server's locks whose number another process has now", async () => {
    const dataDir = await newFolder();
    const first = await start({ dataDir });
    process.kill(first.pid, "SIGKILL");
    await until(() => !isAlive(first.pid));
    const { uid, gid } = await stat(clusterIn(dataDir));
    const foreign = spawn("sleep", ["600"], { ...(isRoot ? { uid, gid } : {}), stdio: "ignore" });
    children.push(foreign);
    await once(foreign, "spawn");
    for (const lock of [join(clusterIn(dataDir), "postmaster.pid"), `${socketOf(first)}.lock`]) {
      const text = await readFile(lock, "utf8");
      await writeFile(lock, text.replace(`${first.pid}`, `${foreign.pid}`));
    }
    expect(await start({ dataDir })).toMatchObject({ adopted: false });
    expect(foreign.exitCode).toBeNull();
  });

  test("starts from an empty pid file", async () => {
    const dataDir = await newFolder();
    await (await start({ dataDir })).stop();
    await writeFile(join(clusterIn(dataDir), "postmaster.pid"), "");
    expect(await start({ dataDir })).toMatchObject({ adopted: false });
  });

  test("is one server for all who start it at once", async () => {
    const dataDir = await newFolder();
    const servers = await Promise.all([
      startInChild(dataDir).then(({ server }) => server),
      startInChild(dataDir).then(({ server }) => server),
      start({ dataDir }),
      start({ dataDir }),
    ]);
    expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
    expect(servers.filter(({ adopted }) => !adopted)).toHaveLength(1);
    expect((await readdir(join(dataDir, "postgres"))).filter((name) => name.includes("partial"))).toEqual([]);
  });

  test("is one server for all who start it at once after a crash", async () => {
    const dataDir = await newFolder();
    const crashed = await start({ dataDir });
    process.kill(crashed.pid, "SIGKILL");
    const servers = await Promise.all([1, 2, 3].map(() => start({ dataDir })));
    expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
  });

  test("is restarted when it lives but its socket is gone", async () => {
    const dataDir = await newFolder();
    const first = await start({ dataDir });
    await unlink(socketOf(first));
    const second = await start({ dataDir, silenceMs: 200 });
    expect(second).toMatchObject({ adopted: false });
    expect(isAlive(first.pid)).toBe(false);
  });

  test("gets a short socket path when the data folder lies deep", async () => {
    const dataDir = join(await newFolder(0o755), "d".repeat(90));
    folders.push(dataDir);
    const server = await start({ dataDir });
    folders.push(server.connection.host);
    expect(await readdir(join(dataDir, "postgres"))).toContain("data");
    expect(server.connection.host).toMatch(/\/concord-[0-9a-f]{16}$/);
    expect(await queryOf(server, "select 1")).toBe(1);
    await server.stop();
  });

  test("says why when it does not start, and leaves no process", async () => {
    const dataDir = await newFolder();
    const fault = start({ dataDir, settings: { shared_buffers: "plenty" } });
    await expect(fault).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE", message: /shared_buffers.*plenty/ });
    await expect(readFile(join(clusterIn(dataDir), "postmaster.pid"))).rejects.toThrow("ENOENT");
  });

  test("refuses the data of another major version", async () => {
    const dataDir = await newFolder();
    await (await start({ dataDir })).stop();
    await writeFile(join(clusterIn(dataDir), "PG_VERSION"), "16\n");
    await expect(start({ dataDir })).rejects.toMatchObject({ code: "BAD_CONFIGURATION", message: /PostgreSQL 16/ });
  });

  test("refuses a data folder that cannot be made", async () => {
    const file = join(await newFolder(), "file");
    await writeFile(file, "");
    await expect(start({ dataDir: join(file, "data") })).rejects.toMatchObject({ code: "BAD_CONFIGURATION" });
  });
});

describe("the programs of the built-in PostgreSQL", () => {
  test("get their library links when no install script made them", async () => {
    const packageDir = await packageWithoutLinks(await newFolder(0o755));
    const server = await start({ dataDir: await newFolder(), packageDir });
    expect(await queryOf(server, "select 1")).toBe(1);
    expect(await readdir(join(packageDir, "native/lib"))).toContain("libicuuc.so.60");
  });

  test.runIf(isRoot)("are copied out of a checkout that the server's user cannot enter", async () => {
    const checkout = await newFolder();
    const packageDir = await packageWithoutLinks(checkout);
    const dataDir = await newFolder();
    await (await start({ dataDir, packageDir })).stop();
    const again = await start({ dataDir, packageDir });
    expect(await queryOf(again, "select 1")).toBe(1);
    expect((await stat(checkout)).mode & 0o777).toBe(0o700);
  });

  test.skipIf(isRoot)("are copied out of a package that is read-only and lacks its links", async () => {
    const packageDir = await packageWithoutLinks(await newFolder());
    await chmod(join(packageDir, "native/lib"), 0o555);
    const server = await start({ dataDir: await newFolder(), packageDir });
    await chmod(join(packageDir, "native/lib"), 0o755);
    expect(await queryOf(server, "select 1")).toBe(1);
  });

  test("are refused where there are none, with the way out", () => {
    const glibc = { platform: "linux", arch: "x64", isMusl: false };
    expect(findPackage(glibc)).toContain("linux-x64");
    for (const system of [
      { ...glibc, isMusl: true },
      { ...glibc, platform: "win32" },
      { ...glibc, arch: "riscv64" },
    ]) {
      expect(() => findPackage(system)).toThrow(
        expect.objectContaining({ code: "PLATFORM_UNSUPPORTED", message: expect.stringContaining("DATABASE_URL") }),
      );
    }
  });
});

describe.runIf(isRoot)("the built-in PostgreSQL of root", () => {
  test("runs as nobody where there is no user postgres, and stays with its owner when one appears", async () => {
    const dataDir = await newFolder();
    await (await start({ dataDir, runAs: ["no-such-user", "nobody"] })).stop();
    const server = await start({ dataDir });
    expect((await stat(`/proc/${server.pid}`)).uid).toBe(65_534);
    expect((await stat(clusterIn(dataDir))).uid).toBe(65_534);
  });

  test("opens its own data folder to pass through and nothing above it: then the cluster lies elsewhere", async () => {
    const closed = await newFolder();
    const dataDir = join(closed, "inner/data");
    const server = await start({ dataDir });
    const cluster = dirname(server.connection.host);
    folders.push(cluster);
    expect(cluster).toMatch(/^\/var\/lib\/concord\/clusters\/[0-9a-f]{16}$/);
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
    expect(await start({ dataDir })).toMatchObject({ adopted: true, pid: server.pid });
    await server.stop();
  });

  test("refuses a socket folder that someone else made", async () => {
    const dataDir = join(await newFolder(0o755), "d".repeat(90));
    const first = await start({ dataDir });
    folders.push(first.connection.host, dataDir);
    await first.stop();
    await chown(first.connection.host, 12_345, 12_345);
    await expect(start({ dataDir })).rejects.toMatchObject({ code: "BAD_CONFIGURATION", message: /user 12345/ });
  });
});

function start(options: Omit<EmbeddedPostgresOptions, "log">): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ ...options, log: pino({ level: "silent" }) });
}

async function startInChild(dataDir: string) {
  const script = new URL("../support/embedded-start.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--import", "tsx", script, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, server: JSON.parse(line.toString()) as { pid: number; adopted: boolean } };
}

async function newFolder(mode = 0o700): Promise<string> {
  const folder = await mkdtemp("/tmp/concord-embedded-");
  await chmod(folder, mode);
  folders.push(folder);
  return folder;
}

function socketOf(server: EmbeddedPostgres): string {
  return join(server.connection.host, ".s.PGSQL.5432");
}

function clusterIn(dataDir: string): string {
  return join(dataDir, "postgres/data");
}

async function packageWithoutLinks(folder: string): Promise<string> {
  const packageDir = join(folder, "package");
  const isFile = async (path: string) => !(await lstat(path)).isSymbolicLink();
  await cp(findPackage(), packageDir, { recursive: true, filter: isFile });
  return packageDir;
}

async function queryOf(server: EmbeddedPostgres, query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const { rows } = await client.query({ text: query, rowMode: "array" });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
