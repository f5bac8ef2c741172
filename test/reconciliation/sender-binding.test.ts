import { afterAll, beforeAll, expect, test } from "vitest";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport, edenredFile, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("sender_binding");
});
afterAll(() => ledger.close());

async function sent(
  shop: Shop,
  content: string,
  binding: { readonly onlyProvider: string; readonly onlyAccounts?: readonly string[] },
) {
  const bytes = (async function* () {
    yield Buffer.from(content);
  })();
  const file = {
    bytes,
    name: "sent",
    merchantId: shop.id,
    origin: "UPLOAD",
    userId: "provider:x",
    ...binding,
  } as const;
  const { id } = await receiveFile(ledger.services, file);
  await importFile(ledger.services, shop.id, id);
  return (await shop.rows("reconciliation.source_file")).find((row) => row.id === id);
}

async function expectNothingOf(shop: Shop): Promise<void> {
  expect(Object.values(await shop.factCounts()).every((count) => count === 0)).toBe(true);
  expect(await shop.rows("reconciliation.source_record")).toEqual([]);
}

test("a file of the sender's own provider and account comes in", async () => {
  const shop = await ledger.openShop();
  const content = adyenReport(shop.adyen, [{ psp: "P1", gross: 100 }]);
  expect(await sent(shop, content, { onlyProvider: "adyen", onlyAccounts: [shop.adyen] })).toMatchObject({
    status: "APPLIED",
    rows_accepted: 2,
  });
});

test("F37: a file of another provider than its sender's is refused, and shown as sent by the wrong one", async () => {
  const shop = await ledger.openShop();
  const content = edenredFile(shop.edenred, [{ transaction: "1", amount: 800 }]);
  expect(await sent(shop, content, { onlyProvider: "adyen" })).toMatchObject({
    status: "REJECTED",
    problem: expect.stringContaining("its sender may send files of adyen only; find out who holds that key"),
    attention: ["REJECTED", "WRONG_SENDER"],
  });
  await expectNothingOf(shop);
});

test("F37: a file with one row of an account that its sender is not bound to is refused whole", async () => {
  const shop = await ledger.openShop({ accounts: [{ provider: "adyen", account: "Second" }] });
  const content = terminalJournal(shop.terminal, [
    { amount: 100, account: shop.adyen },
    { amount: 100, account: "Second" },
  ]);
  const binding = { onlyProvider: "ccv-pay", onlyAccounts: [shop.adyen] };
  expect(await sent(shop, content, binding)).toMatchObject({
    status: "REJECTED",
    problem: expect.stringContaining(`is of account "Second" at adyen, and its sender may send ${shop.adyen} only`),
    attention: ["REJECTED", "WRONG_SENDER"],
  });
  await expectNothingOf(shop);
  // The merchant itself may send it.
  expect((await shop.feed(content)).record).toMatchObject({ status: "REJECTED" });
  expect((await shop.feed(`${content}\n`)).record).toMatchObject({ status: "APPLIED", rows_accepted: 2 });
});

test("F37: a row that names no account cannot be of an account that its sender is bound to", async () => {
  const shop = await ledger.openShop();
  const content = terminalJournal(shop.terminal, [{ amount: 100 }]);
  expect(await sent(shop, content, { onlyProvider: "ccv-pay", onlyAccounts: ["A"] })).toMatchObject({
    status: "REJECTED",
    problem: expect.stringContaining("names no account"),
  });
  await expectNothingOf(shop);
});
