import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Outcome } from "../../subgraphs/shared/event.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";

/** Our kind for a journal type of Adyen's, whatever its case; throws INVALID_INPUT, naming a type nobody mapped yet. */
export function kindOf(type: string, net: bigint): EventKind {
  const word = type.toLowerCase();
  // A deposit is what Adyen holds back against later refunds; the sign says whether it takes or returns.
  if (word === "depositcorrection") return net < 0n ? "RESERVE_HOLD" : "RESERVE_RELEASE";
  const kind = KINDS.get(word);
  if (!kind) throw new AppError("INVALID_INPUT", `the type "${type.slice(0, 40)}" is not known; add it to the adapter`);
  return kind;
}

export function isKnownType(type: string): boolean {
  const word = type.trim().toLowerCase();
  return word === "depositcorrection" || KINDS.has(word);
}

const KINDS: ReadonlyMap<string, EventKind> = new Map([
  ["settled", "SALE"],
  // The acquirer takes a settled sale back as if it had never been captured; the shopper's refund is another type.
  ["settledreversed", "CANCELLATION"],
  ["refunded", "REFUND"],
  ["refundedreversed", "REFUND_REVERSAL"],
  ["chargeback", "CHARGEBACK"],
  ["secondchargeback", "SECOND_CHARGEBACK"],
  ["chargebackreversed", "CHARGEBACK_REVERSAL"],
  ["fee", "FEE"],
  ["misccosts", "FEE"],
  ["invoicededuction", "FEE"],
  ["authorisationschemefee", "FEE"],
  ["matchedstatement", "ADJUSTMENT"],
  ["manualcorrected", "ADJUSTMENT"],
  ["bankinstructionreturned", "ADJUSTMENT"],
  ["balancetransfer", "BALANCE_TRANSFER"],
  ["internalcompanypayout", "BALANCE_TRANSFER"],
  ["merchantpayout", "PAYOUT"],
]);

/**
 * What the report says became of a transaction. It books money, and a booking is no report: a sale or a refund that a
 * terminal reported succeeds by claiming its line, and one that nobody reported is inferred from it. Only what undoes a
 * sale has to be said.
 */
export const OUTCOMES: Partial<Readonly<Record<EventKind, Outcome>>> = {
  CANCELLATION: { status: "CANCELLED", certainty: "DEFINITIVE", reason: "settlement_reversed" },
};

/**
 * A dispute's reference is shared by the chargeback, its reversal and a second one; each moves money, so the later two
 * get a suffix to be transactions of their own.
 */
export const REFERENCE_SUFFIXES: Partial<Readonly<Record<EventKind, string>>> = {
  CHARGEBACK_REVERSAL: "-reversed",
  SECOND_CHARGEBACK: "-second",
};
