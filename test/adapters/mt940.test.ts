import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { adapter } from "../../adapters/providers/mt940.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const dutch = await readFile(new URL("mt940/dutch.940", FIXTURES), "latin1");
const german = await readFile(new URL("mt940/german.sta", FIXTURES));

async function bankRows(content: string | Buffer) {
  return (await readAll(adapter, bytesOf(content))).rows.flatMap((row) => (row.kind === "bank" ? [row.entry] : []));
}

test("what a statement opens with and what it books make what it closes with", async () => {
  const sums = [];
  for (const file of [dutch, german]) {
    sums.push((await bankRows(file)).reduce((sum, { amount }) => sum + amount.amountMinor, 0n));
  }
  expect(sums).toEqual([226_440n - 125_000n, 97_300n + 2_000n]);
});

test("a Dutch line is read across breaks in words and tags, a dash on a line of its own included", async () => {
  const entries = await bankRows(dutch);
  expect(entries.map(({ remittance, endToEndId, identity }) => [remittance, endToEndId, identity])).toEqual([
    ["TX7700000041XT batch 41, KorenaarPOS", "TX7700000041XT", "26323000000101"],
    ["9001123412341234", undefined, "26323000000102"],
    ["ORDER 1", "ORDER-1", "26323000000103"],
    ["Kosten teruggeboekt", undefined, undefined],
    ["Kosten december", undefined, undefined],
  ]);
  expect(entries[1]?.structured).toEqual({ type: "CUR", value: "9001123412341234" });
});

test("a German text is put together from its fields, in whichever encoding the bank writes", async () => {
  const utf8 = Buffer.from(german.toString("latin1"));
  for (const file of [german, utf8]) {
    expect((await bankRows(file)).map(({ remittance, endToEndId }) => [remittance, endToEndId])).toEqual([
      ["Pauschalen 2017-01-01T13:12:11", undefined],
      ["TX7700000041XT batch 41, KorenaarPOS", "TX7700000041XT"],
      ["Café", undefined],
    ]);
  }
});

test("directions and reversals have their sign", async () => {
  expect((await bankRows(dutch)).map(({ amount, reversal }) => [amount.amountMinor, reversal])).toEqual([
    [96_540n, false],
    [6_950n, false],
    [-3_000n, true],
    [1_200n, true],
    [-250n, false],
  ]);
});

test("an entry date without a year is the nearest to the value date, and 30 February the last day", async () => {
  const days = [...(await bankRows(dutch)), ...(await bankRows(german))].map((entry) => [
    entry.valueDate,
    entry.bookingDate,
  ]);
  expect(days.slice(4, 6)).toEqual([
    ["2026-12-31", "2027-01-01"],
    ["2016-02-29", "2016-03-01"],
  ]);
});

test("names are in nothing that is kept", async () => {
  for (const file of [dutch, german]) {
    const { rows } = await readAll(adapter, bytesOf(file));
    const kept = JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? `${value}` : value));
    for (const personal of ["Adyen N.V.", "Peeters", "Jansen", "Mustermann"]) expect(kept).not.toContain(personal);
  }
});

test("messages follow one another, and an empty one is a row that says so", async () => {
  const empty = ":20:X\r\n:25:1\r\n:28C:0\r\n:60F:C261119EUR2264,40\r\n:62F:C261120EUR2264,40\r\n";
  const { rows, totals } = await readAll(adapter, bytesOf(`${dutch}-\r\n${empty}-}${empty}`.replace("-}", "")));
  expect(rows.map(({ kind }) => kind)).toEqual(["bank", "bank", "bank", "bank", "bank", "skipped", "skipped"]);
  expect([totals.length, totals.every(holds)]).toEqual([3, true]);
});

test("a report of the day is read and books nothing", async () => {
  const report =
    ":20:X\n:25:1\n:28C:1/1\n:34F:EURD0,00\n:13D:2611191730+0100\n:61:2611191119D0,42NMSCNONREF\n:90D:1EUR0,42\n";
  const { rows, totals } = await readAll(adapter, bytesOf(report));
  expect([rows.map(({ kind }) => kind), totals]).toEqual([["skipped"], []]);
});

const from = (pattern: string | RegExp, to: string) => {
  const content = dutch.replace(pattern, to);
  expect(content).not.toBe(dutch);
  return content;
};

test.each([
  ["an amount altered", from("C965,4N", "C965,5N")],
  ["credit and debit swapped", from("C965,4N", "D965,4N")],
  ["an entry gone", from(/:61:.*RD12[^:]*:86:.*\n/, "")],
  ["an entry twice", from(/:61:.*RD12[^:]*:86:.*\n/, "$&$&")],
  ["a closing balance altered", from(":62F:C261119EUR2264,40", ":62F:C261119EUR2264,41")],
  ["a balance of the other side", from(":60F:C", ":60F:D")],
  ["an entry that cannot be read", from("C965,4N", "C965.4N")],
  ["a tag that is none", from(":61:2611191119RD", ":71:2611191119RD")],
])("%s does not foot", async (_, content) => {
  const { totals } = await readAll(adapter, bytesOf(content));
  expect(totals.some((total) => !holds(total))).toBe(true);
});

test.each([
  ["a file cut before its closing balance", dutch.slice(0, dutch.indexOf(":62F:")), "has no closing balance"],
  ["a file cut in the first tag of its second message", `${dutch.trimEnd()}\n:20`, "begins and is cut off"],
  ["no opening balance", from(/:60F:.*\n/, ""), "stands where it may not"],
  ["no closing balance before the next message", from(/:62F:.*\n/, "") + dutch, "has no closing balance"],
  ["an opening balance twice", from(/:60F:.*\n/, "$&$&"), "stands where it may not"],
  ["a closing balance twice", from(/:62F:.*\n/, "$&$&"), "stands where it may not"],
  ["an entry after the closing balance", `${dutch}:61:2611191119C1,NMSCNONREF\n`, "stands where it may not"],
  ["no start of the second message", dutch + from(/:20:.*\n/, ""), "stands where it may not"],
  ["no account", from(/:25:.*\n/, ""), "names no account"],
  ["balances in two currencies", from(":62F:C261119EUR", ":62F:C261119SEK"), "opens in EUR and closes in SEK"],
  ["an unknown currency", from(":60F:C261118EUR", ":60F:C261118EUX"), `"EUX" is not an ISO 4217 currency`],
  ["a balance that is none", from(":60F:C261118EUR1250,", ":60F:C261118EUR1.250,"), "is not a balance"],
  ["a line of a megabyte", from("Kosten december", "x".repeat(1_000_000)), "longer than 64 kB"],
  ["a field of a megabyte", from("Kosten december", "x\n".repeat(500_000)), "longer than 64 kB"],
  ["zero bytes", from("Kosten december", "\0"), "NUL bytes"],
])("%s refuses the file", async (_, content, problem) => {
  await expect(readAll(adapter, bytesOf(content))).rejects.toMatchObject({ code: "FILE_REJECTED" });
  await expect(readAll(adapter, bytesOf(content))).rejects.toThrow(problem);
});

test.each([
  ["a sub-cent amount", "C965,4N", "C965,401N", "is not an amount in EUR"],
  ["a day that does not exist", ":61:2611191119RD", ":61:2611311119RD", "that day does not exist"],
  ["an entry date that does not exist", ":61:2611191119RD", ":61:2611191332RD", "is not an entry date"],
])("%s rejects its row", async (_, pattern, to, problem) => {
  const { rows } = await readAll(adapter, bytesOf(from(pattern, to)));
  expect(rows.filter((row) => row.kind === "rejected").map((row) => row.problem)).toEqual([
    expect.stringContaining(problem),
  ]);
});
