import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { adapterFor } from "../../adapters/registry.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { bytesOf, readAll } from "./fixtures.ts";

const SAMPLES = new URL("../../../shared/samples/", import.meta.url);

/**
 * What each file found in the wild comes to: the adapter that its content chooses, rows taken, skipped and rejected, and
 * "foots" or the totals that do not hold; or why it is refused. Most of those that do not foot were cut down by whoever
 * published them, and say so by their balances.
 */
const EXPECTED: Readonly<Record<string, string>> = {
  "camt/camt052.v1.xml": "camt 0 1 0 foots",
  "camt/camt052.v2.other-account.xml": "camt 0 1 0 foots",
  "camt/camt052.v2.with-account-name.xml": "camt 0 1 0 foots",
  "camt/camt052.v2.xml": "camt 0 1 0 foots",
  "camt/camt052.v4.xml": "camt 0 1 0 foots",
  "camt/camt052.v6.Amt-zero.xml": "camt 0 1 0 foots",
  "camt/camt052.v6.xml": "camt 0 1 0 foots",
  "camt/camt052.v8.xml": "camt 0 1 0 foots",
  "camt/camt053": "FILE_REJECTED no booked closing balance in EUR",
  "camt/camt053.v2.all-balance-types.xml": "camt 1 0 0 closes",
  "camt/camt053.v2.minimal.ultimate.xml": "FILE_REJECTED no booked closing balance in EUR",
  "camt/camt053.v2.minimal.xml": "FILE_REJECTED no booked closing balance in EUR",
  "camt/camt053.v2.with-account-name.xml": "camt 1 0 0 foots",
  "camt/camt053.v2.with-party-ids.xml": "FILE_REJECTED no booked closing balance in EUR",
  "camt/camt053.v2.wrong.xml": "FILE_REJECTED no statement",
  "camt/camt053.v4.xml": "FILE_REJECTED no booked closing balance in EUR",
  "camt/camt054.v2.with-account-name.xml": "camt 0 0 1 foots",
  "camt/camt054.v2.xml": "camt 1 0 0 foots",
  "camt/camt054.v8-with-financial-institution.xml": "camt 0 0 1 foots",
  "camt/camt054.v8.xml": "camt 1 0 0 foots",
  "camt/test-camt053": "camt 3 0 0 closes",
  "camt/test-camt053-no-ntry": "camt 0 1 0 foots",
  "camt/test-camt054": "camt 1 0 0 foots",
  "coda/Coda_iban_v2_3_single_statement.txt": "coda 17 15 0 foots",
  "coda/Ontvangen_CODA.2012-01-11-18.59.15.txt": "coda 5 4 0 closes, accounts",
  "coda/sample1.cod": "coda 4 0 0 foots",
  "coda/sample2.cod": "FILE_REJECTED more decimals than EUR",
  "coda/sample3.cod": "coda 1 2 0 closes, accounts, records, debits, credits",
  "coda/sample4.cod": "coda 1 0 0 closes, accounts, records, debits, credits",
  "coda/sample5.cod": "coda 3 0 0 closes, accounts, records, debits, credits",
  "mollie/Voorbeeld_MT-940.mt940": "mt940 21 0 0 foots",
  "mt940/abnamro.txt": "mt940 10 0 0 closes, closes",
  "mt940/account_bank_statement_import_mt940_nl_ing__test-ing.940": "mt940 8 0 0 foots",
  "mt940/account_bank_statement_import_mt940_nl_rabo__test-rabo.swi": "mt940 2 2 0 foots",
  "mt940/betterplace-currency_in_25.sta": "NO_ADAPTER no adapter",
  "mt940/betterplace-empty_86.sta": "NO_ADAPTER no adapter",
  "mt940/betterplace-empty_entry_date.sta": "NO_ADAPTER no adapter",
  "mt940/betterplace-with_binary_character.sta": "mt940 4 0 0 foots",
  "mt940/bug-core-5401.txt": "mt940 1 0 0 closes",
  "mt940/commerzbank.txt": "mt940 1 0 0 closes",
  "mt940/generic.txt": "mt940 2 0 0 foots",
  "mt940/jejik-abnamro.sta": "mt940 10 0 0 closes, closes",
  "mt940/jejik-generic.sta": "mt940 2 0 0 foots",
  "mt940/jejik-knab.sta": "mt940 3 0 0 closes",
  "mt940/jejik-rabobank-iban.sta": "mt940 4 0 0 foots",
  "mt940/jejik-rabobank.sta": "mt940 5 1 0 closes, closes",
  "mt940/mBank-mt940.sta": "mt940 3 0 0 foots",
  "mt940/rabobank.txt": "mt940 5 1 0 closes, closes",
  "mt940/self-provided-details_60-63.sta": "mt940 1 0 0 closes",
  "mt940/self-provided-gv_codes.sta": "FILE_REJECTED no closing balance",
  "mt940/self-provided-long_statement_number.sta": "mt940 0 1 0 foots",
  "mt940/self-provided-mt942.sta": "mt940 0 1 0 foots",
  "mt940/self-provided-overly_long_details.sta": "mt940 1 0 0 closes",
  "mt940/self-provided-sparkassen.sta": "NO_ADAPTER no adapter",
  "mt940/self-provided-transaction_details_wrapped.sta": "mt940 1 0 0 foots",
  "mt940/self-provided-whitespace.sta": "mt940 1 0 0 closes",
  "mt940/sparkasse.txt": "mt940 2 0 0 foots",
  "mt940/sparkasse_interim_balance.txt": "mt940 2 1 0 foots",
  "mt940/test-ing-old.940": "mt940 8 0 0 foots",
  "mt940/test-rabo.swi": "mt940 2 2 0 foots",
};

describe.skipIf(!existsSync(SAMPLES))(
  "bank files found in the wild (skipped unless ../shared/samples is there)",
  () => {
    test("each of them is in the table", async () => {
      const folders = ["camt", "coda", "mt940"];
      const found = await Promise.all(
        folders.map(async (folder) => (await readdir(new URL(folder, SAMPLES))).map((file) => `${folder}/${file}`)),
      );
      expect([...found.flat(), "mollie/Voorbeeld_MT-940.mt940"].sort()).toEqual(Object.keys(EXPECTED).sort());
    });

    test.each(Object.entries(EXPECTED))("%s: %s", async (file, expected) => {
      const outcome = await outcomeOf(await readFile(new URL(file, SAMPLES)));
      if (/^[A-Z_]+ /.test(expected)) {
        const [code, ...problem] = expected.split(" ");
        expect(outcome).toMatch(new RegExp(`^${code} .*${problem.join(" ")}`));
      } else {
        expect(outcome).toBe(expected);
      }
    });
  },
);

async function outcomeOf(content: Buffer): Promise<string> {
  try {
    const adapter = adapterFor(content.subarray(0, 4096).toString("latin1"));
    const { rows, totals } = await readAll(adapter, bytesOf(content));
    const [taken, skipped, rejected] = ["bank", "skipped", "rejected"].map(
      (kind) => rows.filter((row) => row.kind === kind).length,
    );
    const broken = totals.filter((total) => !holds(total)).map(({ name }) => wordOf(name));
    return `${adapter.name} ${taken} ${skipped} ${rejected} ${broken.join(", ") || "foots"}`;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

/** Of "statement 135 of BE… closes" the last word says what it is, of the others the first. */
function wordOf(name: string): string {
  return name.endsWith(" closes") ? "closes" : (name.split(" ")[0] ?? "");
}
