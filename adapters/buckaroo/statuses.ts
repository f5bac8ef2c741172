import type { Outcome } from "../../subgraphs/shared/event.ts";

/** Buckaroo's status codes, of its public SDK; a code that is not here decides nothing and rejects its row. */
export const STATUS_CODES: Readonly<Record<string, Outcome>> = {
  "190": { status: "SUCCESS", certainty: "DEFINITIVE" },
  "490": { status: "FAILED", certainty: "DEFINITIVE", reason: "failed" },
  "491": { status: "FAILED", certainty: "DEFINITIVE", reason: "validation_failure" },
  // Something broke on the way: the payment may have been made all the same.
  "492": { status: "FAILED", certainty: "INDETERMINATE", reason: "technical_failure" },
  "690": { status: "REFUSED", certainty: "DEFINITIVE", reason: "rejected" },
  "790": { status: "PROCESSING", certainty: "INDETERMINATE", reason: "waiting_for_input" },
  "791": { status: "PROCESSING", certainty: "INDETERMINATE" },
  "792": { status: "PROCESSING", certainty: "INDETERMINATE", reason: "waiting_for_consumer" },
  "793": { status: "MANUAL_INTERVENTION", certainty: "INDETERMINATE", reason: "on_hold" },
  "794": { status: "PROCESSING", certainty: "INDETERMINATE", reason: "waiting_for_approval" },
  "890": { status: "CANCELLED", certainty: "DEFINITIVE", reason: "cancelled_by_consumer" },
  "891": { status: "CANCELLED", certainty: "DEFINITIVE", reason: "cancelled_by_merchant" },
};
