import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../../support/until.ts";
import { openGraph, transactionRow } from "../support/graph.ts";
import { SUBGRAPHS } from "../support/settled-graph.ts";
import { type ExportDesk, openExportDesk } from "./export-desk.ts";
import { readExportCsv } from "./read-csv.ts";

/** What spreadsheets run when a cell begins with it, and what only looks like it. */
const ATTACKS = [
  '=HYPERLINK("http://x","y")',
  "=cmd|' /C calc'!A0",
  "+1+1",
  "-2+3",
  "@SUM(1)",
  "\t=1",
  "\r=1",
  " =1+1",
  "＝1+1",
  "＋1",
  "－1",
  "＠A1",
  "# Rows: 7",
];
const HARMLESS = ['say "hi", twice; or\r\nin two lines', "a=b", "12-3", "é ü ß 中文", "’quoted’"];

let desk: ExportDesk;
beforeAll(async () => {
  const graph = await openGraph("export_files", SUBGRAPHS, { ann: { mer_a: "finance" } });
  for (const [index, text] of [...ATTACKS, ...HARMLESS].entries()) {
    const row = { merchant_reference: text, brand: "texts" };
    await graph.insert("transactions.transaction", transactionRow("CCV_PAY", `text ${index}`, row));
  }
  // The hour that Brussels had twice, and the one that it never had.
  for (const at of [
    "2026-10-25T00:30:00.123Z",
    "2026-10-25T01:30:00.000Z",
    "2026-03-29T00:59:59.999Z",
    "2026-03-29T01:00:00Z",
  ]) {
    const row = { occurred_at: at, brand: "clock", amount_minor: 123_456n };
    await graph.insert("transactions.transaction", transactionRow("CCV_PAY", at, row));
  }
  desk = await openExportDesk(graph);
});
afterAll(() => desk?.close());

describe("a CSV", () => {
  const texts = { filter: { brands: ["texts"] }, columns: ["MERCHANT_REFERENCE", "TRANSACTION_NUMBER"] };

  test("holds no cell that a spreadsheet would run, and every text as it was after the mark", async () => {
    const { bytes } = await desk.made("ann", texts);
    const { rows } = readExportCsv(bytes);
    const byNumber = new Map(rows.map((row) => [row["Transaction number"], row["Merchant reference"]]));
    for (const [index, text] of ATTACKS.entries()) expect(byNumber.get(`text ${index}`)).toBe(`'${text}`);
    for (const [index, text] of HARMLESS.entries()) {
      expect(byNumber.get(`text ${ATTACKS.length + index}`)).toBe(text);
    }
  });

  test("tells of itself nothing that a row of data could say", async () => {
    const { facts, rows } = readExportCsv((await desk.made("ann", texts)).bytes);
    expect(rows.length).toBe(ATTACKS.length + HARMLESS.length);
    expect(facts.get("Rows")).toBe(`${rows.length}`);
  });

  test("keeps amounts numbers, negative ones too", async () => {
    const graph = desk.graph;
    const row = { brand: "fees", settled_fee_minor: -5n, settled_net_minor: -5n, settled_currency: "EUR" };
    await graph.insert("transactions.transaction", transactionRow("ACQUIRER", "fees", row));
    const { bytes } = await desk.made("ann", { filter: { brands: ["fees"] }, columns: ["FEES", "NET"] });
    expect(bytes.toString().split("\r\n")[1]).toBe("-0.05,-0.05");
  });

  test("begins with a byte order mark where it is asked for, as it is when nothing is said", async () => {
    const plain = await desk.made("ann", texts);
    expect(plain.bytes[0]).toBe("M".charCodeAt(0));
    const marked = await desk.made("ann", { ...texts, bom: null });
    expect([...marked.bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  });
});

describe("a language", () => {
  const clock = { filter: { brands: ["clock"] }, columns: ["DATE", "STATUS", "AMOUNT", "STATUS_ORIGIN"] };
  test.each([
    ["EN", ",", ["Date", "Status", "Amount", "Status origin"], "success", "1234.56", "automatic"],
    ["FR", ";", ["Date", "Statut", "Montant", "Origine du statut"], "réussie", "1234,56", "automatique"],
    ["NL", ";", ["Datum", "Status", "Bedrag", "Herkomst status"], "geslaagd", "1234,56", "automatisch"],
    ["DE", ";", ["Datum", "Status", "Betrag", "Herkunft des Status"], "erfolgreich", "1234,56", "automatisch"],
  ] as const)("of %s has its words, its delimiter and its decimals", async (locale, delimiter, header, ...values) => {
    const { bytes } = await desk.made("ann", { ...clock, locale });
    const read = readExportCsv(bytes, delimiter);
    expect(read.header).toEqual(header);
    expect(Object.values(read.rows[0] ?? {}).slice(1)).toEqual(values);
  });
});

describe("a time zone", () => {
  const clock = {
    filter: { brands: ["clock"] },
    columns: ["DATE", "UTC_OFFSET"],
    order: { field: "OCCURRED_AT", direction: "ASC" },
  };
  test.each([
    [
      "Europe/Brussels",
      [
        ["2026-03-29 01:59:59", "UTC+01:00"],
        ["2026-03-29 03:00:00", "UTC+02:00"],
        ["2026-10-25 02:30:00", "UTC+02:00"],
        ["2026-10-25 02:30:00", "UTC+01:00"],
      ],
    ],
    [
      "America/New_York",
      [
        ["2026-03-28 20:59:59", "UTC-04:00"],
        ["2026-03-28 21:00:00", "UTC-04:00"],
        ["2026-10-24 20:30:00", "UTC-04:00"],
        ["2026-10-24 21:30:00", "UTC-04:00"],
      ],
    ],
    [
      "Asia/Kolkata",
      [
        ["2026-03-29 06:29:59", "UTC+05:30"],
        ["2026-03-29 06:30:00", "UTC+05:30"],
        ["2026-10-25 06:00:00", "UTC+05:30"],
        ["2026-10-25 07:00:00", "UTC+05:30"],
      ],
    ],
  ])("%s has its own clock, and tells the hour that there is twice", async (zone, expected) => {
    const { bytes } = await desk.made("ann", { ...clock, zone });
    const { rows, facts } = readExportCsv(bytes);
    expect(rows.map((row) => Object.values(row))).toEqual(expected);
    expect(facts.get("Time zone")).toMatch(new RegExp(`^${zone} \\(UTC[+-]\\d\\d:\\d\\d\\)$`));
  });
});

describe("a file as of an instant", () => {
  const asked = { filter: { brands: ["changed"] }, columns: ["TRANSACTION_NUMBER", "STATUS", "FEES"] };

  test("has rows, totals and filter of then, and says so", async () => {
    const sale = transactionRow("CCV_PAY", "changed", { brand: "changed" });
    await desk.graph.insert("transactions.transaction", sale);
    const [clock] = await desk.graph.sql<{ now: Date }>(
      "select date_trunc('ms', clock_timestamp()) + interval '1 ms' as now",
    );
    const then = clock?.now.toISOString();
    await until(async () => {
      const [{ over = false } = {}] = await desk.graph.sql<{ over: boolean }>("select clock_timestamp() > $1 as over", [
        then,
      ]);
      return over;
    });
    const later = transactionRow("CCV_PAY", "later", { brand: "changed" });
    await desk.graph.insert("transactions.transaction", later);
    await desk.graph.sql(
      "update transactions.transaction set status = 'REFUSED', base_status = 'REFUSED', captured_minor = 0 where id = $1",
      [sale.id],
    );
    const { made, bytes } = await desk.made("ann", { ...asked, asOf: then });
    const { facts, rows } = readExportCsv(bytes);
    expect(rows).toEqual([{ "Transaction number": "changed", Status: "success", Fees: "" }]);
    expect(facts.get("As it was at")).toBe(then);
    expect(made).toMatchObject({ totals: [{ count: "1", gross: { amountMinor: "1250" } }], rowsTotal: "1" });
    const now = readExportCsv((await desk.made("ann", asked)).bytes);
    expect(now.rows.map((row) => row["Status"]).sort()).toEqual(["refused", "success"]);
  });

  test("leaves out what is not kept as it was, and is refused where that is asked for", async () => {
    const asOf = new Date().toISOString();
    const { columns } = await desk.create("ann", { asOf });
    expect(columns).not.toContain("PAYOUT_REFERENCE");
    expect(await desk.create("ann", { asOf, columns: ["PAYOUT_REFERENCE"] })).toMatchObject({
      __typename: "ExportRefused",
      message: expect.stringContaining("PAYOUT_REFERENCE"),
    });
  });
});
