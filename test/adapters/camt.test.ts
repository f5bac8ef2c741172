import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { adapter } from "../../adapters/providers/camt.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const STATEMENT = new URL("camt/statement-2026-11-19.xml", FIXTURES);
const text = await readFile(STATEMENT, "utf8");

async function bankRows(content: string) {
  return (await readAll(adapter, bytesOf(content))).rows.flatMap((row) => (row.kind === "bank" ? [row.entry] : []));
}

test("what a statement opens with and what it books make what it closes with", async () => {
  const entries = await bankRows(text);
  const booked = entries.reduce((sum, { amount }) => sum + amount.amountMinor, 0n);
  expect([125_000n + booked, entries.length]).toEqual([230_745n, 5]);
});

test("a batch is one entry, and its parts make its amount", async () => {
  const [, batch] = await bankRows(text);
  const parts = batch!.parts!.map(({ amount }) => amount.amountMinor);
  expect(parts).toEqual([4_950n, 2_000n]);
  expect(parts.reduce((sum, part) => sum + part)).toBe(batch!.amount.amountMinor);
});

test("a reversal keeps the direction that was booked", async () => {
  const reversal = (await bankRows(text)).find((entry) => entry.reversal);
  expect(reversal?.amount).toEqual({ amountMinor: -3_000n, currency: "EUR" });
});

test("names and addresses are in nothing that is kept", async () => {
  const { rows } = await readAll(adapter, STATEMENT);
  const all = rows.map((row) => [row, row.raw]);
  const kept = JSON.stringify(all, (_, value) => (typeof value === "bigint" ? `${value}` : value));
  expect(kept).toContain("<AcctSvcrRef>KB26323000000101</AcctSvcrRef>");
  expect(kept).toContain("TX7700000041XT");
  for (const personal of ["Adyen N.V.", "Carmiggelt", "Jan Peeters", "Bakkerij"]) expect(kept).not.toContain(personal);
});

test("a notification and the statement after it name one entry alike", async () => {
  const notified = await readAll(adapter, new URL("camt/notification-2026-11-19.xml", FIXTURES));
  const [first] = notified.rows;
  const [booked] = await bankRows(text);
  expect(first).toMatchObject({
    kind: "bank",
    entry: { account: booked!.account, identity: booked!.identity, amount: booked!.amount },
  });
});

test.each([
  ["an amount altered", (file: string) => file.replace("965.40", "965.41")],
  [
    "credit and debit swapped",
    (file: string) =>
      file.replace("<CdtDbtInd>CRDT</CdtDbtInd>\n        <Sts>", "<CdtDbtInd>DBIT</CdtDbtInd>\n        <Sts>"),
  ],
  ["an entry gone", (file: string) => file.replace(/<Ntry>\s*<NtryRef>4[\s\S]*?<\/Ntry>/, "")],
  ["an entry twice", (file: string) => file.replace(/<Ntry>\s*<NtryRef>4[\s\S]*?<\/Ntry>/, "$&$&")],
  ["a balance altered", (file: string) => file.replace("1250.00", "1250.01")],
  ["an entry that cannot be read", (file: string) => file.replace("965.40", "965,40")],
  ["a booked entry made pending", (file: string) => file.replace("<Cd>BOOK</Cd>", "<Cd>PDNG</Cd>")],
])("%s does not foot", async (_, change) => {
  expect(change(text)).not.toBe(text);
  const { totals } = await readAll(adapter, bytesOf(change(text)));
  expect(totals.some((total) => !holds(total))).toBe(true);
});

test.each([
  ["a closing balance that is missing", /<Cd>CLBD<\/Cd>/, "<Cd>CLAV</Cd>", "no booked closing balance in EUR"],
  ["an opening balance in another currency", /Ccy="EUR">1250/, `Ccy="SEK">1250`, "no booked closing balance in SEK"],
  ["a balance that is no amount", /1250\.00/, "1250,00", "is not an amount in EUR"],
  ["no account", /<Id><IBAN>.*?<\/Id>/, "<Id/>", "a statement names no account"],
  ["no statement", /<Stmt>[\s\S]*<\/Stmt>/, "", "the file has no statement in it"],
  ["the namespace of an earlier version", /001\.08"/, `001.02"`, "written as another version"],
  ["the namespace of another message", /camt\.053\.001\.08"/, `camt.054.001.08"`, "another message than its namespace"],
  ["a cut", /<\/Stmt>[\s\S]*/, "", "not well-formed"],
])("%s refuses the file", async (_, from, to, problem) => {
  await expect(readAll(adapter, bytesOf(text.replace(from, to)))).rejects.toMatchObject({ code: "FILE_REJECTED" });
  await expect(readAll(adapter, bytesOf(text.replace(from, to)))).rejects.toThrow(problem);
});

test.each([
  ["a sub-cent amount", "55.05000", "55.05100", "is not an amount in EUR"],
  ["a signed amount", "55.05000", "-55.05", "is not an amount in EUR"],
  ["an unknown currency", `Ccy="EUR">55.05`, `Ccy="EUX">55.05`, `"EUX" is not an ISO 4217 currency`],
  [
    "a day that does not exist",
    "<Dt>2026-11-19</Dt></BookgDt>",
    "<Dt>2026-02-30</Dt></BookgDt>",
    "that day does not exist",
  ],
])("%s rejects its row", async (_, from, to, problem) => {
  const { rows } = await readAll(adapter, bytesOf(text.replace(from, to)));
  expect(rows.filter((row) => row.kind === "rejected").map((row) => row.problem)).toEqual([
    expect.stringContaining(problem),
  ]);
});

test("two entries under one reference of the bank are two entries", async () => {
  const entries = await bankRows(text.replace("KB26323000000102", "KB26323000000101"));
  expect(entries.slice(0, 2).map(({ identity }) => identity)).toEqual(["KB26323000000101", "KB26323000000101#2"]);
});

test("a report of the day is read and books nothing", async () => {
  const report = text
    .replaceAll("camt.053", "camt.052")
    .replaceAll("BkToCstmrStmt", "BkToCstmrAcctRpt")
    .replaceAll("Stmt>", "Rpt>");
  const { rows } = await readAll(adapter, bytesOf(report));
  expect(rows.map(({ kind }) => kind)).toEqual(Array.from({ length: 7 }, () => "skipped"));
});

test("pages of a statement are held to their running balances", async () => {
  const page = text.replace("<Cd>CLBD</Cd>", "<Cd>ITBD</Cd>");
  const { totals } = await readAll(adapter, bytesOf(page));
  expect(totals.find(({ name }) => name === "statement 2026-222 closes")).toMatchObject({ expected: 230_745n });
  const middle = page.replace("<Cd>OPBD</Cd>", "<Cd>ITBD</Cd>").replace("2307.45", "2307.46");
  expect((await readAll(adapter, bytesOf(middle))).totals.every(holds)).toBe(false);
});
