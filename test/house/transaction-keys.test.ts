import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

const SUBGRAPHS = new URL("../../subgraphs/", import.meta.url).pathname;

/** What a migration did is done; the invariants read whole tables, and say so. */
const ELSEWHERE = /\/migrations\/|\/invariants\//;

test("whatever looks a transaction up by its id says of which family, or it reads every key of the merchant", async () => {
  const found: string[] = [];
  for (const name of await readdir(SUBGRAPHS, { recursive: true })) {
    if (!name.endsWith(".ts") || ELSEWHERE.test(name)) continue;
    const source = await readFile(join(SUBGRAPHS, name), "utf8");
    for (const { 1: alias = "", index } of source.matchAll(/transactions\.transaction (?!on|set|where|for)(\w+)/g)) {
      const [statement = ""] = source.slice(index).split(/`;|`,\n|`\n/);
      const byId = new RegExp(`\\b${alias}\\.id (=|in) `).test(statement);
      const ofFamily = new RegExp(`\\b${alias}\\.family (=|in) |= ${alias}\\.family|inAnyFamily\\("${alias}"\\)`);
      if (byId && !ofFamily.test(statement)) found.push(`${name}: ${statement.slice(0, 120)}`);
    }
  }
  expect(found).toEqual([]);
});
