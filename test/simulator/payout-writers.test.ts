import fc from "fast-check";
import { expect, test } from "vitest";
import { adapter } from "../../adapters/providers/ccv-payout-lines.ts";
import { nextBankDay } from "../../simulator/calendar.ts";
import { payoutHeader, payoutLines, payoutTrailer } from "../../simulator/writers/ccv-payout-lines.ts";
import { cents, eventsOf, expectNothingLeft, LONG, MOST_ROWS, RUNS, ticket } from "./written-rows.ts";

test("what is written as a payout's lines is what is read, on the bank day after the money came in", LONG, async () => {
  const signs = { sale: 1n, refund: -1n, chargeback: -1n, chargeback_reversal: 1n, collection: -1n, credit: -1n };
  const row = fc.record({
    amount: cents,
    type: fc.constantFrom(...(Object.keys(signs) as (keyof typeof signs)[])),
    order: ticket,
    day: fc.integer({ min: 0, max: 13 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, MOST_ROWS), async (rows) => {
      const lines = rows.map(({ amount, type, order, day }, index) => {
        const on = new Date(Date.UTC(2026, 10, 2 + day)).toISOString().slice(0, 10);
        const facts = {
          reference: `C${index}.G`,
          type,
          order,
          time: `${on}T12:00:00+01:00`,
          amountMinor: signs[type] * amount,
        };
        return { ...facts, ...(type === "refund" && { original: "C0.G" }), fundsDay: nextBankDay(on) };
      });
      const days = [...new Set(lines.map(({ fundsDay }) => fundsDay))].sort();
      const payouts = days.map((fundsDay) => ({
        ...{ reference: `PAY-${fundsDay}`, collectedOn: "S3G-1", fundsDay, valueDate: fundsDay },
        lines: lines.filter((line) => line.fundsDay === fundsDay),
      }));
      const period = { account: "l_1", from: "2026-11-02", to: "2026-11-16", generated: "2026-11-17" };
      const text = [payoutHeader(period), ...payouts.flatMap(payoutLines), payoutTrailer(payouts)].join("\n");
      const events = await eventsOf(adapter, `${text}\n`);
      const read = new Map(events.map((event) => [event.identity, event]));
      for (const { reference, type, order, amountMinor, fundsDay } of lines) {
        expect(read.get(`payout-line|PAY-${fundsDay}|${type}|${reference}`)).toMatchObject({
          booking: { bookingDate: fundsDay, net: { amountMinor } },
          payment: { merchantReference: order },
        });
        expect(new Date(`${fundsDay}T00:00:00Z`).getUTCDay() % 6).not.toBe(0);
      }
      expect(events).toHaveLength(lines.length + payouts.length);
      expectNothingLeft(events);
    }),
    RUNS,
  );
});
