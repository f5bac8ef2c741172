import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import { eventAdapter, eventsFile } from "../support/event-adapter.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("payout_lines", () => eventAdapter);
});
afterAll(() => ledger.close());

const euros = (amountMinor: bigint) => ({ amountMinor, currency: "EUR" });

function booked(shop: Shop, kind: "SALE" | "PAYOUT", key: string, minor: bigint): ProviderEvent {
  const amount = euros(minor < 0n ? -minor : minor);
  return {
    ...{ kind, family: "ACQUIRER", provider: "adyen", account: shop.adyen, identity: key, amount },
    occurredAt: { at: new Date("2026-11-02T11:00:00Z"), ambiguous: false },
    booking: {
      ...{ batch: "7", bookingDate: "2026-11-09", payoutReference: "PAY-7" },
      ...{ gross: euros(minor), fees: {}, net: euros(minor) },
    },
    rawStatus: kind,
  };
}

async function payoutsAfter(...files: readonly ((shop: Shop) => readonly ProviderEvent[])[]) {
  const shop = await ledger.openShop();
  for (const file of files) await shop.feed(eventsFile(file(shop)));
  const rows = await shop.rows("reconciliation.payout");
  return rows.map(({ amount_minor }) => amount_minor);
}

const early = (shop: Shop) => [booked(shop, "SALE", "a", 1000n)];
const late = (shop: Shop) => [booked(shop, "SALE", "b", 240n)];
const own = (shop: Shop) => [booked(shop, "PAYOUT", "p", -1240n)];

test("a payout that only its lines name is their sum, over all files", async () => {
  expect(await payoutsAfter(early, late)).toEqual([1240]);
});

test("a payout with a line of its own is what that says, wherever the line stands among the files", async () => {
  expect(await payoutsAfter(own, early, late)).toEqual([1240]);
  expect(await payoutsAfter(early, own, late)).toEqual([1240]);
  expect(await payoutsAfter(early, late, own)).toEqual([1240]);
});
