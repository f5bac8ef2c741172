import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import { FIXTURES } from "../adapters/fixtures.ts";
import type { Shop } from "./ledger.ts";

/** Fixtures by their path, and how many rows of each are read, taken, quarantined and skipped. */
export type FixtureFiles = Readonly<Record<string, readonly number[]>>;

export function fixture(file: string): Promise<Buffer> {
  return readFile(new URL(file, FIXTURES));
}

/** Takes a fixture in and gives its rows as read, taken, quarantined and skipped. */
export async function feedFixture(shop: Shop, file: string): Promise<readonly number[]> {
  const { record } = await shop.feed(await fixture(file), file);
  return ["rows_read", "rows_accepted", "rows_quarantined", "rows_skipped"].map((name) => Number(record[name]));
}

/** Takes each in again, a byte longer so that it is another file with the same rows: nothing may come of it. */
export async function expectNothingNew(shop: Shop, files: FixtureFiles): Promise<void> {
  const before = await shop.factCounts();
  for (const file of Object.keys(files)) {
    const { record } = await shop.feed(Buffer.concat([await fixture(file), Buffer.from("\n")]), file);
    expect(Number(record["rows_accepted"]), file).toBe(0);
  }
  expect(await shop.factCounts()).toEqual(before);
}
