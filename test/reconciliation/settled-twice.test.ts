import { afterAll, expect, test } from "vitest";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import { openDecisions } from "../support/decision-desk.ts";
import { eventAdapter, eventsFile } from "../support/event-adapter.ts";
import type { Shop } from "../support/ledger.ts";

const { ledger, openDesk, close } = await openDecisions("settled_twice", () => eventAdapter);
afterAll(close);

const ARN = "74555550000000000000017";
const euros = (amountMinor: bigint) => ({ amountMinor, currency: "EUR" });

const about = (shop: Shop, name: string) =>
  ({
    ...({ family: "ACQUIRER", provider: "adyen", account: shop.adyen, reference: `${name}-${shop.id}` } as const),
    ...{ occurredAt: { at: new Date("2026-11-02T11:00:00.000Z"), ambiguous: false }, rawStatus: "told" },
    amount: euros(1240n),
  }) as const;

const reported = (shop: Shop, name: string, arn?: string): ProviderEvent => ({
  ...about(shop, name),
  kind: "SALE",
  outcome: { status: "PROCESSING", certainty: "INDETERMINATE" },
  payment: { type: "CARD", method: "mastercard", ...(arn && { arn }) },
});

const settled = (shop: Shop, name: string, gross = 1240n): ProviderEvent => ({
  ...about(shop, name),
  kind: "SALE",
  identity: `line|${shop.id}|${name}|${gross}`,
  amount: euros(gross),
  payment: { arn: ARN },
  booking: { batch: "7", bookingDate: "2026-11-09", gross: euros(gross), fees: {}, net: euros(gross) },
});

/** The same without a reference. */
function byArnAlone(shop: Shop, gross = 1240n): ProviderEvent {
  const { reference: _, ...line } = settled(shop, "AGAIN", gross);
  return line;
}

/** Feeds files one after the other, with a run after each; answers what is said of it in the end. */
async function afterRuns(shop: Shop, ...files: readonly (readonly ProviderEvent[])[]) {
  for (const events of files) {
    await shop.feed(eventsFile(events));
    await shop.reconcile();
  }
  const open = await ledger.rows<{ type: string; transaction_id: string }>(
    "select type, transaction_id from reconciliation.discrepancy where merchant_id = $1 and state <> 'RESOLVED'",
    [shop.id],
  );
  const sales = (await shop.transactions()).filter(({ superseded_by }) => superseded_by === null);
  return { sales, open };
}

const orders: Record<string, (shop: Shop) => ProviderEvent[][]> = {
  "in the same run": (shop) => [[reported(shop, "A", ARN), settled(shop, "A"), byArnAlone(shop)]],
  "in a later run": (shop) => [[reported(shop, "A", ARN), settled(shop, "A")], [byArnAlone(shop)]],
  "before anybody reported the purchase": (shop) => [
    [byArnAlone(shop)],
    [reported(shop, "A", ARN), settled(shop, "A")],
  ],
};

test.each(Object.entries(orders))("a line that names a settled sale by its ARN alone is told: %s", async (_, files) => {
  const shop = await ledger.openShop();
  const { sales, open } = await afterRuns(shop, ...files(shop));
  expect(sales).toMatchObject([{ provisional: false, status: "SUCCESS", settled_net_minor: 1240 }]);
  expect(open).toEqual([{ type: "DUPLICATE_SETTLEMENT", transaction_id: sales[0]?.id }]);
});

test("whoever of two lines came first has settled the sale, and the other is told", async () => {
  const shop = await ledger.openShop();
  const { sales, open } = await afterRuns(shop, [reported(shop, "A", ARN), byArnAlone(shop)], [settled(shop, "A")]);
  expect(sales).toMatchObject([{ provisional: false, settled_net_minor: 1240 }]);
  expect(open).toEqual([{ type: "DUPLICATE_SETTLEMENT", transaction_id: sales[0]?.id }]);
});

test.each<[string, (shop: Shop) => ProviderEvent[][]]>([
  ["an ARN that only a line brought", (shop) => [[reported(shop, "A"), settled(shop, "A")], [byArnAlone(shop)]]],
  [
    "an ARN that two sales have",
    (shop) => [
      [reported(shop, "A", ARN), reported(shop, "B", ARN), settled(shop, "A"), settled(shop, "B")],
      [byArnAlone(shop)],
    ],
  ],
  ["a reference of its own", (shop) => [[reported(shop, "A", ARN), settled(shop, "A")], [settled(shop, "C")]]],
  ["another amount", (shop) => [[reported(shop, "A", ARN), settled(shop, "A")], [byArnAlone(shop, 990n)]]],
])("%s is no reason to think that a line settles a sale once more", async (_, files) => {
  const shop = await ledger.openShop();
  const { sales, open } = await afterRuns(shop, ...files(shop));
  expect(sales.filter(({ provisional }) => provisional)).toHaveLength(1);
  expect(open).toEqual([]);
});

test("a line that a person took from the sale is a sale of its own, and is not told as the sale's second", async () => {
  const { shop, decide, ask } = await openDesk();
  await afterRuns(shop, [reported(shop, "A", ARN), byArnAlone(shop)]);
  const { data } = await ask("ann", "{ matches(filter: { states: [CONFIRMED] }) { edges { node { id } } } }");
  const matches = data?.["matches"] as { edges: { node: { id: string } }[] } | undefined;
  const input = { matchId: matches?.edges[0]?.node.id, reason: "it is another purchase" };
  expect(await decide("ann", "unmatch", input)).toMatchObject({ __typename: "Match" });
  const { sales, open } = await afterRuns(shop, [settled(shop, "A")]);
  expect(sales.map(({ settled_net_minor }) => settled_net_minor)).toEqual([1240, 1240]);
  expect(open).toEqual([]);
});

test("every invariant holds of all of it", async () => {
  expect(await ledger.violated()).toEqual([]);
});
