import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { stopPostmaster } from "../../subgraphs/shared/embedded-postgres/postmaster.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where a suite finds PostgreSQL: a server given by TEST_DATABASE_URL, or the folder of one to share. */
    postgres: { readonly url: string } | { readonly dataDir: string };
    /** Set by TEST_REDIS_URL: suites that use jobs then run them on Redis. */
    redisUrl: string | undefined;
  }
}

/**
 * The server is started by the first suite that asks for a database, so that a run of pure tests costs nothing; it is
 * stopped here. A run that was killed leaves its server behind, and the next run takes that one away first.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const parent = await realpath(process.getuid?.() === 0 ? OPEN_TO_ALL : tmpdir());
  await removeAbandoned(parent);
  const url = process.env.TEST_DATABASE_URL;
  const dataDir = await mkdtemp(join(parent, `${FOLDER}${process.pid}-`));
  project.provide("postgres", url ? { url } : { dataDir });
  project.provide("redisUrl", process.env.TEST_REDIS_URL || undefined);
  return () => remove(dataDir);
}

const FOLDER = "concord-test-";
/** Root's server runs as another user, who may not be able to enter root's TMPDIR. */
const OPEN_TO_ALL = "/tmp";

async function remove(dataDir: string): Promise<void> {
  await stopPostmaster(join(dataDir, "postgres/data"));
  await rm(dataDir, { recursive: true, force: true });
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
