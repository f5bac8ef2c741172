import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  assessCoverage,
  COVERAGE_COLUMNS,
  COVERAGE_FROM,
  type CoverageRow,
} from "../../subgraphs/shared/coverage/assess-coverage.ts";
import { PLATFORM } from "../../subgraphs/shared/database/scope.ts";
import { type Ledger, openLedger } from "../support/ledger.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";

describe("what is missing of an account's files", () => {
  const weekly = ["2026-11-22", "2026-11-15", "2026-11-08"];

  test("silence is told from the interval that was usual, with time for weekends and holidays", () => {
    expect(assessCoverage({ days: weekly, numbers: [] }, "2026-12-06")).toMatchObject({
      usualDays: 7,
      dueBy: "2026-12-06",
      isSilent: false,
    });
    expect(assessCoverage({ days: weekly, numbers: [] }, "2026-12-07").isSilent).toBe(true);
    const daily = ["2026-11-20", "2026-11-19", "2026-11-18", "2026-11-17"];
    expect(assessCoverage({ days: daily, numbers: [] }, "2026-11-24")).toMatchObject({ usualDays: 1, isSilent: false });
    expect(assessCoverage({ days: daily, numbers: [] }, "2026-11-25").isSilent).toBe(true);
  });

  test("of two files nothing can be learnt yet", () => {
    expect(assessCoverage({ days: weekly.slice(1), numbers: [] }, "2030-01-01")).toMatchObject({
      usualDays: null,
      dueBy: null,
      isSilent: false,
    });
  });

  test("numbers that a later one overtook are gaps, each series by itself", () => {
    const numbers = [7, 9, 12, 9].map((number) => ({ series: "2026", number }));
    expect(
      assessCoverage({ days: [], numbers: [...numbers, { series: "2027", number: 1 }] }, "2026-11-24").gaps,
    ).toEqual([
      { series: "2026", from: 8, to: 8 },
      { series: "2026", from: 10, to: 11 },
    ]);
  });
});

type Statement = { readonly number: string; readonly date: string; readonly entry?: string };

function mt940Statement({ number, date, entry }: Statement): string {
  const day = date.slice(2).replaceAll("-", "");
  const line = entry === undefined ? "" : `:61:${day}C${entry.replace(".", ",")}NTRFNONREF//B${number}${day}\n`;
  const closing = (100 + Number(entry ?? 0)).toFixed(2).replace(".", ",");
  return `:20:X\n:25:NL18ABNA0484869868\n:28C:${number}/1\n:60F:C${day}EUR100,00\n${line}:62F:C${day}EUR${closing}\n`;
}

function camtStatement({ number, date, entry }: Statement, element: string): string {
  const balance = (code: string, amount: string) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${date}</Dt></Dt></Bal>`;
  const booked =
    entry === undefined
      ? ""
      : `<Ntry><Amt Ccy="EUR">${entry}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>${date}</Dt></BookgDt><AcctSvcrRef>B${number}${date}</AcctSvcrRef></Ntry>`;
  const closing = (100 + Number(entry ?? 0)).toFixed(2);
  return `<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>
<Stmt><Id>S${number}</Id><${element}>${number}</${element}><CreDtTm>2026-11-28T06:00:00</CreDtTm>
<Acct><Id><IBAN>NL18ABNA0484869868</IBAN></Id></Acct>${balance("OPBD", "100.00")}${balance("CLBD", closing)}${booked}
</Stmt></BkToCstmrStmt></Document>`;
}

describe("coverage of files that were taken", () => {
  let ledger: Ledger;
  beforeAll(async () => {
    ledger = await openLedger("coverage");
  });
  afterAll(() => ledger.close());

  const coverageOf = (merchantId: string) =>
    ledger.rows<CoverageRow>(`select ${COVERAGE_COLUMNS} from ${COVERAGE_FROM} where t.merchant_id = $1`, [merchantId]);

  const report = (account: string, batch: string, day: string) =>
    adyenReport(account, [{ psp: `P${batch}`, gross: 100, booked: `${day} 06:00:00` }], { batch });

  test("a batch that never came is a gap, until it comes", async () => {
    const shop = await ledger.openShop();
    await shop.feed(report(shop.adyen, "7", "2026-11-09"));
    await ledger.feed(PLATFORM, report(shop.adyen, "9", "2026-11-23"));
    const [row] = await coverageOf(shop.id);
    expect(row).toMatchObject({ provider: "adyen", account: shop.adyen, files: 2, last_date: "2026-11-23" });
    expect(assessCoverage(row!, "2026-11-24").gaps).toEqual([
      { series: "", from: 8, to: 8, since: "2026-11-09", until: "2026-11-23" },
    ]);
    await shop.feed(report(shop.adyen, "8", "2026-11-16"));
    const [filled] = await coverageOf(shop.id);
    expect(assessCoverage(filled!, "2026-11-24")).toMatchObject({ gaps: [], usualDays: 7 });
    expect(await ledger.violated()).toEqual([]);
  });

  describe.each([
    ["MT940's :28C:", mt940Statement],
    ["camt's ElctrncSeqNb", (statement: Statement) => camtStatement(statement, "ElctrncSeqNb")],
    ["camt's LglSeqNb", (statement: Statement) => camtStatement(statement, "LglSeqNb")],
  ])("statements numbered by %s", (_, write) => {
    const account = "NL18ABNA0484869868";
    const gapsOf = async (...statements: readonly Statement[]) => {
      const shop = await ledger.openShop({ accounts: [{ provider: "bank", account }] });
      for (const statement of statements) {
        expect((await shop.feed(write(statement))).record).toMatchObject({ problem: null });
      }
      const [row] = await coverageOf(shop.id);
      await ledger.rows("delete from accounts.provider_account where account = $1", [account]);
      return assessCoverage(row!, "2026-11-28").gaps;
    };

    test("a statement that never came is a gap, and one without entries is none", async () => {
      expect(
        await gapsOf(
          { number: "41", date: "2026-11-16", entry: "10.00" },
          { number: "42", date: "2026-11-17" },
          { number: "45", date: "2026-11-20", entry: "5.00" },
        ),
      ).toEqual([{ series: "2026", from: 43, to: 44, since: "2026-11-17", until: "2026-11-20" }]);
    });

    test("numbers begin anew with the year of the statement, whenever it was sent", async () => {
      expect(
        await gapsOf(
          { number: "251", date: "2025-12-31", entry: "10.00" },
          { number: "1", date: "2026-01-02", entry: "3.00" },
          { number: "2", date: "2026-01-05", entry: "4.00" },
        ),
      ).toEqual([]);
    });

    test("a date in place of a number has no gaps, nor has 0", async () => {
      expect(
        await gapsOf(
          { number: "26320", date: "2026-11-16", entry: "10.00" },
          { number: "26324", date: "2026-11-20", entry: "3.00" },
          { number: "324", date: "2026-11-20", entry: "4.00" },
          { number: "0", date: "2026-11-21", entry: "4.00" },
        ),
      ).toEqual([]);
    });
  });

  test("what an import shows of a provider is noted, by location, and a report told again changes nothing", async () => {
    const shop = await ledger.openShop();
    const entry = { stan: "000001", amount: 1000 };
    await shop.feed(terminalJournal(shop.terminal, [entry, { ...entry, stan: "000002", time: "2026-11-02 17:00:00" }]));
    const [own, ...others] = await shop.rows("transactions.provider_seen");
    expect(others).toEqual([]);
    expect(own).toMatchObject({ location_id: shop.id.replace("mer", "loc"), noticed_at: null });
    const times = (await shop.transactions()).map(({ occurred_at }) => String(occurred_at)).sort();
    expect([own?.["first_at"], own?.["last_at"]]).toEqual([times.at(0), times.at(-1)]);
    await shop.feed(`${terminalJournal(shop.terminal, [entry])}\n`);
    expect(await shop.rows("transactions.provider_seen")).toEqual([own]);
  });

  test("a provider that is known from settlements alone is noted with what is made of them", async () => {
    const shop = await ledger.openShop();
    await shop.feed(adyenReport(shop.adyen, [{ psp: `${shop.id}-PSP1`, gross: 1000, fee: 10 }]));
    await shop.reconcile();
    expect(await shop.rows("transactions.provider_seen")).toMatchObject([{ provider: "adyen", family: "ACQUIRER" }]);
  });

  test("a file that brings nothing new has come all the same", async () => {
    const shop = await ledger.openShop();
    const content = report(shop.adyen, "7", "2026-11-09");
    await shop.feed(content);
    await shop.feed(content.replaceAll("\n", "\r\n"));
    expect(await coverageOf(shop.id)).toMatchObject([{ files: 2 }]);
  });

  test("a rejected file covers nothing", async () => {
    const shop = await ledger.openShop();
    await shop.feed(adyenReport(shop.adyen, [{ psp: "P1", gross: 1 }], { payout: false }));
    expect(await coverageOf(shop.id)).toEqual([]);
  });
});
