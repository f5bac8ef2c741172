import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { adapters } from "../../adapters/registry.ts";
import { type FolderSummary, inspectFolder, tableOf } from "../../commands/inspect-folder.ts";
import { adyenReport } from "../support/settlement-files.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures");
const SAMPLES = join(import.meta.dirname, "../../../shared/samples");
const quiet = () => undefined;

function expectAllAccounted(summaries: readonly FolderSummary[]) {
  for (const { folder, adapter, rows, taken, skipped, rejected } of summaries) {
    expect(taken + skipped + rejected, `${folder} ${adapter}`).toBe(rows);
  }
}

test("each format's fixtures are read by its own adapter, and every row is accounted for", async () => {
  const summaries = (await inspectFolder(FIXTURES, quiet)).filter(({ adapter }) => adapter !== null);
  expectAllAccounted(summaries);
  for (const { name } of adapters) {
    const own = summaries.filter(({ folder }) => folder === name);
    expect(
      own.map(({ adapter }) => adapter),
      `formats in ${name}`,
    ).toEqual([name]);
  }
});

test("a folder's table tells formats, counts, reasons and files that would be refused; links are left alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "concord-inspect-"));
  try {
    const good = adyenReport("Shop", [{ psp: "P1", gross: 1000, fee: 10 }]);
    await writeFile(join(folder, "good.csv"), good);
    await writeFile(join(folder, "odd.csv"), good.replace("Settled", "Mooned"));
    await writeFile(join(folder, "cut.csv"), adyenReport("Shop", [{ psp: "P1", gross: 1000 }], { payout: false }));
    await writeFile(join(folder, "damaged.csv"), `${good}"never closed`);
    await writeFile(join(folder, "notes.txt"), "nothing of ours");
    await symlink("/etc/passwd", join(folder, "link.csv"));
    const summaries = await inspectFolder(folder, quiet);
    expectAllAccounted(summaries);
    expect(summaries.find(({ adapter }) => adapter === "adyen-settlement-detail")).toMatchObject({
      files: 3,
      rows: 5,
      taken: 4,
      rejected: 1,
      totals: 3,
      totalsThatHold: 2,
      refusedFiles: [{ file: "cut.csv", problem: "batch 7 nets to zero: expected 0.00 EUR, found 10.00 EUR" }],
      reasons: [{ rows: 1, reason: expect.stringContaining("Mooned") }],
    });
    expect(summaries.find(({ adapter }) => adapter === "refused")).toMatchObject({
      refusedFiles: [{ file: "damaged.csv", problem: expect.stringContaining("never closed") }],
    });
    expect(summaries.find(({ adapter }) => adapter === null)).toMatchObject({ files: 1 });
    expect(tableOf(summaries)).toHaveLength(4);
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe.skipIf(!existsSync(SAMPLES))("the samples of every provider (skipped without ../shared/samples)", () => {
  /** Folders of formats that we read, and the adapters that must be met in each. */
  const EXPECTED: Readonly<Record<string, readonly string[]>> = {
    adyen: ["adyen-payments-accounting", "adyen-settlement-detail"],
    amex: ["amex-epprc", "amex-grrcn"],
    camt: ["camt"],
    checkoutcom: ["checkout-payouts"],
    coda: ["coda"],
    mollie: ["mollie-balance-transactions", "mollie-settlements", "mt940"],
    mt940: ["mt940"],
    multisafepay: ["multisafepay-closing-balances", "multisafepay-receipts"],
    paypal: ["paypal-stl", "paypal-trr"],
    stripe: ["stripe-payout-reconciliation"],
    trustly: ["trustly"],
    "worldline-globalcollect": ["worldline-global-collect"],
  };

  test("all are inspected without a crash, each by adapters of its folder, and every row is accounted for", async () => {
    const summaries = await inspectFolder(SAMPLES, quiet);
    expectAllAccounted(summaries);
    for (const [folder, names] of Object.entries(EXPECTED)) {
      const met = summaries.filter((summary) => summary.folder === folder).map(({ adapter }) => adapter);
      const known = met.filter((name) => name !== null && name !== "refused").sort();
      expect(known, folder).toEqual(expect.arrayContaining([...names]));
    }
    const refused = summaries.flatMap(({ refusedFiles }) => refusedFiles);
    for (const { problem } of refused) expect(problem).not.toMatch(/undefined|NaN|\[object/);
  });

  test("batch 380 foots to 0.00 and is refused by nothing", async () => {
    const adyen = (await inspectFolder(join(SAMPLES, "adyen"), quiet)).find(
      ({ adapter }) => adapter === "adyen-settlement-detail",
    );
    expect(adyen?.refusedFiles.map(({ file }) => file)).not.toContain("settlement_detail_report_batch_380.csv");
    expect(adyen?.rows).toBeGreaterThan(228);
  });
});
