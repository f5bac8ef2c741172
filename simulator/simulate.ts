import { mkdirSync, writeFileSync } from "node:fs";
import { addDays } from "./calendar.ts";
import { withCases } from "./cases.ts";
import { withFaults } from "./faults.ts";
import { writeAdyen } from "./files/adyen.ts";
import { writeBank } from "./files/bank.ts";
import { writeCcvPay } from "./files/ccv-pay.ts";
import { writeEdenred } from "./files/edenred.ts";
import { writeJournals } from "./files/journals.ts";
import { Identifiers } from "./identifiers.ts";
import { dayOf, periodOf, withMergedBatch } from "./period.ts";
import type { Purchase } from "./purchase.ts";
import { Random } from "./random.ts";
import { tradeOf } from "./trade.ts";
import { Truth } from "./truth.ts";
import { accountsDocument, staysOf, worldOf } from "./world.ts";

export type SimulationOptions = {
  readonly seed: number;
  /** Another merchant than the samples', by number: several can be taken into one database. */
  readonly merchant?: number;
  /** First day, YYYY-MM-DD; a Monday makes the weeks real ones. */
  readonly from?: string;
  readonly weeks?: number;
  /** How many weeks one file of each kind covers, instead of one: fewer and larger files. */
  readonly weeksPerFile?: number;
  /** About how many transactions in all. */
  readonly transactions?: number;
  /** Also what goes wrong between a terminal and its settlement, at the rates that `faults.ts` gives. */
  readonly faults?: boolean;
  readonly outDir: string;
};

export type Simulation = { readonly from: string; readonly to: string; readonly transactions: number };

/**
 * Writes what a bakery group's terminals and providers would send about one invented stretch of trade: `accounts.json`
 * (who and where), `files/` (journals, CCV Pay, Edenred, Adyen, the bank) and `truth.ndjson` (which line is which sale). The same
 * options give the same bytes.
 */
export function simulate(options: SimulationOptions): Simulation {
  const { seed, merchant = 0, from = "2026-11-02", weeks = 3, transactions = 1_560, faults = false, outDir } = options;
  const world = worldOf(merchant);
  const period = periodOf(from, weeks, options.weeksPerFile);
  const stays = staysOf(world, from);
  const random = new Random(seed);
  const till = { random, ids: new Identifiers(random, faults ? SHORT_TRACES : undefined), world, stays };
  const perWeek = Math.trunc(transactions / weeks);
  const days = Array.from({ length: weeks * 7 }, (_, index) => addDays(from, index));
  const trade = days.flatMap((date) => tradeOf(till, date, perWeek));
  const usual = faults ? withFaults(till, trade) : trade;
  // In a short period some cases would come after its end.
  const purchases = withCases(till, period, usual)
    .filter((purchase) => dayOf(purchase) <= period.to)
    .sort(byTime);
  const folder = `${outDir}/files`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${outDir}/accounts.json`, `${JSON.stringify(accountsDocument(world, from), null, 2)}\n`);
  const truth = new Truth(`${outDir}/truth.ndjson`);
  writeJournals({ folder, period, merchant: world.merchant.name, truth }, purchases);
  const ccvPay = writeCcvPay(
    { folder, period, account: world.accounts["ccv-pay"].account, ids: till.ids, truth },
    purchases,
  );
  const edenred = writeEdenred({ folder, period, affiliate: world.accounts.edenred.account, truth }, purchases);
  const batches = faults ? withMergedBatch(period) : period;
  const adyen = writeAdyen({ folder, period: batches, account: world.accounts.adyen.account, truth }, purchases);
  const bank = { folder, period, iban: world.accounts.bank.account, owner: world.merchant.name };
  writeBank(bank, [...ccvPay, ...edenred, ...adyen]);
  truth.close(purchases);
  return { from, to: period.to, transactions: purchases.length };
}

/** Terminals that begin again come round within days. */
const SHORT_TRACES = 1_999;

function byTime(a: Purchase, b: Purchase): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}
