import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * Makes a folder whole or not at all: it is built under another name and renamed. When two processes build at once the
 * first to finish wins and the other's work is dropped, so that no lock is needed.
 */
export async function buildOnce(target: string, build: (folder: string) => Promise<void>): Promise<void> {
  if (await exists(target)) return;
  await removeAbandoned(target);
  const partial = `${target}.partial-${randomUUID().slice(0, 8)}`;
  try {
    await mkdir(partial, { mode: 0o700 });
    await build(partial);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  }
}

/** A process killed while building leaves its part behind. */
async function removeAbandoned(target: string): Promise<void> {
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(`${basename(target)}.partial-`)) continue;
    const path = join(dirname(target), name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
