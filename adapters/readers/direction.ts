import { AppError } from "../../subgraphs/shared/errors.ts";
import { formatDecimal, type Money } from "../../subgraphs/shared/money.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";

/**
 * Throws INVALID_AMOUNT where a signed amount goes the other way than its kind can: a refund that gives the merchant
 * money is a word or a sign that is wrong, and nobody can tell which. Kinds that go both ways are let through.
 */
export function checkDirection(kind: EventKind, gross: Money): void {
  const sign = SIGNS[kind];
  if (sign === undefined || gross.amountMinor * sign >= 0n) return;
  const amount = `${formatDecimal(gross)} ${gross.currency}`;
  throw new AppError("INVALID_AMOUNT", `a ${kind.toLowerCase().replaceAll("_", " ")} of ${amount} has the wrong sign`);
}

const SIGNS: Partial<Readonly<Record<EventKind, bigint>>> = {
  SALE: 1n,
  CANCELLATION: -1n,
  REFUND: -1n,
  CREDIT: -1n,
  REFUND_REVERSAL: 1n,
  CHARGEBACK: -1n,
  SECOND_CHARGEBACK: -1n,
  CHARGEBACK_REVERSAL: 1n,
};
