import { afterAll, beforeAll, expect, test } from "vitest";
import { eventOf, openAccount, type Told } from "../support/contradictory-facts.ts";
import { eventAdapter, eventsFile } from "../support/event-adapter.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { passesOverSeveral } from "../support/passes.ts";
import { tolerate } from "../support/tolerate.ts";

/** Two providers of one family, whose lines and purchases lie in the same tables while one pass is over both. */
let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("one_pass", () => eventAdapter);
});
afterAll(() => ledger.close());

test.each<[string, Partial<Told>]>([
  ["an ARN", { arn: "74000000000000000000001" }],
  ["an RRN", { rrn: "000000000001", terminal: true }],
  ["a STAN", { stan: "000001", terminal: true }],
  ["an authorisation code", { authorisationCode: "A11111", last4: "1111" }],
  ["a merchant reference", { merchantReference: "order 1" }],
  ["much that is alike", { last4: "1111", terminal: true }],
])(
  "a line that shares %s with another provider's sale never settles it, though both are in one pass",
  async (_, keys) => {
    const shop = await ofTwoProviders(keys);
    const claims = await ledger.rows(
      `select l.provider as booked, t.provider as reported from reconciliation.claim c
     join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
     join transactions.transaction t on t.merchant_id = c.merchant_id and t.id = c.transaction_id
     where c.merchant_id = $1 order by 1`,
      [shop.id],
    );
    expect(claims.filter(({ booked, reported }) => booked !== reported)).toEqual([]);
    expect(await passesOverSeveral(ledger, shop.id)).toBe(1);
  },
);

test("nor is such a line proposed for it where the amount is within the tolerance", async () => {
  const shop = await ofTwoProviders({ merchantReference: "order 1" }, 1005n);
  expect(await shop.rows("reconciliation.discrepancy")).toEqual([]);
  expect(await passesOverSeveral(ledger, shop.id)).toBe(1);
});

/** A sale of one provider that nothing settles, and a line of another that has these keys in common with it. */
async function ofTwoProviders(keys: Partial<Told>, booked = 1000n): Promise<Shop> {
  const shop = await ledger.openShop();
  await openAccount(ledger, shop);
  await tolerate(ledger, shop, { minor: 5, basisPoints: 50 });
  const facts: readonly Told[] = [
    { kind: "SALE", ...keys, reported: true, settled: false },
    { kind: "SALE", ...keys, provider: "worldline", minor: booked },
    { kind: "SALE", reference: "R2", minor: 400n },
  ];
  await shop.feed(eventsFile(facts.map((one, index) => eventOf(shop, one, index))));
  await shop.reconcile();
  return shop;
}
