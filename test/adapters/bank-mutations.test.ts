import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { holds, type SettlementAdapter } from "../../adapters/adapter.ts";
import { adapter as camt } from "../../adapters/providers/camt.ts";
import { adapter as coda } from "../../adapters/providers/coda.ts";
import { adapter as mt940 } from "../../adapters/providers/mt940.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

/**
 * Files that were damaged on their way, made of our fixtures and of those found in the wild where they are there. Whatever
 * one accident does, reading ends soon, in a reading or in an AppError, and a file whose own totals still hold says the
 * sum that the whole one said, or has set a row aside for somebody to look at. Files without a total (notifications,
 * interim reports), and those that did not foot to begin with, say no sum that could be held against them.
 */
const SAMPLES = new URL("../../../shared/samples/", import.meta.url);
const MUTATIONS = 5_000;
const SEED = 20_261_124;
const LONGEST_MS = 2_000;

type Original = { readonly name: string; readonly adapter: SettlementAdapter; readonly content: Buffer };
type Outcome = {
  readonly verdict: "refused" | "does not foot" | "foots";
  readonly sums: string;
  readonly rejected: number;
};

test(`${MUTATIONS} damaged bank files are read to the same sum, or seen to be damaged`, async () => {
  const originals = await originalsOf();
  const random = randomOf(SEED);
  let foots = 0;
  const each = Math.ceil(MUTATIONS / originals.length);
  for (const original of originals) {
    const whole = await read(original.adapter, original.content);
    const isHeld = whole.verdict === "foots" && (await hasBalances(original));
    for (let nth = 0; nth < each; nth += 1) {
      const { content, what } = mutated(original.content, random);
      const startedAt = performance.now();
      const found = await read(original.adapter, content);
      const told = `${original.name}, mutation ${nth}: ${what}`;
      expect(performance.now() - startedAt, told).toBeLessThan(LONGEST_MS);
      if (found.verdict !== "foots") continue;
      foots += 1;
      if (isHeld && found.rejected === 0) expect(found.sums, told).toBe(whole.sums);
    }
  }
  // Damage to a text or a name leaves the money as it is: were nothing to foot, nothing would have been tried.
  expect(foots).toBeGreaterThan(MUTATIONS / 10);
});

async function read(adapter: SettlementAdapter, content: Buffer): Promise<Outcome> {
  if (!adapter.accepts(content.subarray(0, 4096).toString("latin1")))
    return { verdict: "refused", sums: "", rejected: 0 };
  try {
    const { rows, totals } = await readAll(adapter, bytesOf(content));
    const sums = new Map<string, bigint>();
    for (const row of rows) {
      if (row.kind !== "bank") continue;
      const { currency, amountMinor } = row.entry.amount;
      sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
    }
    return {
      verdict: totals.every(holds) ? "foots" : "does not foot",
      // An account in which nothing moved, or nothing on the whole, is no difference.
      sums: [...sums]
        .filter(([, sum]) => sum !== 0n)
        .map(([currency, sum]) => `${sum} ${currency}`)
        .sort()
        .join(", "),
      rejected: rows.filter(({ kind }) => kind === "rejected").length,
    };
  } catch (error) {
    if (error instanceof AppError && error.code === "FILE_REJECTED")
      return { verdict: "refused", sums: "", rejected: 0 };
    throw error;
  }
}

async function hasBalances({ adapter, content }: Original): Promise<boolean> {
  const { rows, totals } = await readAll(adapter, bytesOf(content));
  return totals.length > 0 && rows.some(({ kind }) => kind === "bank");
}

function mutated(content: Buffer, random: (below: number) => number): { content: Buffer; what: string } {
  const at = random(content.length);
  const start = at === 0 ? 0 : content.lastIndexOf(0x0a, at - 1) + 1;
  const newline = content.indexOf(0x0a, at);
  const end = newline === -1 ? content.length : newline + 1;
  const without = (from: number, to: number) => Buffer.concat([content.subarray(0, from), content.subarray(to)]);
  switch (random(6)) {
    case 0: {
      const copy = Buffer.from(content);
      copy[at] = copy[at]! ^ (1 << random(8));
      return { content: copy, what: `a bit of byte ${at}` };
    }
    case 1: {
      const copy = Buffer.from(content);
      copy[at] = 0x20 + random(0x5f);
      return { content: copy, what: `byte ${at} is ${copy[at]}` };
    }
    case 2:
      return { content: without(start, end), what: `without line ${start} to ${end}` };
    case 3:
      return { content: without(at, Math.max(at, end - 1)), what: `the line cut at ${at}` };
    case 4:
      return {
        content: Buffer.concat([content.subarray(0, end), content.subarray(start)]),
        what: `the line ${start} to ${end} twice`,
      };
    default: {
      const length = 1 + random(3);
      return { content: without(at, at + length), what: `without ${length} characters at ${at}` };
    }
  }
}

async function originalsOf(): Promise<readonly Original[]> {
  const adapters = [camt, coda, mt940];
  const folders = adapters.flatMap((adapter) => [
    { adapter, folder: new URL(`${adapter.name}/`, FIXTURES) },
    { adapter, folder: new URL(`${adapter.name}/`, SAMPLES) },
  ]);
  const originals: Original[] = [];
  for (const { adapter, folder } of folders) {
    if (!existsSync(folder)) continue;
    for (const file of (await readdir(folder)).filter((name) => !name.endsWith(".golden.json")).sort()) {
      const content = await readFile(new URL(file, folder));
      originals.push({ name: fileURLToPath(new URL(file, folder)), adapter, content });
    }
  }
  return originals;
}

/** Numbers below a bound, the same in each run (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
