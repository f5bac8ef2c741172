import { createReadStream } from "node:fs";
import { expect, test } from "vitest";
import type { Drift } from "../../adapters/adapter.ts";
import { NO_MONEY, PAYMENT_TYPES } from "../../adapters/ccv-pay/types.ts";
import { adapter } from "../../adapters/providers/ccv-pay.ts";
import { ccvEnd } from "../../simulator/writers/ccv-pay.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const FIXTURE = new URL("ccv-pay/transactions.ndjson", FIXTURES);

async function driftOf(file: AsyncIterable<Buffer>): Promise<readonly Drift[]> {
  const found: Drift[] = [];
  for await (const readings of adapter.read(file)) {
    for (const reading of readings) if (reading.kind === "drift") found.push(reading.drift);
  }
  return found;
}

const rowOf = (fields: Readonly<Record<string, unknown>>) =>
  JSON.stringify({
    ...{ reference: "C1.G", type: "sale", status: "success", amount: "10.00", currency: "eur", method: "ideal" },
    ...{ created: 1_793_605_500_000, lastUpdate: 1_793_605_560_000, account: "l_1" },
    ...fields,
  });

const fileOf = (...rows: readonly string[]) => bytesOf(`${[...rows, ccvEnd(rows.length)].join("\n")}\n`);

test("CCV documents sixteen types, and each is a payment, money of a payout, or passed over with its reason", () => {
  const api = "SALE AUTHORISE CAPTURE REVERSAL REFUND TOKEN CREDIT VALIDATE RELEASE VAULT_STORE VAULT_USAGE";
  const acquirer = "AUTO_REFUND CHARGEBACK CHARGEBACK_REVERSAL COLLECTION DISBURSEMENT";
  const documented = `${api} ${acquirer}`.toLowerCase().split(" ").sort();
  expect([...PAYMENT_TYPES.keys(), ...Object.keys(NO_MONEY)].sort()).toEqual(documented);
  expect(documented).toHaveLength(16);
});

test("types count whatever their case", async () => {
  const { rows } = await readAll(adapter, fileOf(rowOf({ type: "SALE" }), rowOf({ type: "Refund" })));
  expect(rows.map((row) => (row.kind === "event" ? row.event.kind : row.kind))).toEqual(["SALE", "REFUND"]);
});

test("what CCV's documentation does not have is told as drift, each field once", async () => {
  expect(await driftOf(createReadStream(FIXTURE))).toEqual([
    { what: "UNKNOWN_VALUE", name: "failureCode", value: "a_code_of_2027", line: 8 },
    { what: "UNKNOWN_VALUE", name: "type", value: "crypto", line: 28 },
    { what: "UNKNOWN_VALUE", name: "status", value: "settling", line: 34 },
    { what: "UNKNOWN_VALUE", name: "status", value: "settling", line: 35 },
    { what: "UNKNOWN_COLUMN", name: "walletId", line: 41 },
    { what: "UNKNOWN_VALUE", name: "method", value: "wero", line: 41 },
  ]);
  const twice = fileOf(rowOf({ newField: 1 }), rowOf({ newField: 2, other: 3 }));
  expect((await driftOf(twice)).map(({ name, line }) => [name, line])).toEqual([
    ["newField", 1],
    ["other", 2],
  ]);
});

test.each([
  ["a type nobody knows", { type: "crypto" }, 'the type "crypto" is not known'],
  ["a status nobody knows, with its money paid out", { status: "settling", paidoutReference: "P" }, "was paid out"],
  ["a landing page that succeeded without a payment", { method: "landingpage" }, "without its child payment"],
  ["a capture of nothing", { type: "capture" }, "does not say which transaction it belongs to"],
])("%s is kept aside", async (_, fields, problem) => {
  const { rows } = await readAll(adapter, fileOf(rowOf(fields)));
  expect(rows).toMatchObject([{ kind: "rejected", problem: expect.stringContaining(problem) }]);
});

test.each([
  ["a status nobody knows is no success", { status: "settling" }, "PROCESSING"],
  ["a failure code nobody knows is a failure in doubt", { status: "failed", failureCode: "new_code" }, "FAILED"],
  ["an authorisation is not money yet", { type: "authorise" }, "PROCESSING"],
])("%s", async (_, fields, status) => {
  const { rows } = await readAll(adapter, fileOf(rowOf(fields)));
  expect(rows).toMatchObject([{ event: { outcome: { status, certainty: "INDETERMINATE" } } }]);
});

test("the parent of a payment is no second payment, and one that was left open is none yet", async () => {
  const parent = rowOf({ reference: "C0.G", method: "landingpage", childReferenceId: "C1.G" });
  const open = rowOf({ reference: "C2.G", method: "landingpage", status: "pending" });
  const { rows } = await readAll(adapter, fileOf(rowOf({}), parent, open));
  expect(rows).toMatchObject([
    { kind: "event", event: { reference: "C1.G" } },
    { kind: "skipped", reason: "landing page of payment C1.G" },
    { kind: "skipped", reason: "landing page: nothing was chosen yet" },
  ]);
});

test("a terminal that approved less than was asked for took only that, and is paid only that", async () => {
  const paid = { paidoutReference: "P-1", paidoutDate: "2026-11-06" };
  const partial = rowOf({ method: "terminal", amount: "25.00", details: { authorisedAmount: "18.40" }, ...paid });
  const { rows } = await readAll(adapter, fileOf(partial));
  expect(rows).toMatchObject([{ event: { amount: { amountMinor: 1840n }, booking: { net: { amountMinor: 1840n } } } }]);
});

test("a payout is the sum of what it names, each as it moves the merchant's balance", async () => {
  const { rows } = await readAll(adapter, FIXTURE);
  const booked = rows.flatMap((row) => (row.kind === "event" && row.event.booking ? [row.event.booking] : []));
  const sum = booked.reduce((total, { net }) => total + net.amountMinor, 0n);
  expect([booked.length, sum]).toEqual([4, 1250n - 250n - 35n + 110n]);
});
