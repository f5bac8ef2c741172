import readWorkbook from "read-excel-file/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeXlsx } from "../../../subgraphs/transactions/export-formats/write-xlsx.ts";
import { openGraph, transactionRow } from "../support/graph.ts";
import { SUBGRAPHS } from "../support/settled-graph.ts";
import { type ExportDesk, openExportDesk } from "./export-desk.ts";
import { readPdf } from "./read-pdf.ts";
import { partOf } from "./workbook-part.ts";

const TEXTS = [
  '=HYPERLINK("http://x","y")',
  "+1+1",
  "a < b & c > d",
  "_x0041_",
  "bell \u0007",
  "two\nlines",
  "中文 😀",
  "  ",
];
const SALES = 130;

let desk: ExportDesk;
beforeAll(async () => {
  const graph = await openGraph("export_formats", SUBGRAPHS, { ann: { mer_a: "finance" } });
  for (const [index, text] of TEXTS.entries()) {
    const row = { merchant_reference: text, brand: "texts", occurred_at: new Date(Date.UTC(2026, 0, 1, 0, 0, index)) };
    await graph.insert("transactions.transaction", transactionRow("CCV_PAY", `text ${index}`, row));
  }
  for (let index = 0; index < SALES; index += 1) {
    const row = {
      brand: "many",
      occurred_at: new Date(Date.UTC(2026, 9, 25, 0, 30, 0) + index * 60_000),
      amount_minor: 100_000_000n + BigInt(index),
      currency: index % 2 === 0 ? "EUR" : "JPY",
      ...(index === 0 && { settled_fee_minor: -5n, settled_net_minor: 1n, settled_currency: "BHD" }),
      ...(index === 1 && { amount_minor: 9_007_199_254_740_993n }),
    };
    await graph.insert("transactions.transaction", transactionRow("CCV_PAY", `sale ${index}`, row));
  }
  await graph.insert("accounts.provider_account", { merchant_id: "mer_a", provider: "adyen", account: "Shop" });
  desk = await openExportDesk(graph);
});
afterAll(() => desk?.close());

const ASC = { field: "OCCURRED_AT", direction: "ASC" };

describe("a workbook", () => {
  test("has real numbers, dates and truths, and tells of itself on its second sheet", async () => {
    const columns = ["DATE", "BUSINESS_DATE", "AMOUNT", "FEES", "EVER_MANUAL", "STATUS", "UTC_OFFSET"];
    const { made, bytes } = await desk.made("ann", {
      format: "XLSX",
      locale: "NL",
      columns,
      order: ASC,
      filter: { brands: ["many"] },
    });
    expect(made["fileName"]).toMatch(/\.xlsx$/);
    const [data, about, ...others] = await readWorkbook(bytes);
    expect([data?.sheet, about?.sheet, others]).toEqual(["Transacties", "Over dit bestand", []]);
    const [header, first, second, ...rest] = data?.data ?? [];
    expect(header).toEqual(["Datum", "Boekdag", "Bedrag", "Kosten", "Ooit handmatig", "Status", "UTC-verschil"]);
    const clock = new Date(Date.UTC(2026, 9, 25, 2, 30));
    const [at, ...rest1] = first ?? [];
    // A reader makes of a fraction of a day what it can.
    expect(Math.round((at as unknown as Date).getTime() / 1_000) * 1_000).toBe(clock.getTime());
    expect(rest1).toEqual([new Date(Date.UTC(2026, 0, 5)), 1_000_000, -0.005, "nee", "geslaagd", "UTC+02:00"]);
    // Sixteen digits are more than a number holds.
    expect(second?.[2]).toBe("9007199254740993");
    expect(rest.length).toBe(SALES - 2);
    const facts = new Map((about?.data ?? []).map(([label, value]) => [label, value]));
    expect(facts.get("Rijen")).toBe(`${SALES}`);
    expect(facts.get("Filter")).toBe('brands: ["many"]');
    expect(facts.get("Dekking")).toBe("adyen: NEVER");
    expect(made["coverage"]).toMatchObject([{ provider: "adyen", state: "NEVER", freshAsOf: null }]);
  });

  test("holds texts as they are, and none of them is a formula", async () => {
    const columns = ["MERCHANT_REFERENCE"];
    const { bytes } = await desk.made("ann", { format: "XLSX", columns, order: ASC, filter: { brands: ["texts"] } });
    const [data] = await readWorkbook(bytes, { trim: false });
    const [, ...rows] = data?.data ?? [];
    expect(rows.map(([cell]) => cell)).toEqual(TEXTS);
    const sheet = partOf(bytes, "xl/worksheets/sheet1.xml");
    expect(sheet).not.toContain("<f>");
    expect(sheet).toContain('state="frozen"');
  });

  test("goes on in another sheet where one is full, and no row is lost at its end", async () => {
    const table = {
      title: "Rows",
      aboutTitle: "About",
      header: "",
      footer: "",
      locale: "EN" as const,
      bom: false,
      columns: [{ label: "Number", kind: "text" as const, width: 10 }],
      facts: [["Rows", "25"]] as const,
      rowCount: 25n,
      rows: (async function* () {
        for (let batch = 0; batch < 5; batch += 1) {
          yield Array.from({ length: 5 }, (_, index) => ["EUR", "", `n${batch * 5 + index}`]);
        }
      })(),
    };
    const pieces: Buffer[] = [];
    for await (const piece of writeXlsx(table, 12)) pieces.push(piece);
    const sheets = await readWorkbook(Buffer.concat(pieces));
    expect(sheets.map(({ sheet, data }) => [sheet, data.length])).toEqual([
      ["Rows", 13],
      ["Rows 2", 13],
      ["Rows 3", 2],
      ["About", 1],
    ]);
    const numbers = sheets.slice(0, 3).flatMap(({ data }) => data.slice(1).map(([cell]) => cell));
    expect(numbers).toEqual(Array.from({ length: 25 }, (_, index) => `n${index}`));
  });

  test("that cannot be read to its end is no file", async () => {
    const rows = (async function* () {
      yield [["EUR", "", "n1"]];
      throw new Error("the database went away");
    })();
    const columns = [{ label: "Number", kind: "text" as const, width: 10 }];
    const table = {
      title: "Rows",
      aboutTitle: "About",
      header: "",
      footer: "",
      locale: "EN" as const,
      bom: false,
      columns,
      facts: [],
      rowCount: 2n,
      rows,
    };
    const reading = (async () => {
      for await (const _ of writeXlsx(table));
    })();
    await expect(reading).rejects.toThrow("the database went away");
  });
});

describe("a PDF", () => {
  test("has what it is about on its first page, and head, page and columns on each that follows", async () => {
    const { made, bytes } = await desk.made("ann", {
      format: "PDF",
      locale: "FR",
      order: ASC,
      filter: { brands: ["many"] },
    });
    const [about = [], ...pages] = readPdf(bytes);
    expect(about.join(" ")).toContain("Filtre");
    expect(about.join(" ")).toContain('brands: ["many"]');
    expect(pages.length).toBe(Math.ceil(SALES / 48));
    for (const [index, texts] of pages.entries()) {
      expect(texts).toContain(`Page ${index + 2} / ${pages.length + 1}`);
      expect(texts).toContain("Montant");
      expect(texts).toContain("Fuseau horaire: Europe/Brussels");
      expect(texts.some((text) => text.startsWith(`${made["id"]}`))).toBe(true);
    }
    const amounts = pages.flat().filter((text) => /^(?:10000\d\d,\d\d|10000\d{4}|9007199254740993)$/.test(text));
    expect(amounts.length).toBe(SALES);
  });

  test("cuts what is too long for its column and marks it, and has a mark for letters that it lacks", async () => {
    const long = transactionRow("CCV_PAY", "long", { brand: "long", merchant_reference: `é中${"w".repeat(80)}` });
    await desk.graph.insert("transactions.transaction", long);
    const columns = ["MERCHANT_REFERENCE", "AMOUNT"];
    const { bytes } = await desk.made("ann", { format: "PDF", columns, filter: { brands: ["long"] } });
    const texts = readPdf(bytes).flat();
    // 0x85 is the ellipsis of Windows-1252.
    expect(texts.some((text) => /^é\?w+\u0085$/.test(text))).toBe(true);
  });
});
