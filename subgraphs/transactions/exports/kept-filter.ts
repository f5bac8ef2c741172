import type { TransactionFilter } from "../transaction-filter.ts";

/** A filter as it was given, of what JSON made of it. */
export function filterOf(kept: TransactionFilter): TransactionFilter {
  const { occurredAt, amount } = kept;
  return {
    ...kept,
    ...(occurredAt && { occurredAt: { from: instant(occurredAt.from), to: instant(occurredAt.to) } }),
    ...(amount && {
      amount: { ...amount, minimumMinor: whole(amount.minimumMinor), maximumMinor: whole(amount.maximumMinor) },
    }),
  };
}

const instant = (kept: unknown) => (typeof kept === "string" ? new Date(kept) : null);
const whole = (kept: unknown) => (typeof kept === "string" ? BigInt(kept) : null);
