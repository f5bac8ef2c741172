import type { Outcome } from "../../subgraphs/shared/event.ts";
import type { BaseStatus } from "../../subgraphs/shared/vocabulary.ts";

/**
 * What a CCV status and failure code say became of the transaction. Failure codes are an open list: one we do not know
 * is a failure that may yet prove paid, so a person may decide it. A status we do not know decides nothing.
 */
export function outcomeOf(status: string, failureCode: string | undefined): Outcome {
  switch (status) {
    case "success":
      return { status: "SUCCESS", certainty: "DEFINITIVE" };
    case "failed":
      return { ...failureOf(failureCode), reason: failureCode ?? "no_failure_code" };
    case "manualintervention":
      return { status: "MANUAL_INTERVENTION", certainty: "INDETERMINATE" };
    case "pending":
      return { status: "PROCESSING", certainty: "INDETERMINATE" };
    default:
      return { status: "PROCESSING", certainty: "INDETERMINATE", reason: "unknown_status" };
  }
}

export function isKnownStatus(status: string): boolean {
  return STATUSES.has(status);
}

export function isKnownFailure(code: string): boolean {
  return code === "cancelled" || code === "processing_error" || REFUSALS.has(code) || NEVER_STARTED.has(code);
}

const STATUSES = new Set(["pending", "success", "failed", "manualintervention"]);

function failureOf(code: string | undefined): { status: BaseStatus; certainty: Outcome["certainty"] } {
  if (code === "cancelled") return { status: "CANCELLED", certainty: "DEFINITIVE" };
  if (REFUSALS.has(code ?? "")) return { status: "REFUSED", certainty: "DEFINITIVE" };
  return { status: "FAILED", certainty: NEVER_STARTED.has(code ?? "") ? "DEFINITIVE" : "INDETERMINATE" };
}

/** `unsufficient_balance` is how CCV spells it; the second spelling is for the day they correct it. */
const REFUSALS = new Set([
  "rejected",
  "card_refused",
  "insufficient_funds",
  "insufficient_balance",
  "unsufficient_balance",
  "fraud_detected",
]);

/** The shopper never paid in time, or CCV refused the request itself. A `processing_error` stays open to doubt. */
const NEVER_STARTED = new Set([
  "expired",
  "invalid_config",
  "unknown_reference",
  "unsupported_currency",
  "bad_credentials",
]);
