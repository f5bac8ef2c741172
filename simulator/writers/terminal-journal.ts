import { formatDecimal } from "../../subgraphs/shared/money.ts";

export type JournalPeriod = {
  readonly merchant: string;
  readonly from: string;
  readonly to: string;
  readonly generatedAt: string;
};

/** One payment at a terminal; amounts are positive minor units of `currency`. */
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
  readonly currency: string;
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
  readonly merchantReference?: string;
};

export function journalHeader({ merchant, from, to, generatedAt }: JournalPeriod): string {
  return JSON.stringify({ record: "journal", merchant, from, to, zone: "Europe/Brussels", generatedAt });
}

export function journalLine({ amountMinor, requestedMinor, currency, ...facts }: JournalFacts): string {
  const { terminal, time, circuit, account, type, status, reason, ...rest } = facts;
  return JSON.stringify({
    ...{ terminal, time, circuit, account, type, status, reason },
    amount: decimal(amountMinor),
    requestedAmount: requestedMinor === undefined ? undefined : decimal(requestedMinor),
    currency,
    ...rest,
  });
}

/** Sums in minor units, by currency. */
export type JournalTotals = { count: number; readonly amounts: Map<string, bigint> };

/** Adds a line to the totals of its journal: refunds negative, whatever the status. */
export function addJournal(totals: JournalTotals, { type, amountMinor, currency }: JournalFacts): void {
  totals.count += 1;
  totals.amounts.set(currency, (totals.amounts.get(currency) ?? 0n) + (type === "sale" ? amountMinor : -amountMinor));
}

export function journalEnd({ count, amounts }: JournalTotals): string {
  const totals = [...amounts].map(
    ([currency, amountMinor]) => `{"currency":"${currency}","amountMinor":${amountMinor}}`,
  );
  return `{"record":"end","count":${count},"totals":[${totals.join(",")}]}`;
}

function decimal(amountMinor: bigint): string {
  return formatDecimal({ amountMinor, currency: "EUR" });
}
