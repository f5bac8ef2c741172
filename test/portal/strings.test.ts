import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../support/readme.ts";

type Texts = { readonly [key: string]: string | ((...values: never[]) => string) | Texts };

const PORTAL = join(PROJECT_ROOT, "portal");
const files = await readdir(PORTAL, { recursive: true });
const folders = files.filter((path) => path.endsWith("strings/en.ts")).map((path) => join(PORTAL, path, ".."));

test("there are texts to look at", () => {
  expect(folders.length).toBeGreaterThan(2);
});

describe.each(folders)("%s", (folder) => {
  test.each(["fr", "nl", "de"])("has every text in %s, and none is empty", async (language) => {
    const [english, translated] = await Promise.all([textsOf(folder, "en"), textsOf(folder, language)]);
    expect([...keysOf(translated)].sort()).toEqual([...keysOf(english)].sort());
  });
});

async function textsOf(folder: string, language: string): Promise<Texts> {
  return ((await import(join(folder, `${language}.ts`))) as { readonly strings: Texts }).strings;
}

/** Paths of all texts that say something. */
function* keysOf(texts: Texts, parent = ""): Generator<string> {
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === "object") yield* keysOf(value, `${parent}${key}.`);
    else if (value !== "") yield `${parent}${key}${typeof value === "function" ? `(${value.length})` : ""}`;
  }
}
