import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adapter as adyen } from "../../adapters/providers/adyen-settlement-detail.ts";
import { zipOf } from "../adapters/zip.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { ADYEN_COLUMNS, adyenReport, edenredFile, terminalJournal } from "../support/settlement-files.ts";

/*
 * The list of files that providers, accidents and attackers send, by the number it has in our notes. It goes on in
 * bad-files-values (cuts, envelopes, values), bad-files-adapters (adapters that break, files that are too large) and
 * bad-files-sending (disks that are full, many at once, signatures). A file that is sent again, reordered or overlapping
 * (F03 to F05, F07), of a stranger or of another merchant (F37 to F39), or read by a worker that dies (F36, F43) has a suite
 * of its own: reimport, sender-binding, placement, preview, two-at-once and kill-worker. So have archives and XML by
 * themselves (test/adapters/unpack and xml).
 */
let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("bad_files");
});
afterAll(() => ledger.close());

const CAMT = readFileSync(new URL("../fixtures/camt/statement-2026-11-19.xml", import.meta.url), "utf8");
const sale = { psp: "P1", gross: 1000, fee: 10 };
const report = (shop: Shop) => adyenReport(shop.adyen, [sale]);
const journal = (shop: Shop, amount: string) =>
  terminalJournal(shop.terminal, [{ amount: 100, account: shop.adyen }]).replace(
    '"amount":"1.00"',
    `"amount":${amount}`,
  );
const inHeader = (text: string) => (shop: Shop) => report(shop).replace("Authorisation Code", text);
const xml = (change: (text: string) => string) => () => change(CAMT);

type Case = readonly [id: string, what: string, file: (shop: Shop) => string | Buffer, says: RegExp];

const REJECTED: readonly Case[] = [
  ["F01", "only a byte order mark", () => Buffer.from([0xef, 0xbb, 0xbf]), /no adapter accepts/],
  ["F01", "only a header", (shop) => adyenReport(shop.adyen, [], { payout: false }), /no rows/],
  ["F01", "only a trailer", () => "T;1;800;8;0;792;EDR-1\n", /no adapter accepts/],
  [
    "F08",
    "count right, sum wrong",
    () => edenredFile("7000001", [{ transaction: "1", amount: 800 }]).replace("T;1;800", "T;1;900"),
    /does not foot/,
  ],
  [
    "F08",
    "sum right, count wrong",
    () => edenredFile("7000001", [{ transaction: "1", amount: 800 }]).replace("T;1;", "T;2;"),
    /does not foot/,
  ],
  [
    "F12",
    "an unclosed quote at the second line",
    (shop) => report(shop).replace("7,Settled", '7,"Settled'),
    /quote that is never closed|more than 65536/,
  ],
  [
    "F13",
    "a column missing",
    (shop) => adyenReport(shop.adyen, [sale], { columns: ADYEN_COLUMNS.filter((name) => name !== "TimeZone") }),
    /no adapter accepts/,
  ],
  ["F13", "a column doubled", inHeader("Type"), /"Type" stands twice/],
  ["F13", "a column renamed", (shop) => report(shop).replace("Net Currency", "Currency"), /no adapter accepts/],
  ["F13", "a row narrower than its header", (shop) => `${report(shop)}7,Settled\n`, /has 2 cells where the format has/],
  [
    "F18",
    "bytes that are no UTF-8",
    (shop) => Buffer.from(report(shop).replace("P1,", "Pé,"), "latin1"),
    /not UTF-8 near byte/,
  ],
  ["F18", "UTF-16", (shop) => Buffer.from(`\ufeff${report(shop)}`, "utf16le"), /no adapter accepts/],
  [
    "F18",
    "an overlong encoding",
    (shop) => Buffer.concat([Buffer.from(report(shop)), Buffer.from([0xc0, 0xaf])]),
    /not UTF-8 near byte/,
  ],
  ["F21", "NUL bytes", (shop) => report(shop).replace("mc,", "m\0c,"), /NUL bytes near byte/],
  ["F21", "lines that end with a return alone", (shop) => report(shop).replaceAll("\n", "\r"), /no rows/],
  [
    "F23",
    "the stripe of a card, track 2",
    (shop) => report(shop).replace("P1,CP1", "P1,;4111111111111111=25121010000000000000?"),
    /magnetic stripe.*nobody may keep/,
  ],
  [
    "F23",
    "the stripe of a card, track 1",
    (shop) => report(shop).replace("P1,CP1", "P1,%B4111111111111111^DOE/J^2512101000000000?"),
    /magnetic stripe/,
  ],
  ["F23", "a column of verification codes", inHeader("CVV2"), /column "CVV2" is of card verification codes/],
  [
    "F24",
    "an external entity of a file",
    xml((text) => text.replace("<Document", '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document')),
    /DOCTYPE/,
  ],
  [
    "F24",
    "an entity of a parameter",
    xml((text) => text.replace("<Document", '<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]><Document')),
    /DOCTYPE/,
  ],
  [
    "F26",
    "100,000 nested tags",
    xml((text) => text.replace("</GrpHdr>", `${"<a>".repeat(100_000)}</GrpHdr>`)),
    /nest|deep|elements/i,
  ],
  [
    "F26",
    "an endless comment",
    xml((text) => text.replace("</GrpHdr>", `<!--${"x".repeat(3_000_000)}--></GrpHdr>`)),
    /comment|characters|long|larger/i,
  ],
  [
    "F27",
    "another root",
    xml((text) => text.replaceAll("BkToCstmrStmt", "BkToCstmrOther")),
    /no adapter accepts|no statement/,
  ],
  [
    "F28",
    "the same JSON key twice",
    (shop) =>
      terminalJournal(shop.terminal, [{ amount: 100 }]).replace('"amount":"1.00"', '"amount":"1.00","amount":"9.00"'),
    /twice|does not foot|not JSON/,
  ],
  ["F28", "JSON nested 100,000 deep", (shop) => journal(shop, `${"[".repeat(100_000)}${"]".repeat(100_000)}`), /./],
  [
    "F29",
    "entries that do not make the balance",
    xml((text) => text.replace('<Amt Ccy="EUR">69.5</Amt>', '<Amt Ccy="EUR">70.5</Amt>')),
    /does not foot/,
  ],
  [
    "F29",
    "a credit told as a debit",
    xml((text) =>
      text
        .replace(/(69\.5<\/Amt>\s*<CdtDbtInd>)CRDT/, "$1DBIT")
        .replace(/(965\.40<\/Amt>\s*<CdtDbtInd>)CRDT/, "$1DBIT"),
    ),
    /does not foot/,
  ],
  [
    "F33",
    "a zip of two files",
    (shop) =>
      zipOf([
        { name: "a.csv", content: Buffer.from(report(shop)) },
        { name: "A.csv", content: Buffer.from(report(shop)) },
      ]),
    /several files/,
  ],
  [
    "F33",
    "a zip entry outside its folder",
    (shop) => zipOf([{ name: "../../etc/x", content: Buffer.from(report(shop)) }]),
    /outside itself/,
  ],
  [
    "F33",
    "an encrypted zip",
    (shop) => zipOf([{ name: "a.csv", content: Buffer.from(report(shop)), flags: 1 }]),
    /encrypted/,
  ],
  ["F33", "a bomb", () => gzipSync(Buffer.alloc(200_000_000)), /times its size|no adapter accepts/],
  ["F33", "an archive in an archive", (shop) => gzipSync(gzipSync(report(shop))), /another archive/],
  ["F35", "a PDF named .csv", () => "%PDF-1.7\n1 0 obj\n", /no adapter accepts/],
  ["F35", "a web page named .csv", () => "<!doctype html><html><body>Not found</body></html>", /no adapter accepts/],
  ["F35", "a program named .csv", () => Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), /no adapter accepts/],
  ["F41", "a batch that is a cent short", (shop) => report(shop).replace("9.90", "9.91"), /does not foot|nets to zero/],
  [
    "F52",
    "the text that virus scanners are tested with",
    () => "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    /no adapter accepts/,
  ],
];

describe("a file that is refused leaves no row", () => {
  test.each(REJECTED)("%s %s", async (_id, _what, file, says) => {
    const shop = await ledger.openShop({ accounts: [{ provider: "bank", account: "BE68539007547034" }] });
    const { record } = await shop.feed(file(shop), "settlement.csv");
    expect(record).toMatchObject({ status: "REJECTED", problem: expect.stringMatching(says), attention: ["REJECTED"] });
    expect(record.problem).not.toMatch(/\d{13}|adapter failed/);
    expect(Object.values(await shop.factCounts()).every((count) => count === 0)).toBe(true);
    expect(await shop.rows("reconciliation.source_record")).toEqual([]);
  });
});

const MISSING_ROW: readonly Case[] = [
  ["F15", "an amount beyond 2^63", (shop) => journal(shop, '"92233720368547758.08"'), /amount|92233720368547758/],
  ["F15", "an amount that is not a number", (shop) => journal(shop, '"NaN"'), /NaN/],
  [
    "F16",
    "a currency nobody has",
    (shop) => terminalJournal(shop.terminal, [{ amount: 100 }]).replace('"currency":"EUR"', '"currency":"XQQ"'),
    /XQQ/,
  ],
  [
    "F16",
    "yen with decimals",
    (shop) => terminalJournal(shop.terminal, [{ amount: 100 }]).replace('"currency":"EUR"', '"currency":"JPY"'),
    /JPY/,
  ],
  [
    "F17",
    "30 February",
    (shop) => terminalJournal(shop.terminal, [{ amount: 100, time: "2026-02-30 10:00:00" }]),
    /2026-02-30/,
  ],
  ["F17", "25:61", (shop) => terminalJournal(shop.terminal, [{ amount: 100, time: "2026-02-20 25:61:00" }]), /25:61/],
  [
    "F17",
    "an hour that the clock leaves out",
    (shop) => terminalJournal(shop.terminal, [{ amount: 100, time: "2026-03-29 02:30:00" }]),
    /02:30/,
  ],
  [
    "F17",
    "the year 9999",
    (shop) => terminalJournal(shop.terminal, [{ amount: 100, time: "9999-01-01 10:00:00" }]),
    /9999-01-01 10:00:00.*expected a year/,
  ],
  [
    "F17",
    "a day that is years away",
    (shop) => terminalJournal(shop.terminal, [{ amount: 100, time: "2126-01-01 10:00:00" }]),
    /2126-01-01, more than two days from now/,
  ],
  [
    "F38",
    "a terminal nobody has",
    () => terminalJournal("11111111", [{ amount: 100, circuit: "ELAVON" }]),
    /terminal "11111111"/,
  ],
];

describe("a row that cannot be taken is kept with its reason, and the others come in", () => {
  test.each(MISSING_ROW)("%s %s", async (id, _what, file, says) => {
    const shop = await ledger.openShop();
    // A row whose amount cannot be read is in no sum, the journal's own included.
    const isUncounted = id === "F15" || id === "F16";
    const content = file(shop)
      .toString()
      .replace(/"totals":\[[^\]]*\]/, (totals) => (isUncounted ? '"totals":[]' : totals));
    const { record } = await shop.feed(content);
    expect(record.problem).toBeNull();
    expect(record).toMatchObject({ status: "PARTIALLY_APPLIED", rows_accepted: 0, rows_quarantined: 1 });
    const records = await shop.rows("reconciliation.source_record");
    expect(records.filter(({ disposition }) => disposition === "QUARANTINED")).toMatchObject([
      { problem: expect.stringMatching(says) },
    ]);
  });
});

describe("what is taken is taken exactly", () => {
  test("F20, F49: formulas, markup and quotes in texts are stored as they are", async () => {
    const shop = await ledger.openShop();
    const texts = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "＝1", " =1", "<script>alert(1)</script>"];
    await shop.feed(
      adyenReport(
        shop.adyen,
        texts.map((merchantReference, at) => ({ psp: `P${at}`, gross: 1, merchantReference })),
      ),
    );
    const stored = (await shop.rows("reconciliation.settlement_line")).map((line) => line.merchant_reference);
    for (const text of texts) expect(stored.map((value) => String(value).trim())).toContain(text.trim());
  });

  test("F31: a report comes in from a zip or a gzip of it as it would by itself", async () => {
    for (const pack of [
      (text: string) => gzipSync(text),
      (text: string) => zipOf([{ name: "r.csv", content: Buffer.from(text) }]),
    ]) {
      const shop = await ledger.openShop();
      expect((await shop.feed(pack(report(shop)))).record).toMatchObject({ status: "APPLIED", rows_accepted: 2 });
    }
  });

  test("F15: amounts beyond 2^53 keep every digit", async () => {
    const shop = await ledger.openShop();
    const gross = 9_007_199_254_740_992;
    await shop.feed(adyenReport(shop.adyen, [{ psp: "P1", gross }]));
    const lines = await ledger.rows(
      "select gross_minor::text from reconciliation.settlement_line where merchant_id = $1 and kind = 'SALE'",
      [shop.id],
    );
    expect(lines).toEqual([{ gross_minor: `${gross}` }]);
  });

  test("F22: a card number leaves no trace, wherever it was written", async () => {
    const shop = await ledger.openShop({ mapped: false });
    const written = [
      "4111111111111111",
      "4111 1111 1111 1111",
      "4111-1111-1111-1111",
      "４１１１１１１１１１１１１１１１",
      "paid 4111.1111.1111.1111 ok",
    ];
    const spread = adyenReport(shop.adyen, [{ psp: "P9", gross: 1, merchantReference: "4111 1111,1111 1111" }]);
    await shop.feed(
      adyenReport(
        shop.adyen,
        written.map((merchantReference, at) => ({ psp: `P${at}`, gross: 1, merchantReference })),
      ).replace("Authorisation Code", "4111 1111 1111 1111"),
      "4111111111111111.csv",
    );
    await shop.feed(spread.replace(",4111 1111,1111 1111,mc", ",4111 1111,1111 1111"));
    const tables = ["source_file", "source_record", "settlement_line", "bank_entry"].map((name) =>
      shop.rows(`reconciliation.${name}`),
    );
    const stored = JSON.stringify(await Promise.all(tables)).normalize("NFKC");
    expect(stored.replaceAll(/[^0-9*]/g, " ")).not.toMatch(/4111 ?1111 ?1111 ?1111/);
    expect(await ledger.violated()).toEqual([]);
  });

  test("F28: names of JavaScript's own objects are names like others", async () => {
    const shop = await ledger.openShop();
    const { record } = await shop.feed(
      terminalJournal(shop.terminal, [{ amount: 100, account: shop.adyen }]).replace(
        '"brand"',
        '"__proto__":{"amount":"9"},"constructor":{"prototype":{"status":"success"}},"brand"',
      ),
    );
    expect(record).toMatchObject({ rows_accepted: 1 });
    expect(await shop.transactions()).toMatchObject([{ amount_minor: 100 }]);
    expect(({} as { amount?: string; status?: string }).amount ?? ({} as { status?: string }).status).toBeUndefined();
  });

  test.each([
    ["../../x.csv", "x.csv"],
    ["..\\..\\x.csv", "x.csv"],
    ["x.csv\0.exe", "x.csv.exe"],
    ["x".repeat(5_000), "x".repeat(255)],
    ["two\nlines", "twolines"],
    ["; rm -rf", "; rm -rf"],
    ["-rf", "-rf"],
    ["💶.csv", "💶.csv"],
    ["", "unnamed"],
  ])("F34: the name %j is data, shown as %j", async (name, shown) => {
    const shop = await ledger.openShop();
    expect((await shop.feed(report(shop), name)).record).toMatchObject({ status: "APPLIED", name: shown });
  });

  test("F47: a sender whose clock is a day ahead is taken, and flagged", async () => {
    const shop = await ledger.openShop();
    const tomorrow = new Date(Date.now() + 20 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
    const { record } = await shop.feed(
      terminalJournal(shop.terminal, [{ amount: 100, account: shop.adyen, time: tomorrow }]),
    );
    expect(record).toMatchObject({ status: "APPLIED", rows_accepted: 1, attention: ["CLOCK_AHEAD"] });
  });

  test("F09: a batch that comes again is known, and one that skips a number is taken with a gap to show", async () => {
    const shop = await ledger.openShop();
    await shop.feed(report(shop));
    const again = await shop.feed(report(shop).replaceAll("\n", "\r\n"));
    expect(again.record).toMatchObject({ status: "APPLIED", rows_accepted: 0, rows_duplicate: 2 });
    const later = await shop.feed(adyenReport(shop.adyen, [{ psp: "P9", gross: 5 }], { batch: "9" }));
    expect(later.record).toMatchObject({ status: "APPLIED", rows_accepted: 2 });
    const numbers = (await shop.rows("reconciliation.file_account")).flatMap((row) => row.numbers as object[]);
    expect(numbers).toEqual(
      expect.arrayContaining([
        { series: "", number: 7 },
        { series: "", number: 9 },
      ]),
    );
  });
});

describe("size", () => {
  test("F01: an empty file is not even received", async () => {
    const shop = await ledger.openShop();
    await expect(shop.feed("", "empty.csv")).rejects.toThrow('"empty.csv" is empty; send it again');
    expect(await shop.rows("reconciliation.source_file")).toEqual([]);
  });

  test("F10: a line without end is refused after 64 kB, not read to its end", async () => {
    let sent = 0;
    const endless = async function* () {
      yield Buffer.from(`${ADYEN_COLUMNS.join(",")}\n`);
      for (const piece = Buffer.alloc(65_536, "x"); sent < 1_073_741_824; sent += piece.length) yield piece;
    };
    const reading = async () => {
      for await (const _ of adyen.read(endless()));
    };
    await expect(reading()).rejects.toThrow(/more than 65536 characters/);
    expect(sent).toBeLessThan(1_048_576);
  });

  test("F12: a quote that opens on the second line of a million is found within two seconds", async () => {
    const shop = await ledger.openShop();
    const [header, row = ""] = report(shop).split("\n");
    const content = `${header}\n${row.replace("Settled", '"Settled')}\n${`${row}\n`.repeat(300_000)}`;
    const started = process.cpuUsage();
    const { record } = await shop.feed(content);
    const { user, system } = process.cpuUsage(started);
    expect(record).toMatchObject({ status: "REJECTED" });
    expect((user + system) / 1e6).toBeLessThan(2);
  });

  test("F13: five thousand columns are refused", async () => {
    const shop = await ledger.openShop();
    const header = Array.from({ length: 5_000 }, (_, at) => `column ${at}`).join(",");
    expect((await shop.feed(`${header}\n${"1,".repeat(4_999)}1\n`)).record).toMatchObject({ status: "REJECTED" });
  });
});
