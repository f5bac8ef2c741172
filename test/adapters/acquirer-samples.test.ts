import { createReadStream, existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { unpacked, unpackedHead } from "../../adapters/readers/unpack.ts";
import { adapterFor } from "../../adapters/registry.ts";
import { readAll } from "./fixtures.ts";

const SAMPLES = new URL("../../../shared/samples/", import.meta.url);

type Row = readonly [
  path: string,
  adapter: string,
  events: number,
  skipped: number,
  rejected: number,
  totals: number,
  open: number,
];

/** What each file reads as: its rows by what became of them, its own totals, and how many its editors left open. */
const EXPECTED: readonly Row[] = [
  ["adyen/chargeback_reversal__settlement_detail_report_batch_1120.csv", "adyen-settlement-detail", 3, 0, 0, 1, 1],
  ["adyen/donation__settlement_detail_report_batch_2.csv", "adyen-settlement-detail", 2, 0, 0, 1, 0],
  ["adyen/donation_gravy__settlement_detail_report_batch_4.csv", "adyen-settlement-detail", 1, 0, 0, 1, 1],
  ["adyen/donation_new__settlement_detail_report_batch_2.csv", "adyen-settlement-detail", 2, 0, 0, 1, 0],
  ["adyen/donation_plain__settlement_detail_report_batch_2.csv", "adyen-settlement-detail", 2, 0, 0, 1, 0],
  ["adyen/donation_recur__settlement_detail_report_batch_2.csv", "adyen-settlement-detail", 2, 0, 0, 1, 0],
  ["adyen/payments_accounting_report_2025_11_16-test.csv", "adyen-payments-accounting", 1, 0, 0, 0, 0],
  ["adyen/payments_accounting_report_chargeback.csv", "adyen-payments-accounting", 1, 0, 0, 0, 0],
  ["adyen/payments_accounting_report_gravy_chargeback.csv", "adyen-payments-accounting", 1, 0, 0, 0, 0],
  ["adyen/refunded__settlement_detail_report_batch_4.csv", "adyen-settlement-detail", 4, 0, 0, 1, 0],
  ["adyen/settlement_detail_report_batch.csv", "adyen-settlement-detail", 3, 0, 0, 1, 0],
  ["adyen/settlement_detail_report_batch_1120.csv", "adyen-settlement-detail", 4, 0, 0, 1, 1],
  ["adyen/settlement_detail_report_batch_1129-duplicate.csv", "adyen-settlement-detail", 18, 0, 0, 2, 0],
  ["adyen/settlement_detail_report_batch_1129.csv", "adyen-settlement-detail", 18, 0, 0, 2, 0],
  ["adyen/settlement_detail_report_batch_2.csv", "adyen-settlement-detail", 3, 0, 1, 1, 0],
  ["adyen/settlement_detail_report_batch_3.csv", "adyen-settlement-detail", 2, 0, 0, 1, 0],
  ["adyen/settlement_detail_report_batch_380.csv", "adyen-settlement-detail", 228, 0, 0, 1, 0],
  ["adyen/settlement_detail_report_batch_4.csv", "adyen-settlement-detail", 1, 0, 0, 1, 1],
  ["adyen/settlement_detail_report_chargeback.csv", "adyen-settlement-detail", 3, 0, 0, 1, 1],
  ["adyen/settlement_detail_report_chargeback_reversed.csv", "adyen-settlement-detail", 1, 0, 0, 1, 1],
  ["adyen/settlement_detail_report_donation-ach.csv", "adyen-settlement-detail", 2, 0, 0, 1, 0],
  ["adyen/settlement_detail_report_donation-ideal.csv", "adyen-settlement-detail", 2, 0, 0, 1, 1],
  ["adyen/settlement_detail_report_donation.csv", "adyen-settlement-detail", 2, 0, 0, 1, 0],
  ["adyen/settlement_detail_report_ignore.csv", "adyen-settlement-detail", 2, 0, 0, 1, 0],
  ["adyen/settlement_detail_report_refund.csv", "adyen-settlement-detail", 3, 0, 0, 1, 1],
  ["paypal/STL-20260106.01.009.csv", "paypal-stl", 5, 0, 0, 17, 0],
  ["paypal/TRR-20260125.01.008.CSV", "paypal-trr", 1, 0, 0, 1, 1],
  ["paypal/stl.csv", "paypal-stl", 5, 4, 0, 1, 0],
  ["paypal/stl_chargeback_double_transaction__STL-20260106.01.009.csv", "paypal-stl", 2, 2, 0, 1, 0],
  ["paypal/stl_chargeback_orphan__STL-20260106.01.009.csv", "paypal-stl", 2, 1, 0, 1, 0],
  ["paypal/stl_chargeback_variants__STL-20260106.01.009.csv", "paypal-stl", 6, 2, 0, 1, 0],
  ["paypal/stl_chargeback_with_fee.csv", "paypal-trr", 0, 1, 1, 1, 1],
  ["paypal/stl_currency_convert.csv", "paypal-stl", 3, 0, 0, 1, 1],
  ["paypal/stl_order_recur__STL-20260106.01.009.csv", "paypal-stl", 1, 2, 0, 1, 0],
  ["paypal/trr_express_checkout_donation.csv", "paypal-trr", 1, 0, 0, 0, 0],
  ["paypal/trr_express_checkout_donation_denied.csv", "paypal-trr", 1, 0, 0, 0, 0],
  ["paypal/trr_express_checkout_recurring_donation.csv", "paypal-trr", 1, 0, 0, 0, 0],
  ["paypal/trr_express_checkout_refund.csv", "paypal-trr", 1, 0, 0, 0, 0],
  ["paypal/trr_express_with_non_data_rows.csv", "paypal-trr", 1, 2, 0, 4, 3],
  ["paypal/trr_give_lively.csv", "paypal-trr", 1, 0, 0, 0, 0],
  ["paypal/trr_giving_fund.csv", "paypal-trr", 1, 0, 0, 0, 0],
  ["paypal/trr_grant__trr_grant.csv", "paypal-trr", 1, 0, 0, 0, 0],
  ["paypal/trr_paypal_express_donation.csv", "paypal-trr", 1, 0, 0, 0, 0],
  ["amex/EPPRC_test_sample_file_masked.txt", "amex-epprc", 655, 386, 0, 165, 0],
  ["amex/EPRAW_sample_test_file.txt", "amex-epprc", 24, 0, 2, 15, 7],
  ["amex/SAMPLE.GRRCN_Delimited_(US)_v1.2.txt", "amex-grrcn", 56, 40, 0, 4, 0],
  ["amex/dummy_epraw_raw", "amex-epprc", 1, 0, 1, 3, 1],
  ["amex/dummy_eptrn_raw", "amex-epprc", 1, 1, 1, 3, 3],
  ["amex/pyxmex_dummy_eptrn_raw", "amex-epprc", 4, 2, 0, 6, 6],
  ["worldline-globalcollect/chargeback.xml.gz", "worldline-global-collect", 1, 0, 0, 3, 0],
  ["worldline-globalcollect/connectdonation.xml.gz", "worldline-global-collect", 1, 0, 0, 3, 0],
  ["worldline-globalcollect/donation.xml.gz", "worldline-global-collect", 1, 0, 0, 3, 0],
  ["worldline-globalcollect/donation_bpay.xml.gz", "worldline-global-collect", 1, 0, 0, 3, 0],
  ["worldline-globalcollect/recurringrefund.xml.gz", "worldline-global-collect", 1, 0, 0, 3, 0],
  ["worldline-globalcollect/refund.xml.gz", "worldline-global-collect", 1, 0, 0, 3, 0],
  ["worldline-globalcollect/sparseRefund.xml.gz", "worldline-global-collect", 1, 0, 0, 4, 2],
];

/** Parts of files and a bundle of several, which are refused as a whole. */
const REFUSED: readonly (readonly [path: string, problem: string])[] = [
  ["adyen/adyen_test.xlsx", "holds several files"],
  ["amex/grrcn.FEEREVENUE.v2", "does not begin with its header"],
  ["amex/grrcn.TXNPRICING.v2", "does not begin with its header"],
  ["amex/grrcn.TXNPRICING.v3", "does not begin with its header"],
];

function sample(path: string): URL {
  return new URL(path.split("/").map(encodeURIComponent).join("/"), SAMPLES);
}

async function readSample(path: string) {
  const adapter = adapterFor(await unpackedHead(createReadStream(sample(path))));
  return { adapter, ...(await readAll(adapter, unpacked(createReadStream(sample(path))))) };
}

describe.skipIf(!existsSync(SAMPLES))(
  "acquirers' files found in the wild (skipped unless ../shared/samples is there)",
  () => {
    test.each(EXPECTED)("%s is read by %s", async (path, name, events, skipped, rejected, totals, open) => {
      const read = await readSample(path);
      const count = (kind: string) => read.rows.filter((row) => row.kind === kind).length;
      expect([read.adapter.name, count("event"), count("skipped"), count("rejected")]).toEqual([
        name,
        events,
        skipped,
        rejected,
      ]);
      expect([read.totals.length, read.totals.filter((total) => !holds(total)).length]).toEqual([totals, open]);
      expect(read.rows.length).toBe(events + skipped + rejected);
    });

    test("batch 380 nets to 0.00, and so do Amex's own totals of its full samples", async () => {
      const { totals } = await readSample("adyen/settlement_detail_report_batch_380.csv");
      expect(totals).toEqual([{ name: "batch 380 nets to zero", currency: "USD", expected: 0n, actual: 0n }]);
      for (const path of ["amex/EPPRC_test_sample_file_masked.txt", "amex/SAMPLE.GRRCN_Delimited_(US)_v1.2.txt"]) {
        expect((await readSample(path)).totals.every(holds), path).toBe(true);
      }
    });

    test.each(REFUSED)("%s is refused: it %s", async (path, problem) => {
      await expect(readSample(path)).rejects.toThrow(problem);
    });

    test("every other file of the folders is of a format that nobody reads", async () => {
      const known = new Set<string>([...EXPECTED.map(([path]) => path), ...REFUSED.map(([path]) => path)]);
      for (const folder of ["adyen", "paypal", "amex", "worldline-globalcollect"]) {
        for (const name of await readdir(new URL(`${folder}/`, SAMPLES))) {
          if (known.has(`${folder}/${name}`)) continue;
          await expect(readSample(`${folder}/${name}`), name).rejects.toThrow(/no adapter accepts this file/);
        }
      }
    });
  },
);
