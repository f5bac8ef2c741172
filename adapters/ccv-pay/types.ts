import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";

/** `about: "original"` events have no life of their own; `sign` is the direction of the money when it is paid out. */
export type TypeRule = { readonly kind: EventKind; readonly sign: 1 | -1; readonly about?: "original" | "settlement" };

/** CCV's transaction types that are payments or money, by their names in lower case. */
export const PAYMENT_TYPES: ReadonlyMap<string, TypeRule> = new Map<string, TypeRule>([
  ["sale", { kind: "SALE", sign: 1 }],
  ["authorise", { kind: "AUTHORISATION", sign: 1 }],
  ["capture", { kind: "CAPTURE", sign: 1, about: "original" }],
  ["reversal", { kind: "CANCELLATION", sign: -1, about: "original" }],
  ["refund", { kind: "REFUND", sign: -1 }],
  ["auto_refund", { kind: "REFUND", sign: -1 }],
  ["credit", { kind: "CREDIT", sign: -1 }],
  ["chargeback", { kind: "CHARGEBACK", sign: -1 }],
  ["chargeback_reversal", { kind: "CHARGEBACK_REVERSAL", sign: 1 }],
  ["collection", { kind: "COLLECTION", sign: -1, about: "settlement" }],
  ["disbursement", { kind: "DISBURSEMENT", sign: 1, about: "settlement" }],
]);

/** The other types, with the reason why each is passed over. */
export const NO_MONEY: Readonly<Record<string, string>> = {
  token: "a stored card, no payment",
  vault_store: "a stored card, no payment",
  vault_usage: "a stored card, no payment",
  validate: "a card check, no payment",
  release: "the rest of an authorisation let go; the capture says what was paid",
};
