import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { holds, type SettlementAdapter } from "../../adapters/adapter.ts";
import { adapter as camt } from "../../adapters/providers/camt.ts";
import { adapter as edenred } from "../../adapters/providers/edenred.ts";
import { bytesOf, readAll } from "../adapters/fixtures.ts";
import { randomFrom } from "../adapters/mutations.ts";
import { zipOf } from "../adapters/zip.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport, edenredFile, terminalJournal } from "../support/settlement-files.ts";

/* More of the list in bad-files.test.ts: cuts, envelopes, and values that are near to right. */

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("bad_files_values");
});
afterAll(() => ledger.close());

const IBAN = "BE68539007547034";
const CAMT = readFileSync(new URL("../fixtures/camt/statement-2026-11-19.xml", import.meta.url), "utf8");
const VOUCHERS = edenredFile(
  "7000001",
  Array.from({ length: 40 }, (_, index) => ({ transaction: `${900 + index}`, amount: 100 + index })),
);
const sale = { psp: "P1", gross: 1000, fee: 10 };
const report = (shop: Shop) => adyenReport(shop.adyen, [sale]);
const xml = (change: (text: string) => string) => () => {
  const changed = change(CAMT);
  expect(changed).not.toBe(CAMT);
  return changed;
};

describe("F02: a file that is cut says so", () => {
  test.each<readonly [string, SettlementAdapter, string]>([
    ["CSV", edenred, VOUCHERS],
    ["XML", camt, CAMT],
  ])("%s, at 200 random bytes", async (_, adapter, content) => {
    const whole = Buffer.from(content.trimEnd());
    const random = randomFrom(20_261_128);
    const outcomes = { refused: 0, "does not foot": 0 };
    for (let times = 0; times < 200; times += 1) {
      const at = 1 + random(whole.length - 1);
      const outcome = await readAll(adapter, bytesOf(whole.subarray(0, at))).then(
        ({ totals }) => (totals.every(holds) ? `foots, cut at ${at}` : "does not foot"),
        ({ code }: { code?: string }) => (code === "FILE_REJECTED" ? "refused" : `throws ${code}`),
      );
      expect(Object.keys(outcomes)).toContain(outcome);
      outcomes[outcome as keyof typeof outcomes] += 1;
    }
    expect(outcomes.refused + outcomes["does not foot"]).toBe(200);
  });
});

type Case = readonly [id: string, what: string, file: (shop: Shop) => string | Buffer, says: RegExp];

const mt940 = (day: string) =>
  `:20:X\n:25:${IBAN}\n:28C:7/1\n:60F:C${day}EUR1,00\n:61:${day}C1,00NTRFNONREF\n:62F:C${day}EUR2,00\n`;
const inThreeDays = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(2, 10).replaceAll("-", "");

const REJECTED: readonly Case[] = [
  [
    "F09",
    "a statement number of a day that is still to come",
    () => mt940(inThreeDays),
    /statement 7 is of .*still to come/,
  ],
  [
    "F13",
    "two columns under each other's name",
    (shop) => {
      const [header = "", ...rows] = report(shop).split("\n");
      const names = header.replace("Markup (NC)", "?").replace("Net Credit (NC)", "Markup (NC)");
      return [names.replace("?", "Net Credit (NC)"), ...rows].join("\n");
    },
    /does not foot/,
  ],
  ["F18", "UTF-16 without a mark", (shop) => Buffer.from(report(shop), "utf16le"), /no adapter accepts/],
  [
    "F18",
    "UTF-8 that goes on as ISO-8859-1",
    (shop) => Buffer.concat([Buffer.from(`${report(shop)}7,Réglé`), Buffer.from("7,Réglé\n", "latin1")]),
    /not UTF-8 near byte \d+/,
  ],
  [
    "F21",
    "line ends of both kinds, one of them inside a row",
    (shop) => report(shop).replace("Settled,", "Settled\r\n,"),
    /cells where the format has/,
  ],
  [
    "F24",
    "a DOCTYPE of another place",
    xml((text) => text.replace("<Document", '<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd"><Document')),
    /DOCTYPE/,
  ],
  [
    "F24",
    "another file that is included",
    xml((text) =>
      text.replace("</GrpHdr>", '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd"/></GrpHdr>'),
    ),
    /include another file/,
  ],
  [
    "F24",
    "a schema at a URL",
    xml((text) => text.replace(/xsi:schemaLocation="[^"]*"/, 'xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"')),
    /schema at a URL/,
  ],
  [
    "F24",
    "a stylesheet",
    xml((text) => text.replace("<Document", '<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?><Document')),
    /stylesheet/,
  ],
  [
    "F26",
    "a million attributes",
    xml((text) =>
      text.replace("<GrpHdr>", `<GrpHdr ${Array.from({ length: 200_000 }, (_, at) => `a${at}=""`).join(" ")}>`),
    ),
    /attributes|longer than a megabyte/,
  ],
  [
    "F26",
    "a section of text without end",
    xml((text) => text.replace("</GrpHdr>", `<![CDATA[${"x".repeat(3_000_000)}]]></GrpHdr>`)),
    /longer than a megabyte/,
  ],
  [
    "F27",
    "another namespace",
    xml((text) => text.replace("xsd:camt.053.001.08", "xsd:pain.001.001.03")),
    /no adapter accepts/,
  ],
  [
    "F27",
    "version 2, written as version 8",
    xml((text) => text.replace("xsd:camt.053.001.08", "xsd:camt.053.001.02")),
    /another version than the file's namespace says/,
  ],
  ["F27", "UTF-7", xml((text) => text.replace('encoding="UTF-8"', 'encoding="UTF-7"')), /encoded as "UTF-7"/],
  ...(["/etc/x", "C:\\x.csv"] as const).map(
    (name): Case => [
      "F33",
      `a zip entry named ${name}`,
      (shop) => zipOf([{ name, content: Buffer.from(report(shop)) }]),
      /outside itself/,
    ],
  ),
  ...(
    [
      ["a link", 0o120777],
      ["a device", 0o020666],
    ] as const
  ).map(
    ([what, unixMode]): Case => [
      "F33",
      `a zip of ${what}`,
      (shop) => zipOf([{ name: "x.csv", content: Buffer.from(report(shop)), unixMode }]),
      /a link or a device/,
    ],
  ),
  [
    "F35",
    "a workbook named .csv",
    () =>
      zipOf([
        { name: "[Content_Types].xml", content: Buffer.from("<Types/>") },
        { name: "xl/workbook.xml", content: Buffer.from("<workbook/>") },
      ]),
    /several files/,
  ],
];

describe("a file that is refused leaves no row", () => {
  test.each(REJECTED)("%s %s", async (_id, _what, file, says) => {
    const shop = await ledger.openShop({ accounts: [{ provider: "bank", account: IBAN }] });
    const { record } = await shop.feed(file(shop), "settlement.csv");
    expect(record).toMatchObject({ status: "REJECTED", problem: expect.stringMatching(says) });
    expect(Object.values(await shop.factCounts()).every((count) => count === 0)).toBe(true);
    expect(await shop.rows("reconciliation.source_record")).toEqual([]);
    await ledger.rows("delete from accounts.provider_account where account = $1", [IBAN]);
  });
});

const at = (time: string) => (shop: Shop) => terminalJournal(shop.terminal, [{ amount: 100, time }]);
/** A row whose amount cannot be read is in no sum, the journal's own included. */
const withCurrency = (currency: string) => (shop: Shop) =>
  terminalJournal(shop.terminal, [{ amount: 100 }])
    .replace('"currency":"EUR"', `"currency":"${currency}"`)
    .replace(/"totals":\[[^\]]*\]/, '"totals":[]');

const MISSING_ROW: readonly Case[] = [
  ["F16", "no currency", withCurrency(""), /""/],
  ["F16", "dinars of Bahrain with two decimals", withCurrency("BHD"), /BHD/],
  ["F17", "a year of two digits", at("26-02-20 10:00:00"), /26-02-20/],
  ["F17", "a day in American order", at("02/20/2026 10:00:00"), /02\/20\/2026/],
  ["F17", "the epoch", at("1970-01-01 00:00:00"), /1970-01-01/],
  [
    "F28",
    "a number beyond all numbers",
    (shop) =>
      terminalJournal(shop.terminal, [{ amount: 100 }])
        .replace('"amount":"1.00"', '"amount":1E400')
        .replace(/"totals":\[[^\]]*\]/, '"totals":[]'),
    /1E400|amount/,
  ],
];

describe("a row that cannot be taken is kept with its reason", () => {
  test.each(MISSING_ROW)("%s %s", async (_id, _what, file, says) => {
    const shop = await ledger.openShop();
    const { record } = await shop.feed(file(shop));
    expect(record).toMatchObject({ status: "PARTIALLY_APPLIED", problem: null, rows_accepted: 0, rows_quarantined: 1 });
    const records = await shop.rows("reconciliation.source_record");
    expect(records.filter(({ disposition }) => disposition === "QUARANTINED")).toMatchObject([
      { problem: expect.stringMatching(says) },
    ]);
  });
});

describe("what is taken is taken exactly", () => {
  test("F15: zero, minus zero and a fee that is given back", async () => {
    const shop = await ledger.openShop();
    const content = adyenReport(shop.adyen, [
      { psp: "P1", gross: 0 },
      { psp: "P2", gross: 0, fee: 3 },
      { psp: "P3", gross: 500, fee: -20 },
    ]);
    const { record } = await shop.feed(content.replace(",0.00,", ",-0.00,"));
    expect(record).toMatchObject({ problem: null });
    const lines = await ledger.rows(
      `select gross_minor, fee_minor, net_minor from reconciliation.settlement_line
       where merchant_id = $1 and kind = 'SALE' order by gross_minor, net_minor desc`,
      [shop.id],
    );
    expect(lines).toEqual([
      { gross_minor: 0, fee_minor: 0, net_minor: 0 },
      { gross_minor: 0, fee_minor: -3, net_minor: -3 },
      { gross_minor: 500, fee_minor: 20, net_minor: 520 },
    ]);
  });

  test("F17: an hour that the clock has twice is taken, as the first, and marked", async () => {
    const shop = await ledger.openShop();
    await shop.feed(
      terminalJournal(shop.terminal, [{ amount: 100, account: shop.adyen, time: "2026-10-25 02:30:00" }]),
    );
    expect(await shop.transactions()).toMatchObject([
      { occurred_at: "2026-10-25T00:30:00.000Z", time_ambiguous: true },
    ]);
  });

  test("F29: a reversal has the direction it was booked in, and a batch without details is one entry", async () => {
    const shop = await ledger.openShop({ accounts: [{ provider: "bank", account: "BE71096123456769" }] });
    const bare = CAMT.replaceAll(/<NtryDtls>[\s\S]*?<\/NtryDtls>/g, "");
    const { record } = await shop.feed(bare);
    expect(record).toMatchObject({ problem: null });
    const entries = await shop.rows("reconciliation.bank_entry");
    const sum = entries.reduce((total, { amount_minor }) => total + Number(amount_minor), 0);
    expect([entries.length, sum]).toEqual([Number(record["rows_accepted"]), 230_745 - 125_000]);
    expect(entries.filter(({ reversal }) => reversal)).not.toEqual([]);
  });

  test("F36: the same file by upload and by folder at once is one file", async () => {
    const shop = await ledger.openShop();
    const content = report(shop);
    const fed = await Promise.all([shop.feed(content, "a.csv"), shop.feed(content, "b.csv")]);
    expect(new Set(fed.map(({ id }) => id)).size).toBe(1);
    expect(await shop.rows("reconciliation.source_file")).toHaveLength(1);
    expect(await shop.rows("reconciliation.settlement_line")).toHaveLength(2);
  });
});
