import { formatDecimal } from "../../subgraphs/shared/money.ts";

export type JournalPeriod = {
  readonly merchant: string;
  readonly from: string;
  readonly to: string;
  readonly generatedAt: string;
};

/** One payment at a terminal; amounts are positive minor units of EUR. */
export type JournalFacts = {
  readonly terminal: string;
  readonly time: string;
  readonly circuit: string;
  readonly account?: string;
  readonly type: "sale" | "refund";
  readonly status: "processing" | "success" | "failed" | "refused" | "cancelled" | "manual_intervention";
  readonly reason?: string;
  readonly amountMinor: bigint;
  readonly requestedMinor?: bigint;
  readonly brand: string;
  readonly product?: string;
  readonly entryMode?: string;
  readonly maskedPan?: string;
  readonly authCode?: string;
  readonly stan?: string;
  readonly rrn?: string;
  readonly arn?: string;
  readonly pspReference?: string;
  readonly originalReference?: string;
  readonly ticket?: string;
};

export function journalHeader({ merchant, from, to, generatedAt }: JournalPeriod): string {
  return JSON.stringify({ record: "journal", merchant, from, to, zone: "Europe/Brussels", generatedAt });
}

export function journalLine({ amountMinor, requestedMinor, ...facts }: JournalFacts): string {
  const { terminal, time, circuit, account, type, status, reason, ...rest } = facts;
  return JSON.stringify({
    ...{ terminal, time, circuit, account, type, status, reason },
    amount: decimal(amountMinor),
    requestedAmount: requestedMinor === undefined ? undefined : decimal(requestedMinor),
    currency: "EUR",
    ...rest,
  });
}

export type JournalTotals = { count: number; amountMinor: bigint };

/** Adds a line to the totals of its journal: refunds negative, whatever the status. */
export function addJournal(totals: JournalTotals, { type, amountMinor }: JournalFacts): void {
  totals.count += 1;
  totals.amountMinor += type === "sale" ? amountMinor : -amountMinor;
}

export function journalEnd({ count, amountMinor }: JournalTotals): string {
  const total = `{"currency":"EUR","amountMinor":${amountMinor}}`;
  return `{"record":"end","count":${count},"totals":[${total}]}`;
}

function decimal(amountMinor: bigint): string {
  return formatDecimal({ amountMinor, currency: "EUR" });
}
