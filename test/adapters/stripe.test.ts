import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { isRow, type Reading } from "../../adapters/adapter.ts";
import { adapter as balance } from "../../adapters/providers/stripe-balance.ts";
import { adapter as payouts } from "../../adapters/providers/stripe-payout-reconciliation.ts";
import { bytesOf, FIXTURES, readAll, toGolden } from "./fixtures.ts";

const FIXTURE = new URL("stripe-payout-reconciliation/payout-reconciliation-itemised.csv", FIXTURES);
const BALANCE = new URL("stripe-balance/balance-change-itemised.csv", FIXTURES);

async function readings(text: string, adapter = payouts): Promise<Reading[]> {
  const all: Reading[] = [];
  for await (const chunk of adapter.read(bytesOf(text))) all.push(...chunk);
  return all;
}

async function events(adapter = payouts, file = FIXTURE) {
  return (await readAll(adapter, file)).rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
}

test.each(["po_1A", "po_1B"])("payout %s is the sum of its lines", async (payout) => {
  const carried = (await events()).filter(({ booking }) => booking?.payoutReference === payout);
  const lines = carried.filter(({ kind }) => kind !== "PAYOUT");
  const net = lines.reduce((sum, { booking }) => sum + booking!.net.amountMinor, 0n);
  const paid = carried.find(({ kind }) => kind === "PAYOUT")?.booking?.net.amountMinor;
  expect([net > 0n, net]).toEqual([true, -paid!]);
});

test("a partial capture is the charge in full and what was not captured, and no refund", async () => {
  const parts = (await events()).filter(({ reference }) => reference === "ch_4");
  expect(parts.map(({ kind, booking }) => [kind, booking?.gross.amountMinor, booking?.net.amountMinor])).toEqual([
    ["SALE", 10000n, 9825n],
    ["CANCELLATION", -4000n, -3940n],
  ]);
  expect(parts.map(({ outcome }) => outcome)).toEqual([undefined, undefined]);
});

test("what goes back says which charge it goes back to, and what became of it", async () => {
  const back = (await events()).filter(({ originalReference }) => originalReference !== undefined);
  expect(
    back.map(({ kind, reference, originalReference, outcome }) => [
      kind,
      reference,
      originalReference,
      outcome?.status,
    ]),
  ).toEqual([
    ["REFUND", "re_1", "ch_1", "SUCCESS"],
    ["REFUND_REVERSAL", "re_1", "ch_1", undefined],
    ["CHARGEBACK", "dp_2", "py_2", "SUCCESS"],
    ["CHARGEBACK_REVERSAL", "dp_2-reversed", "py_2", "SUCCESS"],
  ]);
});

test("both reports give one balance transaction the same identity, amount and net", async () => {
  const facts = (event: Awaited<ReturnType<typeof events>>[number]) => [
    event.identity,
    event.amount,
    event.booking?.net,
  ];
  expect((await events(balance, BALANCE)).map(facts)).toEqual((await events()).map(facts));
});

test("customers do not get past the adapter, not even in the row's text", async () => {
  const text = await readFile(FIXTURE, "utf8");
  expect(text).toContain("A. N. Other");
  const read = await readings(text.replace("25.00,0.95,24.05", "25.00,0.95,24.06"));
  expect(read.filter(isRow)[0]).toMatchObject({
    kind: "rejected",
    problem: "gross 25.00 and fee -0.95 do not make net 24.06 EUR",
  });
  expect(toGolden(read)).not.toMatch(/N\. Other|example\.org/);
});

test("a category that nobody mapped rejects its row and is drift", async () => {
  const read = await readings((await readFile(FIXTURE, "utf8")).replace(",risk_reserved_funds,", ",moon_tax,"));
  expect(read.filter(({ kind }) => kind === "drift")).toEqual([
    { kind: "drift", drift: { what: "UNKNOWN_VALUE", name: "reporting category", value: "moon_tax", line: 13 } },
  ]);
  expect(read.filter((reading) => isRow(reading) && reading.kind === "rejected")).toMatchObject([{ line: 13 }]);
});

test("a refund with the sign of a payment is refused", async () => {
  const text = await readFile(FIXTURE, "utf8");
  const turned = text.replace("-10.00,0,-10.00,refund", "10.00,0,10.00,refund");
  const rejected = (await readings(turned)).filter(({ kind }) => kind === "rejected");
  expect(rejected).toMatchObject([{ problem: "a refund of 10.00 EUR has the wrong sign" }]);
});

test("a new column is drift, one of Stripe's that is not read is not, and a missing one is named", async () => {
  const text = await readFile(FIXTURE, "utf8");
  const read = await readings(text.replace(",payment_intent_id,", ",moon_phase,"));
  expect(read.filter(({ kind }) => kind === "drift")).toMatchObject([{ drift: { name: "moon_phase", line: 1 } }]);
  await expect(readings(text.replace(",net,", ",netto,"))).rejects.toThrow('the column "net" is missing');
  await expect(readings(text.replace(",description,", ",net,"))).rejects.toThrow('the column "net" stands twice');
});

test("a report of a header alone is refused", async () => {
  const [header] = (await readFile(FIXTURE, "utf8")).split("\n");
  await expect(readings(`${header}\n`)).rejects.toThrow(/no rows below its header/);
});
