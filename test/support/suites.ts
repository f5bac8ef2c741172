import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** Of a suite: whether it asks the run for anything, and whether others may run in its process before and after it. */
type Kind = { readonly need: "once" | "stores"; readonly together: boolean };

/**
 * The suites by what can decide how they end. Who asks the run for a database, a queue or the built program does so by
 * vitest's `inject`, in itself or in a module of the tests that it imports: `stores`. To the others, `once`, it is the same
 * whatever server there is.
 */
export function suitesOf({ need, together }: Kind): string[] {
  return SUITES.filter((path) => asksTheRun(path) === (need === "stores"))
    .map((path) => relative(ROOT, path))
    .filter((path) => APART.test(path) !== together);
}

/**
 * To load the product takes longer than most suites. They go through a ledger or a graph of their own or through nothing,
 * and leave nothing behind in their process, so that it can be the next one's too; but for these, which start and kill.
 */
const APART = /^test\/(?:e2e|faults)\//;

const SUITES = readdirSync(join(ROOT, "test"), { recursive: true })
  .map((name) => join(ROOT, "test", `${name}`))
  .filter((path) => path.endsWith(".test.ts") && !/\/test\/(?:smoke|portal)\//.test(path));

const known = new Map<string, boolean>();

function asksTheRun(path: string): boolean {
  const before = known.get(path);
  if (before !== undefined) return before;
  // A circle of imports is for the linter to find, and not to hang in here.
  known.set(path, false);
  const text = readFileSync(path, "utf8");
  const asks = text.includes("inject(") || importedBy(path, text).some(asksTheRun);
  known.set(path, asks);
  return asks;
}

/** Modules of the tests; the product knows nothing of a run. */
function importedBy(path: string, text: string): readonly string[] {
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)]
    .map(([, specifier = ""]) => join(dirname(path), specifier))
    .filter((imported) => imported.startsWith(join(ROOT, "test/")) && existsSync(imported));
}
