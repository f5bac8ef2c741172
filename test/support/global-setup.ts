import { mkdtemp, readdir, realpath, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { stopPostmaster } from "../../subgraphs/shared/embedded-postgres/postmaster.ts";
import { endSharedSite } from "./shared-site-file.ts";
import { dropDatabase, dropTemplates } from "./template-database.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where a suite finds PostgreSQL: a server given by TEST_DATABASE_URL, or the folder of one to share. */
    postgres: { readonly url: string } | { readonly dataDir: string };
    /** Set by TEST_REDIS_URL: suites that use jobs then run them on Redis. */
    redisUrl: string | undefined;
    /** A folder of this run's own, for what its suites make once and share. */
    runFolder: string;
  }
}

/**
 * The server is started by the first suite that asks for a database, so that a run of few costs little; it is
 * stopped here. A run that was killed leaves its server behind, and the next run takes that one away first.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const parent = await placeOfFolders();
  await removeAbandoned(parent);
  const url = process.env.TEST_DATABASE_URL;
  const folder = await mkdtemp(join(parent, `${FOLDER}${process.pid}-`));
  project.provide("postgres", url ? { url } : { dataDir: folder });
  project.provide("redisUrl", process.env.TEST_REDIS_URL || undefined);
  project.provide("runFolder", folder);
  return async () => {
    const database = await endSharedSite(folder);
    if (url && database !== undefined) await dropDatabase(url, database);
    if (url) await dropTemplates(url, folder);
    await remove(folder);
  };
}

const FOLDER = "concord-test-";
/** Root's server runs as another user, who may not be able to enter root's TMPDIR. */
const OPEN_TO_ALL = "/tmp";
/** Files in memory, where that is a place to keep some: databases make and drop tables by the thousand. */
const IN_MEMORY = "/dev/shm";
const ENOUGH_BYTES = 4 * 1024 ** 3;

async function placeOfFolders(): Promise<string> {
  const { bavail, bsize } = await statfs(IN_MEMORY).catch(() => ({ bavail: 0, bsize: 0 }));
  if (bavail * bsize >= ENOUGH_BYTES) return IN_MEMORY;
  return realpath(process.getuid?.() === 0 ? OPEN_TO_ALL : tmpdir());
}

async function remove(folder: string): Promise<void> {
  await endSharedSite(folder);
  await stopPostmaster(join(folder, "postgres/data"));
  await rm(folder, { recursive: true, force: true });
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = new RegExp(`^${FOLDER}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await remove(join(parent, name));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
