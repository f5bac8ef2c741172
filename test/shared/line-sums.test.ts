import { expect, test } from "vitest";
import type { Booking } from "../../subgraphs/shared/event.ts";
import { LineSums } from "../../subgraphs/shared/store/line-sums.ts";

const sale = { event: { kind: "SALE", provider: "adyen", account: "Shop" }, merchantId: "m", batchId: "b" } as const;

function booking(gross: bigint, net: bigint, dates: { bookingDate: string; valueDate?: string }): Booking {
  const [inCents, ofNet] = [gross, net].map((amountMinor) => ({ amountMinor, currency: "EUR" }));
  return { batch: "1", gross: inCents!, fees: {}, net: ofNet!, ...dates };
}

test("lines are summed by batch, payout and kind, in whatever order they come", () => {
  const sums = new LineSums();
  sums.add({ ...sale, payoutId: null }, booking(1_000n, 990n, { bookingDate: "2026-11-03" }), 2);
  sums.add({ ...sale, payoutId: "p" }, booking(50n, 50n, { bookingDate: "2026-11-03", valueDate: "2026-11-05" }), 3);
  sums.add({ ...sale, payoutId: null }, booking(500n, 480n, { bookingDate: "2026-11-01" }), 4);
  sums.add({ ...sale, payoutId: "p" }, booking(-20n, -21n, { bookingDate: "2026-11-04", valueDate: "2026-11-04" }), 5);
  const refund = { ...sale, event: { ...sale.event, kind: "REFUND" } as const, payoutId: null };
  sums.add(refund, booking(-300n, -300n, { bookingDate: "2026-11-02" }), 6);
  const of = { merchant_id: "m", batch_id: "b", kind: "SALE", provider: "adyen", account: "Shop", currency: "EUR" };
  expect(sums.take()).toEqual([
    {
      ...{ ...of, payout_id: null, lines: 2, gross_minor: 1_500n, fee_minor: -30n, net_minor: 1_470n },
      ...{ booking_date: "2026-11-03", value_date: null, line_number: 2 },
    },
    {
      ...{ ...of, payout_id: "p", lines: 2, gross_minor: 30n, fee_minor: -1n, net_minor: 29n },
      ...{ booking_date: "2026-11-04", value_date: "2026-11-05", line_number: 3 },
    },
    {
      ...{ ...of, kind: "REFUND", payout_id: null, lines: 1, gross_minor: -300n, fee_minor: 0n, net_minor: -300n },
      ...{ booking_date: "2026-11-02", value_date: null, line_number: 6 },
    },
  ]);
  expect(sums.take()).toEqual([]);
});
