import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { adapter } from "../../adapters/providers/amex-grrcn.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const FIXTURE = new URL("amex-grrcn/SHOP.GRRCN.20261110.csv", FIXTURES);

async function events(file: URL | AsyncIterable<Buffer> = FIXTURE) {
  return (await readAll(adapter, file)).rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
}

async function changed(from: string | RegExp, to: string) {
  return readAll(adapter, bytesOf((await readFile(FIXTURE, "utf8")).replace(from, to)));
}

test("the lines of a payment and its payout net to zero, opening balances aside", async () => {
  const nets = new Map<string, bigint>();
  for (const { booking } of await events()) {
    if (booking) nets.set(booking.batch, (nets.get(booking.batch) ?? 0n) + booking.net.amountMinor);
  }
  expect(nets).toEqual(
    new Map([
      ["9211234550", 0n],
      // Debited apart from the payment.
      ["9211234550-fees", -100n],
      // What the merchant owed before.
      ["9211234551", 500n],
      ["9211234552", 0n],
    ]),
  );
});

test("prices of six decimals, rounded once, are what is kept of the submission", async () => {
  const lines = (await readFile(FIXTURE, "utf8")).split("\n");
  const prices = lines.filter((line) => line.startsWith('"TXNPRICING"')).map((line) => line.trim().split('","')[18]!);
  const exact = prices.reduce((sum, price) => sum + BigInt(price.replaceAll(/[" ]/g, "")), 0n);
  expect(exact % 10_000n, "there is a part of a cent to round").not.toBe(0n);
  const fee = (await events()).find(({ kind }) => kind === "FEE");
  expect(fee?.booking?.fees).toEqual({ commission: -((exact + 5_000n) / 10_000n) });
});

test("a charge is booked gross, a negative one is a refund, a rejected one was never paid", async () => {
  const charges = (await events()).filter(({ rawStatus }) => rawStatus.startsWith("TRANSACTN"));
  expect(
    charges.slice(0, 4).map(({ kind, outcome, booking }) => [kind, outcome?.status, booking?.net.amountMinor]),
  ).toEqual([
    ["SALE", undefined, 2756n],
    ["SALE", undefined, 6000n],
    ["REFUND", "SUCCESS", -1000n],
    ["SALE", "REFUSED", undefined],
  ]);
  expect(charges[1]?.occurredAt.ambiguous, "half past two on the night clocks went back").toBe(true);
  expect(charges.map(({ payment }) => payment?.arn).slice(0, 2)).toEqual([undefined, "74500006306000000000017"]);
});

test("two charges equal in everything are two where the totals count both, and none needs our reading of it", async () => {
  const lines = (await readFile(FIXTURE, "utf8")).split("\r\n");
  const charge = lines.findIndex((line) => line.startsWith('"TRANSACTN"'));
  lines.splice(charge, 0, lines[charge]!);
  const identities = (await events(bytesOf(lines.join("\r\n")))).map(({ identity }) => identity);
  expect(new Set(identities).size).toBe(identities.length);
  const before = (await events()).map(({ identity }) => identity);
  expect(identities.filter((identity) => !before.includes(identity))).toEqual([`${identities[2]}|2`]);
  expect(before.every((identity) => identity !== undefined)).toBe(true);
});

test("a file of fixed width reads as the delimited one", async () => {
  const fixed = await events(new URL("amex-grrcn/SHOP.GRRCN.fixed.txt", FIXTURES));
  expect(fixed).toEqual(await events());
});

test("a chargeback that brings money is a reversal of one", async () => {
  const disputes = (await events()).filter(({ rawStatus }) => rawStatus.startsWith("CHARGEBACK"));
  expect(disputes.map(({ kind, reference, booking }) => [kind, reference, booking?.net.amountMinor])).toEqual([
    ["CHARGEBACK", "CB0001", -2426n],
    ["CHARGEBACK_REVERSAL", "CB0000-reversed", 1500n],
  ]);
});

test("a submission in another currency is booked whole, since its charges cannot be converted one by one", async () => {
  const converted = (await events()).filter(({ booking }) => booking?.processingAmount);
  expect(converted).toMatchObject([
    { kind: "ADJUSTMENT", booking: { gross: { amountMinor: 9200n }, processingAmount: { amountMinor: 10_000n } } },
  ]);
  const charges = (await events()).filter(({ amount }) => amount?.currency === "USD");
  expect(charges.map(({ outcome, booking }) => [outcome?.status, booking])).toEqual([
    ["SUCCESS", undefined],
    ["SUCCESS", undefined],
  ]);
});

describe("what does not foot is seen", () => {
  const broken = async (from: string | RegExp, to: string) =>
    (await changed(from, to)).totals.filter((total) => !holds(total)).map(({ name }) => name);

  test("an altered charge", async () => {
    expect(await broken(/" 000000000002756","20261105"/, '" 000000000002757","20261105"')).toEqual([
      "net of payment 9211234550",
      "transactions of payment 9211234550",
    ]);
  });

  test("a record that is missing, and one too many", async () => {
    expect(await broken(/"TXNPRICING".*\r\n/, "")).toEqual(["records"]);
    expect(await broken('"0000000024"', '"0000000025"')).toEqual(["records"]);
  });

  test("a payment without its summary", async () => {
    expect(await broken(/"SUMMARY".*\r\n/, "")).toContain("summary of payment 9211234550");
  });
});

test.each([
  ["a chargeback whose figures do not add up", '"-000000000002426"', '"-000000000002400"', /does not make net -24.00/],
  ["a word about rejection that nobody knows", '"REJ"', '"PND"', /whether "PND" means/],
  ["a fee that bills assets", '"NON-SWIPED ADJUSTMENT"," 000000000000000"', '"X"," 000000000000900"', /bills assets/],
  ["a record nobody knows", '"FEEREVENUE"', '"LOANREPAY"', /record "LOANREPAY" is not known/],
])("%s is refused and the rest read", async (_, from, to, problem) => {
  const { rows } = await changed(from, to);
  const rejected = rows.filter(({ kind }) => kind === "rejected");
  expect(rejected).toMatchObject([{ problem: expect.stringMatching(problem) }]);
});

test.each([
  ["of which the header is missing", /^"HEADER".*\r\n/, "", /does not begin with its header/],
  ["of which the trailer is missing", /"TRAILER".*\r\n/, "", /the trailer is missing/],
  ["whose header and trailer are of two files", '"TRAILER","0000000026"', '"TRAILER","0000000027"', /the trailer of/],
  ["with records after its trailer", /$/, '"SUMMARY"\r\n', /stands after the trailer/],
  ["with a record that is cut", /,"566","652"/, "", /the file is cut or damaged/],
])("a file %s is refused", async (_, from, to, problem) => {
  await expect(changed(from, to)).rejects.toThrow(problem);
});

const SAMPLE = new URL("../../../shared/samples/amex/SAMPLE.GRRCN_Delimited_(US)_v1.2.txt", import.meta.url);

describe.skipIf(!existsSync(SAMPLE))("Amex' own test file (skipped unless ../shared/samples is there)", () => {
  test("98 records, every total of which holds", async () => {
    const { rows, totals } = await readAll(adapter, SAMPLE);
    expect([rows.length, rows.filter(({ kind }) => kind === "event").length]).toEqual([96, 56]);
    expect(totals).toEqual([
      { name: "records", expected: 98n, actual: 98n },
      { name: "net of payment 065A6808", currency: "USD", expected: 2760n, actual: 2760n },
      { name: "gross of payment 065A6808", currency: "USD", expected: 4000n, actual: 4000n },
      { name: "transactions of payment 065A6808", currency: "USD", expected: 4000n, actual: 4000n },
    ]);
  });
});
