import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { impliedCents } from "../../adapters/paypal/amounts.ts";
import { meaningOf } from "../../adapters/paypal/event-codes.ts";
import { adapter as stl } from "../../adapters/providers/paypal-stl.ts";
import { adapter as trr } from "../../adapters/providers/paypal-trr.ts";
import { bytesOf, FIXTURES, readAll, toGolden } from "./fixtures.ts";

const SETTLEMENT = new URL("paypal-stl/STL-20261105.01.009.csv", FIXTURES);
const DETAIL = new URL("paypal-trr/TRR-20261105.01.008.CSV", FIXTURES);

async function events(adapter = stl, file: URL | AsyncIterable<Buffer> = SETTLEMENT) {
  return (await readAll(adapter, file)).rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
}

test("the balance before and what the rows moved make the balance after, in each currency", async () => {
  const text = await readFile(SETTLEMENT, "utf8");
  const moved = new Map<string, bigint>();
  for (const { booking } of await events()) {
    const { currency, amountMinor } = booking!.net;
    moved.set(currency, (moved.get(currency) ?? 0n) + amountMinor);
  }
  const [, from, to] = /^"RF","EUR",.*?"CR",(\d+),"CR",(\d+)/m.exec(text)!;
  // The one row nobody could place is 7.00, and is in PayPal's balance.
  expect(BigInt(from!) + moved.get("EUR")! + 700n).toBe(BigInt(to!));
  expect(moved.get("JPY"), "all yen were converted").toBe(0n);
});

test("an amount has two decimals in yen too", async () => {
  const sale = (await events()).find(({ reference }) => reference === "PP0000000000SALE3");
  expect(sale?.booking).toMatchObject({
    gross: { amountMinor: 150n, currency: "JPY" },
    fees: { commission: -43n },
    net: { amountMinor: 107n },
  });
  expect(impliedCents("15000", "EUR")).toBe(15_000n);
  expect(impliedCents("150", "KWD")).toBe(1_500n);
  expect(() => impliedCents("15050", "JPY")).toThrow(/has decimals that JPY does not/);
  expect(() => impliedCents("-15", "EUR")).toThrow(/digits without a sign/);
});

test("a conversion is a pair of transfers, one a currency", async () => {
  const pair = (await events()).filter(({ kind }) => kind === "BALANCE_TRANSFER");
  expect(pair.map(({ booking }) => [booking?.net.amountMinor, booking?.net.currency])).toEqual([
    [-107n, "JPY"],
    [66n, "EUR"],
  ]);
});

test("a reversal that PayPal split goes back to one sale with both its parts", async () => {
  const parts = (await events()).filter(({ originalReference }) => originalReference === "PP00000000OLDSAL3");
  expect(parts.map(({ kind, amount, reference }) => [kind, amount?.amountMinor, reference])).toEqual([
    ["CHARGEBACK", 480n, "PP0000000REVERSL1"],
    ["CHARGEBACK", 40n, "PP0000000REVERSL2"],
  ]);
  // The payment was a year ago; the reversal was today.
  expect(parts[0]?.occurredAt.at).toEqual(new Date("2026-11-05T20:00:00Z"));
});

test("a hold and its release share an id and stay two, and neither is a chargeback", async () => {
  const holds = (await events()).filter(({ kind }) => kind.startsWith("RESERVE"));
  expect(holds.map(({ kind }) => kind)).toEqual(["RESERVE_HOLD", "RESERVE_RELEASE"]);
  expect(new Set(holds.map(({ identity }) => identity)).size).toBe(2);
});

test("a hold that stands twice under one id is two holds", async () => {
  const lines = (await readFile(SETTLEMENT, "utf8")).split("\r\n");
  const hold = lines.findIndex((line) => line.includes('"T1110"'));
  lines.splice(hold, 0, lines[hold]!);
  const twice = (await events(stl, bytesOf(lines.join("\r\n")))).filter(({ kind }) => kind === "RESERVE_HOLD");
  expect(new Set(twice.map(({ identity }) => identity)).size).toBe(2);
});

test("a withdrawal is a payout under the bank's reference", async () => {
  const payout = (await events()).find(({ kind }) => kind === "PAYOUT");
  expect(payout?.booking).toMatchObject({ payoutReference: "1047428557493", net: { amountMinor: -4000n } });
});

test("sales are booked, refunds and disputes are PayPal's word as well", async () => {
  for (const { kind, outcome } of await events()) {
    const isWord = /REFUND|CHARGEBACK/.test(kind);
    expect(outcome?.status, kind).toBe(isWord ? "SUCCESS" : undefined);
  }
});

test.each([
  ["T0006", "SALE", "ADJUSTMENT"],
  ["T0106", "FEE", "FEE"],
  ["T0201", "BALANCE_TRANSFER", "BALANCE_TRANSFER"],
  ["T0400", "ADJUSTMENT", "PAYOUT"],
  ["T1106", undefined, "CHARGEBACK"],
  ["T1107", "ADJUSTMENT", "REFUND"],
  ["T1110", "RESERVE_RELEASE", "RESERVE_HOLD"],
  ["T1113", undefined, "CREDIT"],
  ["T1201", undefined, "CHARGEBACK"],
  ["T1202", "CHARGEBACK_REVERSAL", undefined],
  ["T1207", undefined, "SECOND_CHARGEBACK"],
  ["T1900", "ADJUSTMENT", "ADJUSTMENT"],
  ["T4242", undefined, undefined],
])("%s means %s as a credit and %s as a debit", (code, credit, debit) => {
  expect([meaningOf(code)?.CR, meaningOf(code)?.DR]).toEqual([credit, debit]);
});

describe("what is in doubt is not taken", () => {
  const changed = async (from: string, to: string) => {
    const text = (await readFile(SETTLEMENT, "utf8")).replace(from, to);
    return readAll(stl, bytesOf(text));
  };

  test("a chargeback that would bring money", async () => {
    const turned = await changed('11:30:02 -0800","DR","2500"', '11:30:02 -0800","CR","2500"');
    expect(turned.rows[8]).toMatchObject({ kind: "rejected", problem: expect.stringContaining(`"T1201" with "CR"`) });
    expect(turned.totals.filter((total) => !holds(total)).map(({ name }) => name)).toContain(
      "gross credits of the section",
    );
  });

  test("a fee in another currency than its payment", async () => {
    const { rows } = await changed('"DR","225","EUR"', '"DR","225","USD"');
    expect(rows[0]).toMatchObject({ kind: "rejected", problem: expect.stringContaining("the fee is in USD") });
  });

  test("an id that went through a spreadsheet", async () => {
    const { rows } = await changed("PP0000000000SALE1", "1.23E+16");
    expect(rows[0]).toMatchObject({ kind: "rejected", problem: expect.stringContaining("no transaction id") });
  });

  test("a report of more rows than it has, and one without its end", async () => {
    const more = await changed('"FF",15', '"FF",16');
    expect(more.totals.filter((total) => !holds(total))).toEqual([
      { name: "rows of the file", expected: 16n, actual: 15n },
    ]);
    const cut = await changed('"FF",15', "");
    expect(cut.totals.filter((total) => !holds(total)).map(({ name }) => name)).toEqual(["end of the report"]);
  });

  test("a row behind the footers of its section, which did not count it", async () => {
    const text = await readFile(SETTLEMENT, "utf8");
    const row = /^"SB".*$/m.exec(text)?.[0];
    const misplaced = text.replace(/^"FF"/m, `${row}\r\n"FF"`);
    await expect(readAll(stl, bytesOf(misplaced))).rejects.toThrow("stands behind the footers of its section");
  });

  test("a footer that is cut off", async () => {
    const text = await readFile(SETTLEMENT, "utf8");
    const cut = text.replace(/^("SF","EUR",\d+,\d+).*$/m, "$1");
    expect(cut).not.toBe(text);
    await expect(readAll(stl, bytesOf(cut))).rejects.toThrow("is a footer that is cut off");
  });

  test("a record nobody knows", async () => {
    const { rows } = await changed('"FF",15', '"XB","7.00"\r\n"FF",15');
    expect(rows.at(-1)).toMatchObject({ kind: "rejected", problem: expect.stringContaining('record "XB"') });
  });
});

test("a footer that contradicts itself proves nothing, and is shown", async () => {
  const text = (await readFile(SETTLEMENT, "utf8")).replaceAll('"EUR",13565', '"EUR",99999');
  const { rows, totals } = await readAll(stl, bytesOf(text));
  expect(totals.every(holds)).toBe(true);
  expect(rows.filter(({ kind }) => kind === "skipped")).toHaveLength(2);
});

test("the detail report books nothing and says what became of each payment", async () => {
  const detail = await events(trr, DETAIL);
  expect(detail.every(({ booking }) => booking === undefined)).toBe(true);
  expect(detail.map(({ kind, reference, outcome }) => [reference, kind, outcome?.status])).toEqual([
    ["PP0000000000SALE1", "SALE", "SUCCESS"],
    ["PP0000000000SALE2", "SALE", "PROCESSING"],
    ["PP0000000DENIED01", "SALE", "REFUSED"],
    ["PP000000000REFUND", "REFUND", "SUCCESS"],
    ["PP0000000PARTREF1", "SALE", "SUCCESS"],
    ["PP00000000FULLREF", "SALE", "SUCCESS"],
    ["PP00000000AUTHNO1", "AUTHORISATION", "REFUSED"],
    ["PP00000000AUTHOK1", "AUTHORISATION", "CANCELLED"],
    ["PP000000CHARGEBK1", "CHARGEBACK", "SUCCESS"],
  ]);
});

test("who paid does not get past the adapter, not even in the row that was refused", async () => {
  expect(await readFile(DETAIL, "utf8")).toMatch(/Jane.*Kerkstraat/);
  const { rows } = await readAll(trr, DETAIL);
  expect(rows.some(({ kind }) => kind === "rejected")).toBe(true);
  expect(toGolden(rows)).not.toMatch(/Jane|Doe|Kerkstraat|example\.org|BUYER/);
});
