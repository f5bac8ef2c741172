import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { recordMeaning } from "../../adapters/adyen/record-types.ts";
import { adapter } from "../../adapters/providers/adyen-payments-accounting.ts";
import { adapter as settlementDetail } from "../../adapters/providers/adyen-settlement-detail.ts";
import { bytesOf, FIXTURES, readAll, toGolden } from "./fixtures.ts";

const FIXTURE = new URL("adyen-payments-accounting/payments_accounting_report_2026_11_06.csv", FIXTURES);
const DETAIL = new URL("adyen-settlement-detail/settlement_detail_report_batch_41.csv", FIXTURES);

async function events(file: URL | AsyncIterable<Buffer> = FIXTURE, of = adapter) {
  return (await readAll(of, file)).rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
}

test("it books nothing: the settlement detail report books the same money", async () => {
  expect((await events()).filter(({ booking }) => booking !== undefined)).toEqual([]);
});

test("both reports speak of a sale, a refund and each step of a dispute by the same references", async () => {
  const word = ({ kind, reference }: { kind: string; reference?: string }) => `${kind} ${reference}`;
  const ours = (await events()).filter(({ kind }) => /CHARGEBACK/.test(kind));
  const theirs = (await events(DETAIL, settlementDetail)).filter(({ kind }) => /CHARGEBACK/.test(kind));
  expect(ours.map(word)).toEqual(theirs.map(word));
  const identities = new Set((await events(DETAIL, settlementDetail)).map(({ identity }) => identity));
  for (const { identity } of await events()) expect(identities.has(identity)).toBe(false);
});

test("a payment is begun once and captured as often as it was", async () => {
  const steps = (await events()).filter(({ reference }) => reference === "PSP0000000000001");
  expect(steps.map(({ kind, outcome, amount }) => [kind, outcome?.status, amount?.amountMinor])).toEqual([
    ["CAPTURE", "SUCCESS", 1250n],
    ["AUTHORISATION", "PROCESSING", 1250n],
    ["AUTHORISATION", "PROCESSING", 1250n],
    ["CAPTURE", "PROCESSING", 1250n],
  ]);
});

test("a refund that came back is no refund", async () => {
  const refund = (await events()).filter(({ reference }) => reference === "REF0000000000002");
  expect(refund.map(({ kind, outcome }) => [kind, outcome?.status])).toEqual([
    ["REFUND", "PROCESSING"],
    ["REFUND", "SUCCESS"],
    ["REFUND_REVERSAL", "CANCELLED"],
  ]);
  expect(new Set(refund.map(({ originalReference }) => originalReference))).toEqual(new Set(["PSP0000000000002"]));
});

/** Each step moves the amount one column on, so over the life of a payment every column but the last is left empty. */
test("what is received is authorised, captured and, less its fees, payable", async () => {
  const [header = "", ...rows] = (await readFile(FIXTURE, "utf8")).trim().split("\n");
  const names = header.split(",");
  const cents = (row: readonly string[], name: string) => Math.round(Number(row[names.indexOf(name)]) * 100);
  const life = rows.map((row) => row.split(",")).filter((row) => row[2] === "PSP0000000000001");
  const sum = (name: string) => life.reduce((total, row) => total + cents(row, name), 0);
  expect(["Received (PC)", "Authorised (PC)", "Captured (PC)"].map(sum)).toEqual([0, 0, 0]);
  const fees = ["Commission (SC)", "Markup (SC)", "Scheme Fees (SC)", "Interchange (SC)"].map(sum);
  expect(sum("Payable (SC)")).toBe(1250 - fees.reduce((total, fee) => total + fee));
  expect((await events()).find(({ rawStatus }) => rawStatus === "Settled")?.amount?.amountMinor).toBe(1250n);
});

test("a row whose payable and fees do not make its amount is refused with its figures", async () => {
  const text = (await readFile(FIXTURE, "utf8")).replace(",EUR,12.40,", ",EUR,12.45,");
  const { rows } = await readAll(adapter, bytesOf(text));
  expect(rows[0]).toMatchObject({ kind: "rejected", problem: "payable and fees make 12.55, the amount is 12.50 EUR" });
});

test("a dispute in another currency keeps the shopper's amount", async () => {
  const text = (await readFile(FIXTURE, "utf8")).replace(
    /(Chargeback,DIS.*),35.65,EUR,(.*),25.00,ORDER-0900/,
    "$1,35.65,JPY,$2,2500,ORDER-0900",
  );
  const chargeback = (await events(bytesOf(text))).find(({ kind }) => kind === "CHARGEBACK");
  expect(chargeback?.amount).toEqual({ amountMinor: 2500n, currency: "JPY" });
});

test("a currency that stands twice is taken where the two agree", async () => {
  const text = await readFile(FIXTURE, "utf8");
  expect(text.split("\n")[0]?.match(/Settlement Currency/g)).toHaveLength(2);
  const { rows } = await readAll(adapter, bytesOf(text.replace(",41,EUR,", ",41,USD,")));
  expect(rows[0]).toMatchObject({ kind: "rejected", problem: expect.stringContaining("stands twice and differs") });
});

test.each([
  ["Received", "AUTHORISATION", "PROCESSING"],
  ["Authorised", "AUTHORISATION", "PROCESSING"],
  ["Refused", "AUTHORISATION", "REFUSED"],
  ["Error", "AUTHORISATION", "FAILED"],
  ["Cancelled", "CANCELLATION", "CANCELLED"],
  ["Expired", "CANCELLATION", "CANCELLED"],
  ["SentForSettle", "CAPTURE", "PROCESSING"],
  ["Settled", "CAPTURE", "SUCCESS"],
  ["SettledExternally", "CAPTURE", "SUCCESS"],
  ["settledreversed", "CANCELLATION", "CANCELLED"],
  ["CaptureFailed", "CAPTURE", "FAILED"],
  ["RefundedBulk", "REFUND", "SUCCESS"],
  ["RefundFailed", "REFUND", "FAILED"],
  ["ChargebackExternally", "CHARGEBACK", "SUCCESS"],
])("%s is %s, %s", (type, kind, status) => {
  expect(recordMeaning(type)).toMatchObject({ kind, outcome: { status } });
});

test("a record type nobody mapped is refused and counted as drift; money of the account is left to its report", async () => {
  const { rows } = await readAll(adapter, FIXTURE);
  expect(rows.filter(({ kind }) => kind === "rejected")).toMatchObject([
    { problem: 'the record type "HeldForAcquirer" is not known; add it to the adapter' },
  ]);
  expect(rows.filter(({ kind }) => kind === "skipped")).toHaveLength(2);
});

test("the shopper and what a shop attached do not get past the adapter", async () => {
  expect(await readFile(FIXTURE, "utf8")).toContain("jane.doe@example.org");
  expect(toGolden((await readAll(adapter, FIXTURE)).rows)).not.toContain("jane.doe");
});
