import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("withdrawn");
});
afterAll(() => ledger.close());

/** Two purchases that nothing tells apart, as the acquirer and as the terminal tell of them. */
const CARD = { authCode: "Y10001", maskedPan: "455671XXXXXX7788" };
const settlement = (shop: Shop) =>
  adyenReport(
    shop.adyen,
    ["PSP1", "PSP2"].map((psp) => ({ psp, gross: 650, fee: 7, authorisation: CARD.authCode })),
  );
const journal = (shop: Shop) =>
  terminalJournal(
    shop.terminal,
    ["1", "2"].map((stan) => ({ amount: 650, account: shop.adyen, stan, ...CARD })),
  );

test("two purchases that nothing tells apart are counted once, whichever file came first", async () => {
  const [early, late] = [await ledger.openShop(), await ledger.openShop()];
  await feed(early, journal(early), settlement(early));
  await feed(late, settlement(late), journal(late));
  for (const shop of [early, late]) {
    const sale = {
      status: "PROCESSING",
      provisional: false,
      reconciliation_state: "AMBIGUOUS",
      settled_net_minor: null,
    };
    expect(await shop.transactions()).toMatchObject([sale, sale]);
    const open = { type: "AMBIGUOUS_MATCH", state: "OPEN" };
    expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([open, open]);
    expect(await liveClaims(shop)).toEqual([]);
  }
});

test("a report that names the reference of a withdrawn transaction brings it back", async () => {
  const shop = await ledger.openShop();
  await feed(shop, settlement(shop), journal(shop));
  await feed(
    shop,
    terminalJournal(shop.terminal, [{ amount: 650, account: shop.adyen, pspReference: "PSP1", stan: "3" }]),
  );
  const found = (await shop.transactions()).filter(({ psp_reference }) => psp_reference === "PSP1");
  expect(found).toMatchObject([{ status: "SUCCESS", provisional: false, amount_minor: 650, settled_net_minor: 643 }]);
  expect(await liveClaims(shop)).toMatchObject([{ transaction_id: found[0]?.id, stage: "REFERENCE" }]);
});

async function feed(shop: Shop, ...files: readonly string[]): Promise<void> {
  for (const file of files) {
    await shop.feed(file);
    await shop.reconcile();
  }
}

async function liveClaims(shop: Shop) {
  return (await shop.rows("reconciliation.claim")).filter(({ released_at }) => released_at === null);
}
