import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { isRow, type Reading, type SettlementAdapter } from "../../adapters/adapter.ts";
import { adapter as accounting } from "../../adapters/providers/adyen-payments-accounting.ts";
import { adapter as stl } from "../../adapters/providers/paypal-stl.ts";
import { adapter as trr } from "../../adapters/providers/paypal-trr.ts";
import { bytesOf, FIXTURES, toGolden } from "./fixtures.ts";

/** A format whose columns are found by name: where its header is, and a column of each kind. */
type Format = {
  readonly adapter: SettlementAdapter;
  readonly file: string;
  readonly isHeader: (line: string) => boolean;
  readonly required: string;
};

const FORMATS: readonly (readonly [string, Format])[] = [
  [
    "adyen-payments-accounting",
    {
      adapter: accounting,
      file: "payments_accounting_report_2026_11_06.csv",
      isHeader: (line) => line.startsWith("Company Account"),
      required: "Record Type",
    },
  ],
  [
    "paypal-stl",
    {
      adapter: stl,
      file: "STL-20261106.01.009.tab.csv",
      isHeader: (line) => line.startsWith("CH"),
      required: "Transaction Event Code",
    },
  ],
  [
    "paypal-trr",
    {
      adapter: trr,
      file: "TRR-20261105.01.008.CSV",
      isHeader: (line) => line.startsWith('"CH"'),
      required: "Transactional Status",
    },
  ],
];

describe.each(FORMATS)("%s", (folder, { adapter, file, isHeader, required }) => {
  const read = async (change: (header: string) => string, row: (line: string) => string = (line) => line) => {
    const lines = (await readFile(new URL(`${folder}/${file}`, FIXTURES), "utf8")).split("\n");
    const at = lines.findIndex(isHeader);
    const changed = lines.map((line, index) => (index === at ? change(line) : index > at ? row(line) : line));
    const readings: Reading[] = [];
    for await (const chunk of adapter.read(bytesOf(changed.join("\n")))) readings.push(...chunk);
    return readings;
  };

  test("a column that is missing or renamed refuses the file by its name", async () => {
    await expect(read((header) => header.replace(required, `${required} New`))).rejects.toThrow(
      `the column "${required}" is missing`,
    );
  });

  test("a column of ours that stands twice refuses the file", async () => {
    const twice = read((header) => header.replace(/Merchant Order Reference|Store ID|Item Name/, required));
    await expect(twice).rejects.toThrow(`the column "${required}" stands twice`);
  });

  test("a column the format did not have is counted, and the rows read the same", async () => {
    const before = await read((header) => header);
    const after = await read((header) => header.replace(/Merchant Order Reference|Store ID|Item Name/, "Loyalty Tier"));
    expect(after.filter(({ kind }) => kind === "drift")).toContainEqual(
      expect.objectContaining({ drift: expect.objectContaining({ what: "UNKNOWN_COLUMN", name: "Loyalty Tier" }) }),
    );
    const eventsOf = (all: readonly Reading[]) => all.filter(isRow).filter(({ kind }) => kind === "event");
    expect(toGolden(eventsOf(after))).toBe(toGolden(eventsOf(before)));
  });
});

test("columns in another order read the same", async () => {
  const text = await readFile(new URL("paypal-stl/STL-20261106.01.009.tab.csv", FIXTURES), "utf8");
  const turned = text
    .split("\n")
    .map((line) => {
      const [record = "", ...cells] = line.split("\t");
      return /^(?:CH|SB)$/.test(record) ? [record, ...cells.reverse()].join("\t") : line;
    })
    .join("\n");
  const eventsOf = async (content: string) => {
    const readings: Reading[] = [];
    for await (const chunk of stl.read(bytesOf(content))) readings.push(...chunk);
    return readings.flatMap((reading) => (reading.kind === "event" ? [{ ...reading.event, identity: "" }] : []));
  };
  expect(turned).not.toBe(text);
  expect(await eventsOf(turned)).toEqual(await eventsOf(text));
});

describe("a row with a value nobody can have meant is refused, and no other", () => {
  test.each([
    ["a day that does not exist", "2026/11/06 00:00:01", "2026/02/30 00:00:01", /that day does not exist/],
    ["the epoch", "2026/11/06 00:00:01", "1970/11/06 00:00:01", /expected a year from 1971/],
    ["a currency nobody knows", "\tEUR\tDR\t52", "\tEUX\tDR\t52", /not an ISO 4217 currency/],
    ["no currency", "\tEUR\tDR\t52", "\t\tDR\t52", /not an ISO 4217 currency/],
    ["an amount beyond what can be stored", "\t1200\t", "\t99999999999999999999\t", /too large/],
    ["an amount with a sign", "\t1200\t", "\t-1200\t", /digits without a sign/],
    ["no direction", "\tCR\t1200", "\t\t1200", /event code "T0006" with ""/],
    ["no id", "PP0000000000SALE9", "", /no transaction id/],
  ])("%s", async (_, from, to, problem) => {
    const text = (await readFile(new URL("paypal-stl/STL-20261106.01.009.tab.csv", FIXTURES), "utf8")).replaceAll(
      from,
      to,
    );
    const rows: Reading[] = [];
    for await (const chunk of stl.read(bytesOf(text))) rows.push(...chunk.filter(isRow));
    const sale = rows.filter((reading) => reading.kind === "event" || reading.kind === "rejected");
    expect(sale).toMatchObject([{ kind: "rejected", problem: expect.stringMatching(problem) }, { kind: "event" }]);
  });
});
