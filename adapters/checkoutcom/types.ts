import type { Outcome } from "../../subgraphs/shared/event.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";

export type RowType = { readonly kind: EventKind; readonly outcome?: Outcome };

const MOVED: Outcome = { status: "SUCCESS", certainty: "DEFINITIVE" };

/**
 * Types that move money of a payment or of the balance. Every type also comes with a gross of zero, as what it cost:
 * voids, authorisations, network tokens, account updates, the payout itself.
 */
export const TYPES: Readonly<Record<string, RowType>> = {
  charge: { kind: "SALE" },
  capture: { kind: "SALE" },
  payment: { kind: "SALE" },
  refund: { kind: "REFUND", outcome: MOVED },
  "partial refund": { kind: "REFUND", outcome: MOVED },
  "refund reversal": { kind: "REFUND_REVERSAL" },
  chargeback: { kind: "CHARGEBACK", outcome: MOVED },
  "second chargeback": { kind: "SECOND_CHARGEBACK", outcome: MOVED },
  "chargeback reversal": { kind: "CHARGEBACK_REVERSAL", outcome: MOVED },
  "reversed chargeback": { kind: "CHARGEBACK_REVERSAL", outcome: MOVED },
  representment: { kind: "CHARGEBACK_REVERSAL", outcome: MOVED },
  payout: { kind: "CREDIT", outcome: MOVED },
  "pay to card": { kind: "CREDIT", outcome: MOVED },
  "merchant payout": { kind: "PAYOUT" },
  adjustment: { kind: "ADJUSTMENT" },
  "reserve release": { kind: "RESERVE_RELEASE" },
  "reserve hold": { kind: "RESERVE_HOLD" },
  "transfer in": { kind: "BALANCE_TRANSFER" },
  "transfer out": { kind: "BALANCE_TRANSFER" },
};

/** Types that only ever cost something: their money is the deduction. */
export const FEES: ReadonlySet<string> = new Set([
  ..."charge,capture,payment,refund,partial refund,chargeback,chargeback reversal,void,authorization".split(","),
  ..."authorisation,network token provisioning,network token,account updater,card verification".split(","),
  ..."authentication,risk engine,intelligent acceptance,retrieval,merchant payout,payout,decline".split(","),
]);
