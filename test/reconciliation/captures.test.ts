import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import { eventAdapter, eventsFile } from "../support/event-adapter.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("captures", () => eventAdapter);
});
afterAll(() => ledger.close());

const DAY = { at: new Date("2026-11-02T11:00:00.000Z"), ambiguous: false };
const euros = (amountMinor: bigint) => ({ amountMinor, currency: "EUR" });

const about = (shop: Shop, provider: string) =>
  ({
    ...({ family: "ACQUIRER", provider, account: shop.adyen, reference: `AUTH-${shop.id}` } as const),
    ...{ occurredAt: DAY, rawStatus: "told" },
  }) as const;

const authorised = (shop: Shop, provider: string, amountMinor: bigint): ProviderEvent => ({
  ...about(shop, provider),
  kind: "AUTHORISATION",
  amount: euros(amountMinor),
  outcome: { status: "PROCESSING", certainty: "INDETERMINATE" },
  payment: { type: "CARD", method: "mastercard" },
});

const captured = (shop: Shop, provider: string, number: number, amountMinor: bigint): ProviderEvent => ({
  ...about(shop, provider),
  kind: "CAPTURE",
  identity: `told|${number}`,
  occurredAt: { at: new Date(DAY.at.getTime() + number * 60_000), ambiguous: false },
  amount: euros(amountMinor),
  outcome: { status: "SUCCESS", certainty: "DEFINITIVE" },
});

/** A line of a settlement: each capture has a reference of its own, and names the authorisation. */
const settled = (shop: Shop, provider: string, number: number, gross: bigint): ProviderEvent => ({
  ...about(shop, provider),
  kind: "SALE",
  identity: `line|${shop.id}|${number}`,
  amount: euros(gross),
  booking: {
    batch: "7",
    bookingDate: "2026-11-09",
    gross: euros(gross),
    fees: { markup: -3n },
    net: euros(gross - 3n),
  },
});

async function found(shop: Shop) {
  await shop.reconcile();
  const [sale, ...others] = (await shop.transactions()).filter(({ type }) => type === "SALE");
  expect(others).toEqual([]);
  const open = await ledger.rows<{ type: string }>(
    "select type from reconciliation.discrepancy where merchant_id = $1 and state = 'OPEN' order by type",
    [shop.id],
  );
  return { ...sale, open: open.map(({ type }) => type) };
}

describe.each(["adyen", "checkoutcom", "stripe"])("captures of one authorisation at %s", (provider) => {
  const openShop = async () => {
    const shop = await ledger.openShop();
    if (provider !== "adyen")
      await ledger.rows("insert into accounts.provider_account (merchant_id, provider, account) values ($1, $2, $3)", [
        ...[shop.id, provider, shop.adyen],
      ]);
    return shop;
  };
  const feed = (shop: Shop, events: readonly ProviderEvent[]) => shop.feed(eventsFile(events));

  test("that come to what was captured are matched, each with a claim of its own", async () => {
    const shop = await openShop();
    await feed(shop, [
      authorised(shop, provider, 1000n),
      captured(shop, provider, 1, 400n),
      captured(shop, provider, 2, 350n),
    ]);
    await feed(shop, [settled(shop, provider, 1, 400n), settled(shop, provider, 2, 350n)]);
    expect(await found(shop)).toMatchObject({
      status: "SUCCESS",
      reconciliation_state: "MATCHED",
      amount_minor: 1000,
      captured_minor: 750,
      settled_net_minor: 744,
      settled_fee_minor: -6,
      open: [],
    });
    expect((await shop.rows("reconciliation.claim")).map(({ part }) => part).sort()).toEqual([1, 2]);
  });

  test("nobody told of are what their lines say, and no more than was authorised", async () => {
    const shop = await openShop();
    await feed(shop, [authorised(shop, provider, 1000n)]);
    await feed(shop, [settled(shop, provider, 1, 400n), settled(shop, provider, 2, 350n)]);
    expect(await found(shop)).toMatchObject({ status: "SUCCESS", captured_minor: 750, open: [] });
    await feed(shop, [settled(shop, provider, 3, 250n)]);
    expect(await found(shop)).toMatchObject({
      status: "SUCCESS",
      captured_minor: 1000,
      settled_net_minor: 991,
      open: [],
    });
    await feed(shop, [settled(shop, provider, 4, 100n)]);
    expect(await found(shop)).toMatchObject({
      captured_minor: 1000,
      settled_net_minor: 991,
      open: [expect.anything()],
    });
  });

  test("have no room beside a line for the whole, which is settled all the same", async () => {
    const shop = await openShop();
    await feed(shop, [
      authorised(shop, provider, 1000n),
      captured(shop, provider, 1, 600n),
      captured(shop, provider, 2, 400n),
    ]);
    await feed(shop, [settled(shop, provider, 1, 1000n), settled(shop, provider, 2, 600n)]);
    const settledOnce = { status: "SUCCESS", settled_net_minor: 997, open: ["DUPLICATE_SETTLEMENT"] };
    expect(await found(shop)).toMatchObject(settledOnce);
    expect(await found(shop)).toMatchObject(settledOnce);
    expect(await shop.rows("reconciliation.claim")).toMatchObject([{ part: 1 }]);
  });

  test("are matched one by one as they are settled, and one that is more than was captured is a mismatch", async () => {
    const shop = await openShop();
    await feed(shop, [
      authorised(shop, provider, 1000n),
      captured(shop, provider, 1, 400n),
      captured(shop, provider, 2, 350n),
    ]);
    await feed(shop, [settled(shop, provider, 1, 400n)]);
    expect(await found(shop)).toMatchObject({ reconciliation_state: "MATCHED", settled_net_minor: 397, open: [] });
    await feed(shop, [settled(shop, provider, 2, 360n)]);
    expect(await found(shop)).toMatchObject({ settled_net_minor: 397, open: [expect.anything()] });
    await feed(shop, [settled(shop, provider, 3, 350n)]);
    expect(await found(shop)).toMatchObject({ captured_minor: 750 });
  });

  test.each(["at once", "a day later"])(
    "leave nothing of the authorisation for a line that names it by a weaker key alone: %s",
    async (when) => {
      const shop = await openShop();
      const arn = `7455555${shop.id.replaceAll(/\D/g, "").padStart(16, "0").slice(-16)}`;
      const card = { type: "CARD", method: "mastercard", arn } as const;
      await feed(shop, [{ ...authorised(shop, provider, 1000n), payment: card }]);
      const { reference: _, ...whole } = { ...settled(shop, provider, 3, 1000n), payment: { arn } };
      const parts = [settled(shop, provider, 1, 400n), settled(shop, provider, 2, 350n)];
      for (const lines of when === "at once" ? [[...parts, whole]] : [parts, [whole]]) {
        await feed(shop, lines);
        await shop.reconcile();
      }
      const runs = await ledger.rows<{ status: string; problem: string | null }>(
        "select distinct status, problem from reconciliation.run where merchant_id = $1",
        [shop.id],
      );
      expect(runs).toEqual([{ status: "SUCCEEDED", problem: null }]);
      const [sale, ...others] = await shop.transactions();
      expect(others).toEqual([]);
      expect(sale).toMatchObject({ provisional: false, captured_minor: 750, settled_net_minor: 744 });
      const told = await shop.rows("reconciliation.discrepancy");
      expect(told).toMatchObject([{ type: "DUPLICATE_SETTLEMENT", state: "OPEN", transaction_id: sale?.id }]);
    },
  );

  test("one line alone of another amount is no capture unless somebody told of one", async () => {
    const shop = await openShop();
    await feed(shop, [authorised(shop, provider, 1000n)]);
    await feed(shop, [settled(shop, provider, 1, 400n)]);
    expect(await found(shop)).toMatchObject({ status: "PROCESSING", open: ["AMOUNT_MISMATCH"] });
  });
});

test("every invariant holds of all of it", async () => {
  expect(await ledger.violated()).toEqual([]);
});
