import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { adapterFor } from "../../adapters/registry.ts";
import { readAll } from "./fixtures.ts";

const SAMPLES = new URL("../../../shared/samples/", import.meta.url);
const FOLDERS = ["stripe", "mollie", "checkoutcom", "multisafepay", "trustly", "generic", "dlocal", "braintree"];

type Outcome = {
  readonly adapter: string;
  readonly events: number;
  readonly skipped?: number;
  readonly rejected?: readonly string[];
  /** Totals of the file's own that its editors left open. */
  readonly open?: readonly string[];
};

/** Files of formats that we read; whatever stands beside them in these folders is refused. */
const EXPECTED: Readonly<Record<string, Outcome>> = {
  "stripe/reports__payments_activity.csv": { adapter: "stripe-payout-reconciliation", events: 2 },
  "stripe/reports__settlement_report_giving_basket.csv": { adapter: "stripe-payout-reconciliation", events: 2 },
  "stripe/settlement_report.csv": {
    adapter: "stripe-payout-reconciliation",
    events: 6,
    rejected: ["gross 24.00 and fee 0.00 do not make net 23.05 USD"],
  },
  "stripe/settlement_report_with_customer_data.csv": { adapter: "stripe-payout-reconciliation", events: 3 },
  "mollie/balance_transactions_list.json": { adapter: "mollie-balance-transactions", events: 1 },
  "mollie/php-fake__balance-transaction.json": {
    adapter: "mollie-balance-transactions",
    events: 0,
    rejected: ["createdAt: Invalid input: expected string, received undefined"],
  },
  "mollie/settlements_list.json": { adapter: "mollie-settlements", events: 1 },
  "mollie/php-fake__settlement.json": { adapter: "mollie-settlements", events: 5 },
  "checkoutcom/payouts_ent_testcheckoutfixture_20260701_20260702_1(1)-1.csv": {
    adapter: "checkout-payouts",
    events: 1,
  },
  "multisafepay/gerReceiptDeclined.json": { adapter: "multisafepay-receipts", events: 1 },
  "multisafepay/getReceipt.json": { adapter: "multisafepay-receipts", events: 1 },
  "multisafepay/getReceiptTip.json": { adapter: "multisafepay-receipts", events: 1 },
  "multisafepay/getClosingBalances.json": { adapter: "multisafepay-closing-balances", events: 4 },
  "trustly/P11KFUN-3618-20260201120000-20260202120000-0001of0001.csv": {
    adapter: "trustly",
    events: 3,
    open: ["records"],
  },
  "trustly/P11KFUN-3618-recurring-series-collision.csv": { adapter: "trustly", events: 4 },
  "trustly/P11KFUN-3618-refund-long-merchant-reference.csv": { adapter: "trustly", events: 2 },
  "trustly/Trustly__P11KFUN-3618-20260201120000-20260202120000-0001of0001.csv": {
    adapter: "trustly",
    events: 10,
    skipped: 1,
    open: ["records", "amounts of items"],
  },
};

/** Mollie's bank statement is a bank's format, read by its own adapter. */
const OF_OTHERS = new Set(["mollie/Voorbeeld_MT-940.mt940"]);

describe.skipIf(!existsSync(SAMPLES))(
  "files of payment providers found in the wild (skipped unless ../shared/samples is there)",
  () => {
    test.each(Object.entries(EXPECTED))("%s", async (path, expected) => {
      const file = new URL(path.split("/").map(encodeURIComponent).join("/"), SAMPLES);
      const head = (await readFile(file)).subarray(0, 4096).toString("latin1");
      const adapter = adapterFor(head);
      const { rows, totals } = await readAll(adapter, file);
      const count = (kind: string) => rows.filter((row) => row.kind === kind).length;
      expect({
        adapter: adapter.name,
        events: count("event"),
        skipped: count("skipped"),
        rejected: rows.flatMap((row) => (row.kind === "rejected" ? [row.problem] : [])),
        open: totals.filter((total) => !holds(total)).map(({ name }) => name),
      }).toEqual({ skipped: 0, rejected: [], open: [], ...expected });
    });

    test("every file of another format is refused, none of them is read as one of ours", async () => {
      const refused: string[] = [];
      for (const folder of FOLDERS.filter((name) => existsSync(new URL(name, SAMPLES)))) {
        for (const name of await readdir(new URL(`${folder}/`, SAMPLES))) {
          const path = `${folder}/${name}`;
          if (path in EXPECTED || OF_OTHERS.has(path)) continue;
          const head = (await readFile(new URL(path, SAMPLES))).subarray(0, 4096).toString("latin1");
          expect(() => adapterFor(head), path).toThrow(/no adapter accepts this file/);
          refused.push(path);
        }
      }
      expect(refused.length).toBeGreaterThan(40);
    });

    test("people in the files do not get past the adapters", async () => {
      const file = new URL("stripe/settlement_report_with_customer_data.csv", SAMPLES);
      const { rows } = await readAll(adapterFor((await readFile(file)).toString("latin1")), file);
      expect(await readFile(file, "utf8")).toContain("Homer Simpson");
      expect(rows.map(({ raw }) => raw).join()).not.toMatch(/Homer|Cher|Evergreen|example\.com/);
    });
  },
);
