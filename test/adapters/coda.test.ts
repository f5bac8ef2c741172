import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { adapter } from "../../adapters/providers/coda.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const STATEMENT = new URL("coda/statement-222.cod", FIXTURES);
const text = await readFile(STATEMENT, "latin1");

async function bankRows(content: string) {
  return (await readAll(adapter, bytesOf(content))).rows.flatMap((row) => (row.kind === "bank" ? [row.entry] : []));
}

/** The nth line (1-based) with its characters from `at` on written over. */
function written(line: number, at: number, characters: string): string {
  const lines = text.split("\r\n");
  const old = lines[line - 1]!;
  lines[line - 1] = old.slice(0, at) + characters + old.slice(at + characters.length);
  expect(lines[line - 1]).not.toBe(old);
  return lines.join("\r\n");
}

function withoutLine(line: number): string {
  return text
    .split("\r\n")
    .toSpliced(line - 1, 1)
    .join("\r\n");
}

test("the old balance and the movements make the new one, and details are counted once", async () => {
  const entries = await bankRows(text);
  const booked = entries.reduce((sum, { amount }) => sum + amount.amountMinor, 0n);
  expect([125_000n + booked, entries.length]).toEqual([228_240n, 5]);
});

test("the parts of a globalised movement make its amount", async () => {
  const globalised = (await bankRows(text)).filter(({ parts }) => parts);
  expect(globalised.map(({ amount }) => amount.amountMinor)).toEqual([3_000n, -250n]);
  for (const { amount, parts } of globalised) {
    expect(parts!.reduce((sum, part) => sum + part.amount.amountMinor, 0n)).toBe(amount.amountMinor);
  }
  expect(globalised[0]!.parts!.map(({ remittance, endToEndId }) => [remittance, endToEndId])).toEqual([
    ["000003505158", "ORDER-2"],
    ["000003515159", undefined],
  ]);
});

test("communication 114 runs on into record 22 and names the terminal's payment", async () => {
  const [first] = await bankRows(text);
  expect(first).toMatchObject({
    code: "00450000",
    pos: { posNumber: "313843", period: "849", sequence: "005695", localTime: "2026-11-19 12:04" },
    structured: { type: "114", value: "931384384900569519112612048KORENAAR GENT 2905172259460041" },
  });
});

test("a communication 114 without a time that exists is kept as text and matches nothing", async () => {
  const [first] = await bankRows(written(3, 87, "2504"));
  expect([first?.pos, first?.structured?.type]).toEqual([undefined, "114"]);
});

test("a communication goes on in the next records, words included", async () => {
  const [, second] = await bankRows(text);
  expect(second).toMatchObject({
    endToEndId: "TX7700000041XT",
    remittance:
      "TX7700000041XT batch 41, KorenaarPOS, uitbetaling van 18 november tot en met 19 november, met dank voor uw vertrouwen",
  });
});

test("a cancellation is a reversal in the direction that was booked", async () => {
  const reversal = (await bankRows(text)).filter(({ reversal }) => reversal);
  expect(reversal).toMatchObject([{ amount: { amountMinor: -3_000n }, code: "00199000" }]);
  expect(reversal[0]).not.toHaveProperty("identity");
  expect(reversal[0]).not.toHaveProperty("valueDate");
});

test("names and addresses are in nothing that is kept", async () => {
  const { rows } = await readAll(adapter, STATEMENT);
  const kept = JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? `${value}` : value));
  expect(kept).toContain("TX7700000041XT");
  for (const personal of ["ADYEN N.V.", "CARMIGGELT", "JAN PEETERS", "BAKKERIJ"]) expect(kept).not.toContain(personal);
});

test("a file of several statements is held to the balances of each", async () => {
  const { rows, totals } = await readAll(adapter, bytesOf(text + text));
  expect([rows.length, totals.length, totals.every(holds)]).toEqual([20, 10, true]);
  const second = text + written(5, 40, "9");
  expect((await readAll(adapter, bytesOf(second))).totals.filter((total) => !holds(total))).toHaveLength(2);
});

test.each([
  ["an amount altered", written(3, 46, "1")],
  ["credit and debit swapped", written(3, 31, "1")],
  ["a detail made a movement", written(14, 6, "0000")],
  ["a movement gone", withoutLine(15)],
  ["an information record gone", withoutLine(9)],
  ["the old balance altered", written(2, 54, "9")],
  ["another account in the new balance", written(19, 18, "8")],
  ["another number in the new balance", written(19, 3, "3")],
  ["a sum of the trailer altered", written(21, 34, "7")],
  ["a movement that cannot be read", written(3, 40, "x")],
])("%s does not foot", async (_, content) => {
  const { totals } = await readAll(adapter, bytesOf(content));
  expect(totals.some((total) => !holds(total))).toBe(true);
});

test.each([
  ["a line cut short", withoutLine(22).slice(0, -20), "the format has 128"],
  ["no trailer", withoutLine(21), "the trailer is missing"],
  ["no new balance", withoutLine(19), "ends without its new balance"],
  ["no old balance", withoutLine(2), "stands where it may not"],
  ["two headers", withoutLine(2).replace(/^/, `${text.split("\r\n")[0]}\r\n`), "stands where it may not"],
  ["a detail of another movement", written(11, 5, "9"), "stands where it may not"],
  ["a continuation of another movement", written(4, 5, "9"), "stands where it may not"],
  ["a kind of record that does not exist", written(4, 0, "6"), "stands where it may not"],
  ["version 1", written(1, 127, "1"), `CODA version "1"`],
  ["a type of account that does not exist", written(2, 1, "7"), `"7" is not a type of account`],
  ["an unknown currency", written(2, 39, "EUX"), `"EUX" is not an ISO 4217 currency`],
  ["a balance of tenths of a cent", written(19, 56, "1"), "has more decimals than EUR"],
])("%s refuses the file", async (_, content, problem) => {
  await expect(readAll(adapter, bytesOf(content))).rejects.toMatchObject({ code: "FILE_REJECTED" });
  await expect(readAll(adapter, bytesOf(content))).rejects.toThrow(problem);
});

test.each([
  ["a day that does not exist", written(3, 115, "300226"), "that day does not exist"],
  ["a code of a detail on a movement", written(3, 53, "5"), "is not the transaction code of a movement"],
])("%s rejects its row", async (_, content, problem) => {
  const { rows } = await readAll(adapter, bytesOf(content));
  expect(rows.filter((row) => row.kind === "rejected").map((row) => row.problem)).toEqual([
    expect.stringContaining(problem),
  ]);
});

test("one reference of the bank on two movements is two entries", async () => {
  const entries = await bankRows(written(5, 18, "6"));
  expect(entries.slice(0, 2).map(({ identity }) => identity)).toEqual([
    "SWJVZ0BN6 BKTBBNPOSKZ",
    "SWJVZ0BN6 BKTBBNPOSKZ#2",
  ]);
});
