import fc from "fast-check";
import { expect } from "vitest";
import { holds, type SettlementAdapter } from "../../adapters/adapter.ts";
import { bytesOf, readAll } from "../adapters/fixtures.ts";

/** Some ten seconds of work, on a machine that may be busy. */
export const LONG = { timeout: 600_000 };
export const RUNS = { numRuns: 10_000 };
export const MOST_ROWS = { minLength: 1, maxLength: 3 };

export const cents = fc.bigInt(1n, 10n ** 9n);
/** What a till or a shop may write. */
export const ticket = fc.string({ unit: fc.constantFrom("A", "7", ";", '"', "é", " x"), minLength: 1, maxLength: 12 });
export const digits = fc.string({ unit: fc.constantFrom("0", "4", "9"), minLength: 6, maxLength: 6 });
export const time = fc.integer({ min: 0, max: 86_399 }).map((second) => new Date(Date.UTC(2026, 10, 2, 0, 0, second)));
export const local = (at: Date) => at.toISOString().slice(0, 19).replace("T", " ");
/** Belgium is an hour ahead of UTC in November. */
export const instant = (at: Date) => new Date(at.getTime() - 3_600_000);

export async function eventsOf(adapter: SettlementAdapter, written: string | Buffer) {
  const bytes = Buffer.from(written as Buffer);
  expect(adapter.accepts(bytes.subarray(0, 4096).toString("latin1"))).toBe(true);
  const { rows, totals } = await readAll(adapter, bytesOf(bytes));
  expect(totals.every(holds)).toBe(true);
  return rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
}

/** Every payout is the sum of its lines, and leaves nothing: the rest of all bookings is zero. */
export function expectNothingLeft(events: Awaited<ReturnType<typeof eventsOf>>): void {
  const left = new Map<string, bigint>();
  for (const { booking } of events) {
    if (booking) left.set(booking.batch, (left.get(booking.batch) ?? 0n) + booking.net.amountMinor);
  }
  expect([...left.values()].every((sum) => sum === 0n)).toBe(true);
}
