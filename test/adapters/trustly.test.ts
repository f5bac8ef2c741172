import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { holds, type Reading } from "../../adapters/adapter.ts";
import { adapter } from "../../adapters/providers/trustly.ts";
import { bytesOf, FIXTURES, readAll, toGolden } from "./fixtures.ts";

const FUNDING = new URL("trustly/P11KFUN-40118-20261110120000-20261111120000-0001of0001.csv", FIXTURES);
const STATUSES = new URL("trustly/P11KREC-40118-20261110120000-20261111120000-0001of0001.csv", FIXTURES);

async function changed(from: string, to: string, file = FUNDING): Promise<string> {
  const text = await readFile(file, "utf8");
  expect(text).toContain(from);
  return text.replace(from, to);
}

async function readings(text: string): Promise<Reading[]> {
  const read: Reading[] = [];
  for await (const chunk of adapter.read(bytesOf(text))) read.push(...chunk);
  return read;
}

test.each(["TRC1", "TRC2"])("funding %s pays the sum of its items and their fees", async (trace) => {
  const { rows } = await readAll(adapter, FUNDING);
  const lines = rows.flatMap((row) => (row.kind === "event" && row.event.booking?.batch === trace ? [row.event] : []));
  expect(lines.filter(({ kind }) => kind === "PAYOUT")).toHaveLength(1);
  expect(lines.reduce((sum, { booking }) => sum + booking!.net.amountMinor, 0n)).toBe(0n);
});

test("an item whose amount was changed is seen in its funding and in the trail", async () => {
  const { totals } = await readAll(adapter, bytesOf(await changed(",EUR,2.84,", ",EUR,2.85,")));
  expect(totals.filter((total) => !holds(total)).map(({ name }) => name)).toEqual([
    "items of funding TRC1",
    "amounts of items",
  ]);
});

test("an item that is missing is seen in the count", async () => {
  const text = await readFile(FUNDING, "utf8");
  const { totals } = await readAll(adapter, bytesOf(text.replace(/^I,8090016929.*\n/m, "")));
  expect(totals.filter((total) => !holds(total))).toEqual([{ name: "records", expected: 7n, actual: 6n }]);
});

test("a file of several leaves to none of them what only all of them hold", async () => {
  const { totals } = await readAll(adapter, bytesOf(await changed("0001of0001", "0001of0002")));
  expect(totals).toEqual([]);
});

test.each([
  ["H,P11KFUN,1.0.0", "H,P11KFUN,2.0.0", 'the version "2.0.0" is not one we know'],
  ["0001of0001", "0002of0001", 'the sequence "0002of0001"'],
  ["L,7,835.74,2,829.10\n", "", "the trail is missing"],
  ["L,7,835.74,2,829.10\n", "L,7,835.74,2\n", "line 11 has 4 cells where the format has 5"],
  ["L,7,835.74,2,829.10\n", "L,7,835.74,2,829.10\nI,1\n", "line 12 stands after the trail"],
  [",order-1001,", ",", "line 2 has 22 cells where the format has 23"],
])("%s changed to %s rejects the file", async (from, to, message) => {
  await expect(readings(await changed(from, to))).rejects.toThrow(message);
});

test.each([
  [",999,Return,ref0950", ",999,Teleport,ref0950", 'the batch type "Teleport" is not known; add it to the adapter'],
  [",EUR,2.84,TRC1,", ",EUR,2.84,,", "2.84 EUR of 8086126679 is money without a funding trace"],
  ["EUR,860,TRC1", "EUR,-860,TRC1", "a sale of -860.00 EUR has the wrong sign"],
])("%s changed to %s: %s", async (from, to, problem) => {
  const rejected = (await readings(await changed(from, to))).filter(({ kind }) => kind === "rejected");
  expect(rejected).toMatchObject([{ problem }]);
});

test("a record of an unknown letter is refused, counted nowhere and told", async () => {
  const read = await readings(await changed("F,ProfitStars,,TRC1", "X,something\nF,ProfitStars,,TRC1"));
  expect(read.filter(({ kind }) => kind === "drift" || kind === "rejected")).toMatchObject([
    { kind: "drift", drift: { what: "UNKNOWN_RECORD", name: "record", value: "X" } },
    { kind: "rejected", raw: "X,something" },
  ]);
});

test("a reconciliation reports statuses and books nothing; an unknown one is told", async () => {
  const { rows } = await readAll(adapter, STATUSES);
  const events = rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
  expect(events.map(({ kind, outcome, booking }) => [kind, outcome?.status, booking])).toEqual([
    ["SALE", "PROCESSING", undefined],
    ["SALE", "SUCCESS", undefined],
    ["SALE", "REFUSED", undefined],
    ["REFUND", "SUCCESS", undefined],
  ]);
  const read = await readings(await changed(",Denied,", ",Teleported,", STATUSES));
  expect(read.filter(({ kind }) => kind === "drift")).toMatchObject([
    { drift: { name: "status", value: "Teleported" } },
  ]);
});

test("the payer's bank and account do not stay in the row's text", async () => {
  const read = await readings(await changed(",999,Return,ref0950", ",999,Teleport,ref0950"));
  expect(toGolden(read.filter(({ kind }) => kind === "rejected"))).not.toMatch(/226070584|0070,/);
});
