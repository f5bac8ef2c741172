import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { type ControlTotal, isRow, type Reading, type Row, type SettlementAdapter } from "../../adapters/adapter.ts";

export const FIXTURES = new URL("../fixtures/", import.meta.url);

/** The fixture files of an adapter, golden files aside. */
export async function fixturesOf(adapter: string): Promise<readonly URL[]> {
  const folder = new URL(`${adapter}/`, FIXTURES);
  const files = await readdir(folder);
  return files.filter((file) => !file.endsWith(".golden.json")).map((file) => new URL(file, folder));
}

export type WholeReading = { readonly rows: readonly Row[]; readonly totals: readonly ControlTotal[] };

export async function readAll(adapter: SettlementAdapter, file: AsyncIterable<Buffer> | URL): Promise<WholeReading> {
  const readings: Reading[] = [];
  for await (const chunk of adapter.read(file instanceof URL ? createReadStream(file) : file)) readings.push(...chunk);
  return {
    rows: readings.filter(isRow),
    totals: readings.flatMap((reading) => (reading.kind === "control" ? [reading.total] : [])),
  };
}

/** A file in memory, in pieces of `size` bytes, so that a piece can end anywhere. */
export async function* bytesOf(content: string | Buffer, size = 65_536): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Golden files show amounts as digits, since JSON has no integers of that size. */
export function toGolden(value: unknown): string {
  return `${JSON.stringify(value, (_, field) => (typeof field === "bigint" ? String(field) : field), 2)}\n`;
}
