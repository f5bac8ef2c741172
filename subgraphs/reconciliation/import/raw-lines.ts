import { isRow, type Reading } from "../../../adapters/adapter.ts";

/** The raw text of a few lines, read again from the stored file: keeping all of them at hand would cost the whole file. */
export async function rawLines(
  rows: AsyncIterable<readonly Reading[]>,
  wanted: ReadonlySet<bigint>,
): Promise<ReadonlyMap<bigint, string>> {
  const found = new Map<bigint, string>();
  if (wanted.size === 0) return found;
  for await (const readings of rows) {
    for (const reading of readings) {
      if (isRow(reading) && wanted.has(BigInt(reading.line))) found.set(BigInt(reading.line), reading.raw);
    }
  }
  return found;
}
