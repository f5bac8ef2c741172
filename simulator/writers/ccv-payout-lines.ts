import { formatDecimal } from "../../subgraphs/shared/money.ts";

export type PayoutPeriod = {
  readonly account: string;
  readonly from: string;
  readonly to: string;
  readonly generated: string;
};

/** One line; `amountMinor` is signed as it moves the merchant's balance, `time` has its offset. */
export type PayoutLineFacts = {
  readonly reference: string;
  readonly original?: string;
  readonly type: string;
  readonly method?: string;
  readonly brand?: string;
  readonly time: string;
  readonly order?: string;
  readonly amountMinor: bigint;
};

/** What one S3G account paid for one day. */
export type PayoutFacts = {
  readonly reference: string;
  readonly collectedOn: string;
  readonly fundsDay: string;
  readonly valueDate: string;
  readonly lines: readonly PayoutLineFacts[];
};

export function payoutHeader({ account, from, to, generated }: PayoutPeriod): string {
  return ["H", "CCV-PAYOUT", "1", account, from, to, "EUR", generated].join(";");
}

/** A payout's own record, then its lines. */
export function payoutLines({ reference, collectedOn, fundsDay, valueDate, lines }: PayoutFacts): readonly string[] {
  const payout = ["P", reference, collectedOn, fundsDay, valueDate, lines.length, decimal(sumOf(lines))];
  return [payout.join(";"), ...lines.map(payoutLine)];
}

export function payoutTrailer(payouts: readonly PayoutFacts[]): string {
  const lines = payouts.flatMap((payout) => payout.lines);
  return ["T", payouts.length, lines.length, decimal(sumOf(lines))].join(";");
}

function payoutLine({ reference, original, type, method, brand, time, order, amountMinor }: PayoutLineFacts): string {
  const cells = ["L", reference, original ?? "", type, method ?? "", brand ?? "", time, quoted(order ?? "")];
  return [...cells, decimal(amountMinor)].join(";");
}

function sumOf(lines: readonly PayoutLineFacts[]): bigint {
  return lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

function decimal(amountMinor: bigint): string {
  return formatDecimal({ amountMinor, currency: "EUR" });
}

function quoted(text: string): string {
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
