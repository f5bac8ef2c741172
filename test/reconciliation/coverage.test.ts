import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  assessCoverage,
  COVERAGE_COLUMNS,
  COVERAGE_FROM,
  type CoverageRow,
} from "../../subgraphs/reconciliation/file-coverage/assess-coverage.ts";
import { PLATFORM } from "../../subgraphs/shared/database/scope.ts";
import { type Ledger, openLedger } from "../support/ledger.ts";
import { adyenReport } from "../support/settlement-files.ts";

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
    expect(assessCoverage(row!, "2026-11-24").gaps).toEqual([{ series: "", from: 8, to: 8 }]);
    await shop.feed(report(shop.adyen, "8", "2026-11-16"));
    const [filled] = await coverageOf(shop.id);
    expect(assessCoverage(filled!, "2026-11-24")).toMatchObject({ gaps: [], usualDays: 7 });
    expect(await ledger.violated()).toEqual([]);
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
