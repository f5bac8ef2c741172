import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { isPostmaster } from "../../subgraphs/shared/embedded-postgres/postmaster.ts";
import {
  clearAway,
  clusterIn,
  isAlive,
  isRoot,
  killLater,
  newFolder,
  queryOf,
  removeLater,
  socketOf,
  start,
  startInChild,
} from "../support/embedded-servers.ts";
import { until } from "../support/until.ts";

afterEach(clearAway);

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

  test("is stopped even when its pid file was removed under it", async () => {
    const dataDir = await newFolder();
    const server = await start({ dataDir });
    await unlink(join(clusterIn(dataDir), "postmaster.pid"));
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
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
    killLater(foreign);
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
    // So long may the restarted one take as well, on a machine that has other things to do.
    const second = await start({ dataDir, silenceMs: 3_000 });
    expect(second).toMatchObject({ adopted: false });
    expect(isAlive(first.pid)).toBe(false);
  });

  test("gets a short socket path when the data folder lies deep", async () => {
    const dataDir = join(await newFolder(0o755), "d".repeat(90));
    removeLater(dataDir);
    const server = await start({ dataDir });
    removeLater(server.connection.host);
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
