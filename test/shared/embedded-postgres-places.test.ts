import { chmod, chown, cp, lstat, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { findPackage } from "../../subgraphs/shared/embedded-postgres/binaries.ts";
import { clearAway, clusterIn, isRoot, newFolder, queryOf, removeLater, start } from "../support/embedded-servers.ts";

afterEach(clearAway);

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
    removeLater(cluster);
    expect(cluster).toMatch(/^\/var\/lib\/concord\/clusters\/[0-9a-f]{16}$/);
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
    expect(await start({ dataDir })).toMatchObject({ adopted: true, pid: server.pid });
    await server.stop();
  });

  test("refuses a socket folder that someone else made", async () => {
    const dataDir = join(await newFolder(0o755), "d".repeat(90));
    const first = await start({ dataDir });
    removeLater(first.connection.host, dataDir);
    await first.stop();
    await chown(first.connection.host, 12_345, 12_345);
    await expect(start({ dataDir })).rejects.toMatchObject({ code: "BAD_CONFIGURATION", message: /user 12345/ });
  });
});

async function packageWithoutLinks(folder: string): Promise<string> {
  const packageDir = join(folder, "package");
  const isFile = async (path: string) => !(await lstat(path)).isSymbolicLink();
  await cp(findPackage(), packageDir, { recursive: true, filter: isFile });
  return packageDir;
}
