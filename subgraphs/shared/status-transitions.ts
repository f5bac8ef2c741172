import type { BaseDecision } from "./status.ts";
import type { TransactionStatus } from "./vocabulary.ts";

/**
 * Every step that new evidence may bring about, from → to → who may cause it; NEW is the first sight of a transaction. A
 * claim that is taken back is no step: the status is then decided anew from the events that remain.
 */
export const TRANSITIONS = {
  NEW: {
    PROCESSING: ["PROVIDER"],
    SUCCESS: ["PROVIDER"],
    FAILED: ["PROVIDER"],
    REFUSED: ["PROVIDER"],
    CANCELLED: ["PROVIDER"],
    MANUAL_INTERVENTION: ["PROVIDER"],
  },
  PROCESSING: {
    SUCCESS: ["PROVIDER", "RECONCILER"],
    // The reconciler's part is to ask the provider: absence from a file alone never fails a transaction.
    FAILED: ["PROVIDER", "RECONCILER"],
    REFUSED: ["PROVIDER"],
    CANCELLED: ["PROVIDER", "RECONCILER"],
    MANUAL_INTERVENTION: ["PROVIDER", "RECONCILER"],
  },
  MANUAL_INTERVENTION: {
    SUCCESS: ["PROVIDER", "RECONCILER", "PERSON"],
    FAILED: ["PROVIDER", "PERSON"],
    REFUSED: ["PROVIDER"],
    CANCELLED: ["PROVIDER", "RECONCILER"],
  },
  FAILED: {
    SUCCESS: ["PROVIDER", "RECONCILER", "PERSON"],
    FAILED: ["PERSON"],
    REFUSED: ["PROVIDER"],
    CANCELLED: ["PROVIDER", "RECONCILER"],
    MANUAL_INTERVENTION: ["PROVIDER"],
  },
  SUCCESS: {
    FAILED: ["PROVIDER", "PERSON"],
    REFUSED: ["PROVIDER"],
    CANCELLED: ["PROVIDER", "RECONCILER"],
    REFUNDED: ["DERIVED"],
    CHARGEBACK: ["DERIVED"],
  },
  // Under these two lies a SUCCESS, and what the provider may still do to it shows here as well.
  REFUNDED: {
    SUCCESS: ["DERIVED"],
    CHARGEBACK: ["DERIVED"],
    FAILED: ["PROVIDER"],
    REFUSED: ["PROVIDER"],
    CANCELLED: ["PROVIDER"],
  },
  CHARGEBACK: {
    SUCCESS: ["DERIVED"],
    REFUNDED: ["DERIVED"],
    CHARGEBACK: ["DERIVED"],
    FAILED: ["PROVIDER"],
    REFUSED: ["PROVIDER"],
    CANCELLED: ["PROVIDER"],
  },
  REFUSED: { CANCELLED: ["PROVIDER", "RECONCILER"] },
  CANCELLED: {},
} as const satisfies Record<TransactionStatus | "NEW", { readonly [to in TransactionStatus]?: readonly Cause[] }>;

/** PROVIDER: its answer. RECONCILER: a claimed settlement line. PERSON: an assignment. DERIVED: money that went back. */
export type Cause = "PROVIDER" | "RECONCILER" | "PERSON" | "DERIVED";

export function canBecome(from: TransactionStatus | "NEW", to: TransactionStatus, by: Cause): boolean {
  const row: { readonly [status in TransactionStatus]?: readonly Cause[] } = TRANSITIONS[from];
  return row[to]?.includes(by) ?? false;
}

/** Whether a person may assign `to`. What a definitive answer or a settlement line has decided is not open to anyone. */
export function isAssignable({ status, certainty }: BaseDecision, to: TransactionStatus): boolean {
  return certainty === "INDETERMINATE" && canBecome(status, to, "PERSON");
}
