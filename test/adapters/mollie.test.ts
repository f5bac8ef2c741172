import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { holds, type Reading } from "../../adapters/adapter.ts";
import { adapter as movements } from "../../adapters/providers/mollie-balance-transactions.ts";
import { adapter as settlements } from "../../adapters/providers/mollie-settlements.ts";
import { adapterFor } from "../../adapters/registry.ts";
import { bytesOf, FIXTURES, readAll, toGolden } from "./fixtures.ts";

const SETTLEMENTS = new URL("mollie-settlements/settlements.json", FIXTURES);
const MOVEMENTS = new URL("mollie-balance-transactions/balance-transactions.json", FIXTURES);

async function eventsOf(adapter: typeof movements, file: AsyncIterable<Buffer> | URL) {
  return (await readAll(adapter, file)).rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
}

test.each(["stl_7Zk1", "stl_7Zk2", "stl_1Aa1"])("%s pays the sum of its lines, to the cent", async (batch) => {
  const lines = (await eventsOf(settlements, SETTLEMENTS)).filter(({ booking }) => booking?.batch === batch);
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.reduce((sum, { booking }) => sum + booking!.net.amountMinor, 0n)).toBe(0n);
});

test("what rounding three costs of 3.5 cents leaves over is one line of the payout", async () => {
  const lines = (await eventsOf(settlements, SETTLEMENTS)).filter(({ booking }) => booking?.batch === "stl_7Zk2");
  expect(lines.filter(({ kind }) => kind === "FEE").map(({ booking }) => booking?.net.amountMinor)).toEqual([
    -4n,
    -4n,
    -4n,
  ]);
  expect(lines.filter(({ kind }) => kind === "ROUNDING").map(({ booking }) => booking?.net.amountMinor)).toEqual([2n]);
});

test("a settlement whose groups do not make its payout does not foot", async () => {
  const text = (await readFile(SETTLEMENTS, "utf8"))
    .replace('"86.1000"', '"86.2000"')
    .replace('"86.1000"', '"86.2000"');
  const { totals } = await readAll(settlements, bytesOf(text));
  expect(totals.filter((total) => !holds(total))).toEqual([
    { name: "payout of stl_7Zk1 is the sum of its groups", currency: "EUR", expected: 3975n, actual: 3985n },
  ]);
});

test("Edenred vouchers in a settlement are vouchers, and the settlement still Mollie's", async () => {
  const voucher = (await eventsOf(settlements, SETTLEMENTS)).find(({ family }) => family === "E_VOUCHER");
  expect(voucher).toMatchObject({
    provider: "mollie",
    account: "8123456",
    voucher: { issuer: "EDENRED", purse: "MEAL" },
  });
});

test("a settlement that is not paid out is passed over, and one of an unknown status is refused and told", async () => {
  const text = await readFile(SETTLEMENTS, "utf8");
  expect((await readAll(settlements, bytesOf(text))).rows[0]).toMatchObject({ kind: "skipped" });
  const read: Reading[] = [];
  for await (const chunk of settlements.read(bytesOf(text.replace('"open"', '"mislaid"')))) read.push(...chunk);
  expect(read.slice(0, 2)).toMatchObject([
    { kind: "drift", drift: { what: "UNKNOWN_VALUE", name: "status", value: "mislaid" } },
    { kind: "rejected", problem: 'the status "mislaid" is not known; add it to the adapter' },
  ]);
});

test("movements are booked under their payments, and closing is opening and movements", async () => {
  const events = await eventsOf(movements, MOVEMENTS);
  const net = events.reduce((sum, { booking }) => sum + booking!.net.amountMinor, 0n);
  // The balance was empty before and is after the transfer: what moved sums to nothing.
  expect(net).toBe(0n);
  expect(
    events
      .filter(({ originalReference }) => originalReference)
      .map(({ kind, reference, outcome }) => [kind, reference, outcome?.status]),
  ).toEqual([
    ["CHARGEBACK_REVERSAL", "chb_1-reversed", "SUCCESS"],
    ["CHARGEBACK", "chb_1", "SUCCESS"],
    ["REFUND_REVERSAL", "re_1", undefined],
    ["REFUND", "re_1", "SUCCESS"],
  ]);
});

test("movements of parts of a cent sum to their exact sum rounded once", async () => {
  const [first] = JSON.parse(await readFile(MOVEMENTS, "utf8"))._embedded.balance_transactions.slice(-1);
  const amount = (value: string) => ({ currency: "EUR", value });
  const many = [1, 2, 3].map((n) => ({
    ...first,
    id: `baltr_x${n}`,
    initialAmount: amount("1.0000"),
    deductions: amount("-0.0450"),
    resultAmount: amount("0.9550"),
  }));
  const events = await eventsOf(movements, bytesOf(JSON.stringify(many)));
  // 3 x 0.955 is 2.865, which is 2.87; line by line it is 2.88.
  expect(events.map(({ kind, booking }) => [kind, booking?.net.amountMinor])).toEqual([
    ["SALE", 96n],
    ["SALE", 96n],
    ["SALE", 96n],
    ["ROUNDING", -1n],
  ]);
});

test("a movement whose parts do not make its result is refused, and one of an unknown type is told", async () => {
  const text = await readFile(MOVEMENTS, "utf8");
  const refused = await readAll(movements, bytesOf(text.replace('"-10.25"', '"-10.35"')));
  expect(refused.rows.filter(({ kind }) => kind === "rejected")).toMatchObject([
    { problem: expect.stringMatching(/do not make/) },
  ]);
  const read: Reading[] = [];
  for await (const chunk of movements.read(bytesOf(text.replace('"balance-reserve"', '"moon-tax"'))))
    read.push(...chunk);
  expect(read.filter(({ kind }) => kind === "drift")).toMatchObject([{ drift: { name: "type", value: "moon-tax" } }]);
});

test("what a shopper's payment is called does not get past the adapter", async () => {
  const text = (await readFile(MOVEMENTS, "utf8")).replace("Order 1002", 'A \\"N.\\" Other');
  expect(toGolden(await readAll(movements, bytesOf(text)))).not.toMatch(/Other|Order 100/);
});

test("other resources of the API are left alone", () => {
  for (const resource of ["payment", "refund", "chargeback", "balance", "capture", "invoice"]) {
    expect(() => adapterFor(`{"resource":"${resource}","id":"x"}`)).toThrow(/no adapter accepts/);
  }
});
