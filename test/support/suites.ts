import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/**
 * The suites by what can decide how they end. Who asks the run for a database, a queue or the built program does so by
 * vitest's `inject`, in itself or in a module of the tests that it imports: `stores`. To the others, `once`, it is the same
 * whatever server there is.
 */
export function suitesByNeed(): { readonly once: readonly string[]; readonly stores: readonly string[] } {
  const suites = readdirSync(join(ROOT, "test"), { recursive: true })
    .map((name) => join(ROOT, "test", `${name}`))
    .filter((path) => path.endsWith(".test.ts") && !/\/test\/(?:smoke|portal)\//.test(path));
  const asks = new Map<string, boolean>();
  return {
    once: suites.filter((path) => !asksTheRun(path, asks)).map((path) => relative(ROOT, path)),
    stores: suites.filter((path) => asksTheRun(path, asks)).map((path) => relative(ROOT, path)),
  };
}

function asksTheRun(path: string, known: Map<string, boolean>): boolean {
  const before = known.get(path);
  if (before !== undefined) return before;
  // A circle of imports is for the linter to find, and not to hang in here.
  known.set(path, false);
  const text = readFileSync(path, "utf8");
  const asks = text.includes("inject(") || importedBy(path, text).some((imported) => asksTheRun(imported, known));
  known.set(path, asks);
  return asks;
}

/** Modules of the tests; the product knows nothing of a run. */
function importedBy(path: string, text: string): readonly string[] {
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)]
    .map(([, specifier = ""]) => join(dirname(path), specifier))
    .filter((imported) => imported.startsWith(join(ROOT, "test/")) && existsSync(imported));
}
