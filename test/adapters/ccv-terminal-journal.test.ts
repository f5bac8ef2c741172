import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Drift, Row } from "../../adapters/adapter.ts";
import { adapter } from "../../adapters/providers/ccv-terminal-journal.ts";
import { terminalPurse } from "../../adapters/vouchers/purses.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const VOUCHERS = new URL("ccv-terminal-journal/vouchers-and-voids.ndjson", FIXTURES);
const LATER = new URL("ccv-terminal-journal/a-later-version.ndjson", FIXTURES);

const eventAt = (rows: readonly Row[], line: number) => {
  const row = rows.find((each) => each.line === line);
  return row?.kind === "event" ? row.event : undefined;
};

test("a void cancels the sale it names; one that failed leaves it, one that names none is kept aside", async () => {
  const { rows } = await readAll(adapter, VOUCHERS);
  expect(eventAt(rows, 3)).toMatchObject({
    kind: "CANCELLATION",
    reference: "TL101.G",
    outcome: { status: "CANCELLED", certainty: "DEFINITIVE" },
  });
  expect(eventAt(rows, 4)).toMatchObject({ reference: "TL100.G", outcome: { status: "PROCESSING" } });
  expect(rows[3]).toMatchObject({ kind: "rejected", problem: "a void does not say which sale it takes back" });
});

test("a voucher cut to its balance and the card that paid the rest share a ticket, and no amount", async () => {
  const { rows } = await readAll(adapter, VOUCHERS);
  expect([eventAt(rows, 6), eventAt(rows, 7)]).toMatchObject([
    {
      family: "E_VOUCHER",
      amount: { amountMinor: 1200n },
      voucher: { issuer: "PLUXEE", purse: "GIFT", requestedAmount: { amountMinor: 1750n } },
      payment: { ticket: "90120001-000105" },
    },
    { family: "CCV_PAY", amount: { amountMinor: 550n }, payment: { ticket: "90120001-000105" } },
  ]);
});

test("a purse is its product code or the value a till sends for it, and the meal purse without either", () => {
  const codes = ["01", "02", "03", "04", "05", "06", "07", "201", "203"];
  const purses = ["MEAL", "ECO", "GIFT", "SPORT_CULTURE", "BOOK", "TRANSPORT", "CONSUMPTION", "MEAL", "GIFT"];
  expect(codes.map(terminalPurse)).toEqual(purses);
  expect(codes.map((code) => terminalPurse(`200${code.padStart(3, "0")}#`))).toEqual(purses);
  expect([undefined, "", "08", "200008#", "200001", "20001#"].map(terminalPurse)).toEqual([
    "MEAL",
    "MEAL",
    ...Array(4).fill("UNKNOWN"),
  ]);
});

test("amounts foot with refunds and voids taken away", async () => {
  const { totals } = await readAll(adapter, VOUCHERS);
  expect(totals.at(-1)).toMatchObject({ name: "amounts", currency: "EUR" });
  const text = (await readFile(VOUCHERS, "utf8")).replace('"type":"void"', '"type":"sale"');
  const changed = await readAll(adapter, bytesOf(text));
  expect(changed.totals.at(-1)).toMatchObject({
    expected: totals.at(-1)?.expected,
    actual: totals.at(-1)!.actual + 4200n,
  });
});

test("what a later version adds is told, and only rows whose money is in doubt are kept aside", async () => {
  const found: Drift[] = [];
  for await (const readings of adapter.read(createReadStream(LATER))) {
    for (const reading of readings) if (reading.kind === "drift") found.push(reading.drift);
  }
  expect(found.map(({ what, name, value, line }) => [line, what, name, value])).toEqual([
    [2, "UNKNOWN_COLUMN", "tipAmount", undefined],
    [3, "UNKNOWN_VALUE", "type", "tip"],
    [4, "UNKNOWN_VALUE", "circuit", "TINA"],
    [5, "UNKNOWN_VALUE", "entryMode", "IRIS_SCAN"],
    [6, "UNKNOWN_VALUE", "product", "08"],
    [7, "UNKNOWN_VALUE", "status", "swallowed"],
    [8, "UNKNOWN_RECORD", "record", "shift"],
  ]);
  const { rows } = await readAll(adapter, LATER);
  expect(rows.map(({ line, kind }) => [line, kind])).toEqual([
    [2, "event"],
    [3, "rejected"],
    [4, "rejected"],
    [5, "event"],
    [6, "event"],
    [7, "rejected"],
    [8, "rejected"],
  ]);
  expect(eventAt(rows, 5)).toMatchObject({ payment: { entryMode: "UNKNOWN" } });
  expect(eventAt(rows, 6)).toMatchObject({ voucher: { purse: "UNKNOWN" } });
});

test("a sum that holds an amount of an unknown direction is not checked, its count still is", async () => {
  const { totals } = await readAll(adapter, LATER);
  expect(totals).toEqual([{ name: "lines", expected: 7n, actual: 7n }]);
});
