import fc from "fast-check";
import { expect, test } from "vitest";
import { adapter as monizze } from "../../adapters/providers/monizze.ts";
import { adapter as pluxee } from "../../adapters/providers/pluxee.ts";
import { monizzeFee, monizzeStatement } from "../../simulator/writers/monizze.ts";
import { pluxeeFees, pluxeeStatement } from "../../simulator/writers/pluxee.ts";
import {
  cents,
  digits,
  eventsOf,
  expectNothingLeft,
  instant,
  LONG,
  local,
  MOST_ROWS,
  RUNS,
  ticket,
  time,
} from "./written-rows.ts";

test("what is written as a Pluxee row is what is read, and its payouts are the sums of their rows", LONG, async () => {
  const row = fc.record({
    gross: cents,
    product: fc.constantFrom("LUNCH", "ECO", "GIFT"),
    authCode: digits,
    ticket,
    at: time,
    isRefund: fc.boolean(),
    payout: fc.constantFrom("P-1", "P-2"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, MOST_ROWS), async (rows) => {
      const facts = rows.map(({ gross, product, authCode, ticket: own, at, isRefund, payout }, index) => {
        const grossMinor = isRefund ? -gross : gross;
        const place = { account: "PLX-1", terminal: "90120001", time: local(at), transaction: `T${index}` };
        const status = isRefund ? "Approuvé" : "Goedgekeurd/Approuvé";
        return { ...place, product, grossMinor, ...pluxeeFees(grossMinor), status, payout, authCode, ticket: own };
      });
      const paid = [...new Set(rows.map(({ payout }) => payout))];
      const transfers = paid.map((reference) => ({ reference, account: "PLX-1", paidOn: "2026-11-06" }));
      const events = await eventsOf(pluxee, pluxeeStatement(facts, transfers));
      expect(events.slice(0, rows.length)).toMatchObject(
        facts.map(({ transaction, grossMinor, commissionMinor, taxMinor, payout, authCode, ticket: own }, index) => ({
          kind: grossMinor < 0n ? "REFUND" : "SALE",
          reference: transaction,
          occurredAt: { at: instant(rows[index]!.at) },
          amount: { amountMinor: rows[index]!.gross },
          booking: {
            batch: payout,
            gross: { amountMinor: grossMinor },
            fees: { commission: -commissionMinor, tax: -taxMinor },
          },
          payment: { authorisationCode: authCode, ticket: own.trim() },
        })),
      );
      expectNothingLeft(events);
    }),
    RUNS,
  );
});

test("what is written as a Monizze voucher is what is read, and its payouts are rounded once", LONG, async () => {
  const row = fc.record({
    gross: cents,
    purse: fc.constantFrom("emv", "eco", "ecv"),
    authCode: digits,
    ticket,
    at: time,
    isRefund: fc.boolean(),
    payout: fc.constantFrom("P-1", "P-2"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, MOST_ROWS), async (rows) => {
      const facts = rows.map(({ gross, purse, authCode, ticket: own, at, isRefund, payout }, index) => {
        const amountMinor = isRefund ? -gross - 5n : gross + 5n;
        const place = { id: `M${index}`, time: local(at), terminal: "90120001", state: "ok", payout };
        return { ...place, purse, amountMinor, feeThousandths: monizzeFee(purse, amountMinor), authCode, ticket: own };
      });
      const paid = [...new Set(rows.map(({ payout }) => payout))];
      const transfers = paid.map((reference) => ({ reference, valueDate: "2026-11-05", iban: "BE68539007547034" }));
      const period = { statement: "S", merchant: "M-1", from: "2026-11-02", to: "2026-11-02" };
      const events = await eventsOf(monizze, monizzeStatement(period, facts, transfers));
      const vouchers = new Map(events.flatMap((event) => (event.reference ? [[event.reference, event] as const] : [])));
      for (const [index, { id, amountMinor, payout, authCode, ticket: own }] of facts.entries()) {
        expect(vouchers.get(id)).toMatchObject({
          kind: amountMinor < 0n ? "REFUND" : "SALE",
          occurredAt: { at: instant(rows[index]!.at) },
          booking: { batch: payout, gross: { amountMinor } },
          payment: { authorisationCode: authCode, ticket: own },
        });
      }
      // The exact sum, rounded half away from zero by other means than the reader's.
      for (const { reference } of transfers) {
        const own = facts.filter(({ payout }) => payout === reference);
        const thousandths = own.reduce(
          (sum, { amountMinor, feeThousandths }) => sum + amountMinor * 10n - feeThousandths,
          0n,
        );
        const size = thousandths < 0n ? -thousandths : thousandths;
        const net = ((size + 5n) / 10n) * (thousandths < 0n ? -1n : 1n);
        const payout = events.find(({ kind, booking }) => kind === "PAYOUT" && booking?.batch === reference);
        expect(payout?.booking?.net.amountMinor).toBe(-net);
      }
      expectNothingLeft(events);
    }),
    RUNS,
  );
});
