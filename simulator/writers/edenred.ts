import { compact } from "../calendar.ts";

export type EdenredPeriod = {
  readonly affiliate: string;
  readonly from: string;
  readonly to: string;
  readonly generated: string;
};

/** One voucher; amounts are cents, `commissionMinor` and `netMinor` signed as in the file (a refund gives both back). */
export type EdenredFacts = {
  readonly transaction: string;
  readonly terminal: string;
  readonly time: string;
  readonly product: string;
  readonly requestedMinor: bigint;
  readonly approvedMinor: bigint;
  readonly sign: "C" | "D";
  readonly authCode: string;
  readonly maskedPan: string;
  readonly response: string;
  readonly commissionMinor: bigint;
  readonly netMinor: bigint;
  readonly payout: string;
  readonly original?: string;
};

export function edenredHeader({ affiliate, from, to, generated }: EdenredPeriod): string {
  return ["H", affiliate, "BE0123456749", compact(from), compact(to), "EUR", compact(generated)].join(";");
}

export function edenredLine(sequence: number, affiliate: string, facts: EdenredFacts): string {
  return [
    "D",
    sequence,
    facts.transaction,
    facts.terminal,
    affiliate,
    compact(facts.time.slice(0, 10)),
    facts.time.slice(11).replaceAll(":", ""),
    facts.product,
    facts.requestedMinor,
    facts.approvedMinor,
    facts.sign,
    facts.authCode,
    facts.maskedPan,
    facts.response,
    facts.commissionMinor,
    facts.netMinor,
    facts.payout,
    facts.original ?? "",
  ].join(";");
}

export type EdenredTotals = { count: number; grossMinor: bigint; commissionMinor: bigint; netMinor: bigint };

/** Adds a line to the totals of its file; refused vouchers count and move nothing. */
export function addEdenred(totals: EdenredTotals, facts: EdenredFacts): void {
  totals.count += 1;
  totals.grossMinor += facts.sign === "C" ? facts.approvedMinor : -facts.approvedMinor;
  totals.commissionMinor += facts.commissionMinor;
  totals.netMinor += facts.netMinor;
}

export function edenredTrailer(
  { count, grossMinor, commissionMinor, netMinor }: EdenredTotals,
  payout: string,
): string {
  const vat = (commissionMinor * 21n) / 100n;
  return ["T", count, grossMinor, commissionMinor, vat, netMinor, payout].join(";");
}
