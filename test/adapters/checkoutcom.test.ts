import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { isRow, type Reading } from "../../adapters/adapter.ts";
import { adapter as payouts } from "../../adapters/providers/checkout-payouts.ts";
import { adapter as breakdown } from "../../adapters/providers/checkout-settlement-breakdown.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const BREAKDOWN = new URL("checkout-settlement-breakdown/settlement-breakdown.csv", FIXTURES);
const PAYOUTS = new URL("checkout-payouts/payouts.csv", FIXTURES);

async function readings(adapter: typeof payouts, file: URL, from: string, to: string): Promise<Reading[]> {
  const text = await readFile(file, "utf8");
  expect(text).toContain(from);
  const read: Reading[] = [];
  for await (const chunk of adapter.read(bytesOf(text.replace(from, to)))) read.push(...chunk);
  return read;
}

async function eventsOf(adapter: typeof payouts, file: URL) {
  return (await readAll(adapter, file)).rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
}

test("the lines of the breakdown make the payout of the payouts report, to the cent", async () => {
  const lines = await eventsOf(breakdown, BREAKDOWN);
  const [payout] = await eventsOf(payouts, PAYOUTS);
  expect(new Set(lines.map(({ account, booking }) => [account, booking?.batch].join()))).toEqual(
    new Set([[payout?.account, payout?.booking?.batch].join()]),
  );
  const net = lines.reduce((sum, { booking }) => sum + booking!.net.amountMinor, 0n);
  expect([net, lines.filter(({ kind }) => kind === "ROUNDING").length]).toEqual([-payout!.booking!.net.amountMinor, 1]);
});

test("a payment held in another currency keeps both amounts and the rate as given", async () => {
  const sale = (await eventsOf(breakdown, BREAKDOWN)).find(({ reference }) => reference === "pay_2");
  expect(sale).toMatchObject({
    amount: { amountMinor: 10000n, currency: "USD" },
    booking: {
      gross: { amountMinor: 9211n, currency: "EUR" },
      processingAmount: { amountMinor: 10000n, currency: "USD" },
      exchangeRate: "0.92107454",
    },
  });
});

test("costs without a gross are fees, whatever they are called; an unknown name is told", async () => {
  const read = await readings(breakdown, BREAKDOWN, ",Account Updater,", ",Moon Tax,");
  expect(read.filter(({ kind }) => kind === "drift")).toMatchObject([{ drift: { name: "type", value: "Moon Tax" } }]);
  const fees = read.flatMap((reading) =>
    reading.kind === "event" && reading.event.kind === "FEE" ? [reading.event] : [],
  );
  expect(
    fees.map(({ rawStatus, booking }) => [rawStatus, booking?.gross.amountMinor, booking?.net.amountMinor]),
  ).toEqual([
    ["Void", 0n, -7n],
    ["Network Token Provisioning", 0n, -1n],
    ["Moon Tax", 0n, -1n],
    ["Merchant Payout", 0n, -200n],
  ]);
});

test("an unknown name with a gross is refused and told", async () => {
  const read = await readings(breakdown, BREAKDOWN, ",Refund,", ",Moon Refund,");
  expect(read.filter(({ kind }) => kind === "drift" || kind === "rejected")).toMatchObject([
    { kind: "drift", drift: { what: "UNKNOWN_VALUE", value: "Moon Refund", line: 5 } },
    { kind: "rejected", line: 5 },
  ]);
});

test("a row that does not add up is refused with its figures", async () => {
  const read = await readings(breakdown, BREAKDOWN, ",-10,-0.05,-10.05,", ",-10,-0.05,-10.04,");
  expect(read.filter(({ kind }) => kind === "rejected")).toMatchObject([
    { line: 5, problem: "gross -10 and deduction -0.05 do not make net -10.04" },
  ]);
});

test("what floating point left in the last digits is no difference", async () => {
  const read = await readings(breakdown, BREAKDOWN, ",-10,-0.05,-10.05,", ",-10,-0.05,-10.050000000000001,");
  expect(read.filter(({ kind }) => kind === "rejected")).toEqual([]);
});

test("an Edenred card that Checkout.com settles as Mastercard is a voucher", async () => {
  const voucher = (await eventsOf(breakdown, BREAKDOWN)).find(({ reference }) => reference === "pay_3");
  expect(voucher).toMatchObject({ family: "E_VOUCHER", voucher: { issuer: "EDENRED", purse: "MEAL" } });
});

test("what goes back says what it goes back to", async () => {
  const back = (await eventsOf(breakdown, BREAKDOWN)).filter(({ originalReference }) => originalReference);
  expect(
    back.map(({ kind, reference, originalReference, outcome }) => [
      kind,
      reference,
      originalReference,
      outcome?.status,
    ]),
  ).toEqual([
    ["REFUND", "act_004", "pay_1", "SUCCESS"],
    ["CHARGEBACK", "act_005", "pay_2", "SUCCESS"],
    ["CHARGEBACK_REVERSAL", "act_006", "pay_2", "SUCCESS"],
  ]);
});

test("a payout whose parts are further off than their rounding is refused", async () => {
  const read = await readings(payouts, PAYOUTS, ",133.10,", ",133.91,");
  expect(read.filter(isRow)).toMatchObject([
    { kind: "rejected", problem: "the payout's parts make 133.16 EUR, and it pays 133.91" },
    { kind: "skipped" },
  ]);
});

test("what a merchant put into its own fields is blanked in the row's text", async () => {
  const read = await readings(breakdown, BREAKDOWN, "Charge,pay_1", "Moon Charge,pay_1");
  expect(read.find(({ kind }) => kind === "rejected")).not.toHaveProperty("raw", expect.stringContaining("N. Other"));
});
