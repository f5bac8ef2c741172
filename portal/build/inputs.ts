import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Everything under `folder` that a person wrote, by full path, in a fixed order. */
export async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(folder, "generated")))
    .sort();
}

/** The same for the same files, contents and texts, and for nothing else. */
export async function stampOf(paths: readonly string[], texts: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  for (const [index, path] of paths.entries())
    hash
      .update(`${path}\0`)
      .update(contents[index] ?? "")
      .update("\0");
  for (const text of texts) hash.update(text).update("\0");
  return hash.digest("hex");
}
