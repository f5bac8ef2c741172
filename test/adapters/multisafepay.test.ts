import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Reading } from "../../adapters/adapter.ts";
import { adapter as exports } from "../../adapters/providers/multisafepay.ts";
import { adapter as balances } from "../../adapters/providers/multisafepay-closing-balances.ts";
import { adapter as receipts } from "../../adapters/providers/multisafepay-receipts.ts";
import { bytesOf, FIXTURES, readAll, toGolden } from "./fixtures.ts";

const EXPORT = new URL("multisafepay/accountant-export.csv", FIXTURES);
const RECEIPT = new URL("multisafepay-receipts/receipt.json", FIXTURES);

async function changed(file: URL, from: string, to: string): Promise<Buffer> {
  const text = await readFile(file, "utf8");
  expect(text).toContain(from);
  return Buffer.from(text.replace(from, to));
}

async function readings(bytes: Buffer): Promise<Reading[]> {
  const read: Reading[] = [];
  for await (const chunk of exports.read(bytesOf(bytes))) read.push(...chunk);
  return read;
}

test("what was paid out is the sum of what moved, and what did not move is not booked", async () => {
  const { rows } = await readAll(exports, EXPORT);
  const events = rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
  const booked = events.flatMap(({ booking }) => (booking ? [booking.net.amountMinor] : []));
  expect([booked.length, booked.reduce((sum, net) => sum + net, 0n)]).toEqual([8, 0n]);
  expect(events.filter(({ booking }) => !booking).map(({ outcome }) => outcome?.status)).toEqual([
    "MANUAL_INTERVENTION",
    "REFUSED",
    "FAILED",
    "CANCELLED",
    "PROCESSING",
  ]);
});

test("an Edenred voucher that MultiSafepay settles is a voucher", async () => {
  const { rows } = await readAll(exports, EXPORT);
  expect(rows[2]).toMatchObject({
    event: { family: "E_VOUCHER", provider: "multisafepay", voucher: { issuer: "EDENRED", purse: "MEAL" } },
  });
});

test("a status nobody mapped is refused and told, never taken for paid", async () => {
  const read = await readings(await changed(EXPORT, ",uncleared,", ",teleported,"));
  expect(read.filter(({ kind }) => kind === "drift" || kind === "rejected")).toMatchObject([
    { kind: "drift", drift: { name: "status", value: "teleported", line: 5 } },
    { kind: "rejected", line: 5 },
  ]);
});

test.each([
  ["25.00,EUR,C", "1.250,EUR,C", '"1.250" may be thousands or decimals'],
  ["25.00,EUR,C", "-25.00,EUR,C", "the amount -25.00 has a sign beside its C or D"],
  ["25.00,EUR,C", "25.00,EUR,D", "a sale of -25.00 EUR has the wrong sign"],
  ["25.00,EUR,C", "25.00,EUR,X", 'the direction "X" is not known; add it to the adapter'],
])("%s changed to %s is refused", async (from, to, problem) => {
  const rejected = (await readings(await changed(EXPORT, from, to))).filter(({ kind }) => kind === "rejected");
  expect(rejected).toMatchObject([{ line: 2, problem }]);
});

test("an export with semicolons and decimal commas reads the same", async () => {
  const text = await readFile(EXPORT, "utf8");
  const european = text
    .replaceAll(/(\d)\.(\d\d),/g, "$1§$2,")
    .replaceAll(",", ";")
    .replaceAll("§", ",");
  const nets = (rows: Awaited<ReturnType<typeof readAll>>["rows"]) =>
    rows.map((row) => (row.kind === "event" ? row.event.booking?.net : row.kind));
  expect(nets((await readAll(exports, bytesOf(european))).rows)).toEqual(nets((await readAll(exports, EXPORT)).rows));
});

test("both reports know a payout by the same identity", async () => {
  const identities = async (adapter: typeof exports, file: URL) =>
    (await readAll(adapter, file)).rows.flatMap((row) =>
      row.kind === "event" && row.event.kind === "PAYOUT" ? [row.event.identity] : [],
    );
  expect(await identities(exports, EXPORT)).toEqual(["payout|6303093"]);
  expect(await identities(balances, new URL("multisafepay-closing-balances/closing-balances.json", FIXTURES))).toEqual([
    "payout|6303093",
  ]);
});

test.each([
  ['"response_code": "00"', '"response_code": "54"', "MANUAL_INTERVENTION", "receipt_contradicts_itself"],
  ['"completed": "2026-11-11T09:15:30"', '"completed": null', "MANUAL_INTERVENTION", "receipt_contradicts_itself"],
  ['"response_code": "00"', '"response_code": 0', "SUCCESS", undefined],
])("a receipt with %s as %s is %s", async (from, to, status, reason) => {
  const { rows } = await readAll(receipts, bytesOf(await changed(RECEIPT, from, to)));
  expect(rows).toMatchObject([{ event: { outcome: { status, ...(reason && { reason }) } } }]);
});

test("people do not get past the adapters", async () => {
  const broken = await changed(EXPORT, ",uncleared,", ",teleported,");
  const text = toGolden([await readings(broken), await readAll(receipts, RECEIPT)]);
  expect(text).not.toMatch(/N\. Other|example\.org|Order 4/);
});
