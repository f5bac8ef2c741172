import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { adapter as ccvPay } from "../../adapters/providers/ccv-pay.ts";
import { adapter as journal } from "../../adapters/providers/ccv-terminal-journal.ts";
import { adapter as edenred } from "../../adapters/providers/edenred.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const REIMBURSEMENT = new URL("edenred/EDENRED_REIMB_7012345_20261110_1.csv", FIXTURES);
const TRANSACTIONS = new URL("ccv-pay/transactions.ndjson", FIXTURES);
const JOURNAL = new URL("ccv-terminal-journal/journal.ndjson", FIXTURES);

test("lines of CCV transactions without their end line are refused, since a cut at a line end looks whole", async () => {
  const lines = (await readFile(TRANSACTIONS, "utf8")).split("\n").slice(0, 5).join("\n");
  await expect(readAll(ccvPay, bytesOf(lines))).rejects.toThrow(/the file is cut/);
});

test("a CCV file that declares more transactions than it has does not foot", async () => {
  const text = (await readFile(TRANSACTIONS, "utf8")).replace('"count":45', '"count":46');
  const { totals } = await readAll(ccvPay, bytesOf(text));
  expect(totals).toEqual([{ name: "transactions", expected: 46n, actual: 45n }]);
});

test("what CCV pays out is booked whole, refunds and costs with a minus", async () => {
  const { rows } = await readAll(ccvPay, TRANSACTIONS);
  const booked = rows.flatMap((row) => (row.kind === "event" && row.event.booking ? [row.event] : []));
  expect(booked.map(({ kind, booking }) => [kind, booking?.net.amountMinor, booking?.bookingDate])).toEqual([
    ["SALE", 1250n, "2026-11-04"],
    ["REFUND", -250n, "2026-11-06"],
    ["COLLECTION", -35n, "2026-11-06"],
    ["DISBURSEMENT", 110n, "2026-11-06"],
  ]);
});

test.each([
  ["C4.G", "CANCELLED", "DEFINITIVE"],
  ["C5.G", "REFUSED", "DEFINITIVE"],
  ["C6.G", "FAILED", "DEFINITIVE"],
  ["C7.G", "FAILED", "INDETERMINATE"],
  ["C8.G", "FAILED", "INDETERMINATE"],
  ["C9.G", "PROCESSING", "INDETERMINATE"],
  ["TL10.G", "MANUAL_INTERVENTION", "INDETERMINATE"],
  ["C13.G", "REFUSED", "DEFINITIVE"],
  ["C17.G", "CANCELLED", "DEFINITIVE"],
])("%s ends up %s, %s", async (reference, status, certainty) => {
  const { rows } = await readAll(ccvPay, TRANSACTIONS);
  const last = rows.findLast((row) => row.kind === "event" && row.event.reference === reference);
  expect(last).toMatchObject({ event: { outcome: { status, certainty } } });
});

test("the names of cardholders do not get past an adapter, not even in the raw row", async () => {
  for (const [adapter, file] of [[ccvPay, TRANSACTIONS] as const, [journal, JOURNAL] as const]) {
    expect(await readFile(file, "utf8")).toContain("J. Doe");
    const { rows } = await readAll(adapter, file);
    expect(rows.map(({ raw }) => raw).join()).not.toContain("J. Doe");
  }
});

test("a card number that a terminal forgot to mask is masked", async () => {
  const { rows } = await readAll(journal, JOURNAL);
  const text = JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? String(value) : value));
  expect(text).not.toMatch(/4111 ?1111 ?1111/);
  expect(text).toContain('"maskedPan":"411111XXXXXX1111","last4":"1111"');
});

test("a voucher cut to its balance shows what was asked and what was paid", async () => {
  const { rows } = await readAll(edenred, REIMBURSEMENT);
  expect(rows[1]).toMatchObject({
    event: {
      amount: { amountMinor: 2500n },
      voucher: { issuer: "EDENRED", purse: "ECO", requestedAmount: { amountMinor: 4000n } },
      booking: { gross: { amountMinor: 2500n }, fees: { commission: -69n }, net: { amountMinor: 2431n } },
    },
  });
});

test("a refused voucher is an outcome without money", async () => {
  const { rows } = await readAll(edenred, REIMBURSEMENT);
  const refused = rows.flatMap((row) =>
    row.kind === "event" && row.event.outcome?.status === "REFUSED" ? [row.event] : [],
  );
  expect(refused.map(({ booking, outcome }) => [booking, outcome?.reason])).toEqual([
    [undefined, "insufficient_balance"],
  ]);
});

test("a product and a response that Edenred had not told of are told as drift, and the lines are taken", async () => {
  const text = (await readFile(REIMBURSEMENT, "utf8")).replace(";ETR;", ";NEW;").replace(";51;", ";77;");
  const readings = [];
  for await (const chunk of edenred.read(bytesOf(text))) readings.push(...chunk);
  const drift = readings.flatMap((reading) => (reading.kind === "drift" ? [reading.drift] : []));
  expect(drift).toMatchObject([
    { what: "UNKNOWN_VALUE", name: "product", value: "NEW", line: 2 },
    { what: "UNKNOWN_VALUE", name: "response", value: "77", line: 4 },
    { what: "UNKNOWN_VALUE", name: "product", value: "XYZ", line: 7 },
  ]);
  const events = readings.flatMap((reading) => (reading.kind === "event" ? [reading.event] : []));
  expect(events[0]?.voucher?.purse).toBe("UNKNOWN");
  expect(events.some(({ outcome }) => outcome?.status === "REFUSED" && outcome.reason === "response_77")).toBe(true);
});

test("a reimbursement whose line was changed does not foot", async () => {
  const text = (await readFile(REIMBURSEMENT, "utf8")).replace(";825;825;C;A00001", ";825;815;C;A00001");
  const { rows, totals } = await readAll(edenred, bytesOf(text));
  expect(rows[0]).toMatchObject({
    kind: "rejected",
    problem: "gross 8.15 and commission -0.08 do not make net 8.17 EUR",
  });
  expect(totals.filter((total) => !holds(total)).map(({ name }) => name)).toEqual(["gross", "commission", "net"]);
});

test("a reimbursement paid by another transfer than its lines say is refused", async () => {
  const text = (await readFile(REIMBURSEMENT, "utf8")).replace(
    "T;7;2600;70;15;2530;EDR-2026-46-1",
    "T;7;2600;70;15;2530;EDR-2",
  );
  await expect(readAll(edenred, bytesOf(text))).rejects.toThrow(/EDR-2026-46-1, the trailer with "EDR-2"/);
});

test("each line of a terminal journal belongs to who processed it", async () => {
  const { rows } = await readAll(journal, JOURNAL);
  const events = rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
  expect(events.map(({ family, provider }) => `${family} ${provider}`)).toEqual([
    "CCV_PAY ccv-pay",
    "ACQUIRER adyen",
    "E_VOUCHER edenred",
    "E_VOUCHER pluxee",
    "E_VOUCHER monizze",
    "CCV_PAY ccv-pay",
    "CCV_PAY ccv-pay",
    "ACQUIRER adyen",
    "ACQUIRER elavon",
    "ACQUIRER elavon",
  ]);
});

test("a payment whose host returned no reference goes by the terminal's own key, which is no reference", async () => {
  const { rows } = await readAll(journal, JOURNAL);
  expect(rows[1]).toMatchObject({
    event: { localReference: "90120001|000002|2026-11-02 08:15:30", payment: { ticket: "TICKET-1" } },
  });
  expect(rows[1]).not.toHaveProperty("event.reference");
});

test("two equal offline purchases stay two: neither has an identity", async () => {
  const { rows } = await readAll(journal, JOURNAL);
  const [first, second] = rows.flatMap((row) => (row.kind === "event" && row.event.provider === "elavon" ? [row] : []));
  expect(first?.raw).toBe(second?.raw);
  expect([first?.event.identity, first?.event.reference, second?.event.identity]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a clock time that exists twice is marked so", async () => {
  const { rows } = await readAll(journal, JOURNAL);
  expect(rows[0]).toMatchObject({ event: { occurredAt: { at: new Date("2026-10-25T00:30:00Z"), ambiguous: true } } });
});
