import type { Outcome } from "../../subgraphs/shared/event.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import { OUTCOMES } from "./journal.ts";

/** What a record type reports, or why it reports nothing. */
export type RecordMeaning = { readonly kind: EventKind; readonly outcome: Outcome } | { readonly skipped: string };

/** A record type of the payment accounting report, whatever its case; undefined for one nobody mapped yet. */
export function recordMeaning(type: string): RecordMeaning | undefined {
  return TYPES.get(type.toLowerCase());
}

const PROCESSING: Outcome = { status: "PROCESSING", certainty: "INDETERMINATE" };
const SUCCESS: Outcome = { status: "SUCCESS", certainty: "DEFINITIVE" };
const BOOKED = "money of the account; the settlement detail report books it";
const INQUIRY = "an inquiry into a payment; no money has moved";

/**
 * Only what was received or authorised begins a payment; what follows adds to it, since a capture may be of a part and
 * there may be several.
 */
const TYPES: ReadonlyMap<string, RecordMeaning> = new Map<string, RecordMeaning>([
  ["received", { kind: "AUTHORISATION", outcome: PROCESSING }],
  ["authorised", { kind: "AUTHORISATION", outcome: PROCESSING }],
  ["refused", { kind: "AUTHORISATION", outcome: { status: "REFUSED", certainty: "DEFINITIVE", reason: "refused" } }],
  // Adyen could not reach the acquirer: the payment may yet turn out to be paid.
  ["error", { kind: "AUTHORISATION", outcome: { status: "FAILED", certainty: "INDETERMINATE", reason: "error" } }],
  ["cancelled", cancellation("cancelled")],
  ["expired", cancellation("expired")],
  ["sentforsettle", { kind: "CAPTURE", outcome: PROCESSING }],
  ...spelled("settled", { kind: "CAPTURE", outcome: SUCCESS }),
  ["settledinstallment", { kind: "CAPTURE", outcome: SUCCESS }],
  ["bulksettlement", { kind: "CAPTURE", outcome: SUCCESS }],
  [
    "capturefailed",
    { kind: "CAPTURE", outcome: { status: "FAILED", certainty: "DEFINITIVE", reason: "capture_failed" } },
  ],
  ["settledreversed", { kind: "CANCELLATION", outcome: OUTCOMES.CANCELLATION! }],
  ["sentforrefund", { kind: "REFUND", outcome: PROCESSING }],
  ...spelled("refunded", { kind: "REFUND", outcome: SUCCESS }),
  ["refundfailed", { kind: "REFUND", outcome: { status: "FAILED", certainty: "DEFINITIVE", reason: "refund_failed" } }],
  // The money came back to the merchant, so the refund has not happened.
  [
    "refundedreversed",
    {
      kind: "REFUND_REVERSAL",
      outcome: { status: "CANCELLED", certainty: "DEFINITIVE", reason: "refund_reversed" },
    },
  ],
  ...spelled("chargeback", { kind: "CHARGEBACK", outcome: SUCCESS }),
  ["secondchargeback", { kind: "SECOND_CHARGEBACK", outcome: SUCCESS }],
  ["chargebackreversed", { kind: "CHARGEBACK_REVERSAL", outcome: SUCCESS }],
  ["notificationofchargeback", { skipped: INQUIRY }],
  ["requestforinformation", { skipped: INQUIRY }],
  ["notificationoffraud", { skipped: INQUIRY }],
  ...[
    "fee",
    "misccosts",
    "invoicededuction",
    "depositcorrection",
    "merchantpayout",
    "balancetransfer",
    "matchedstatement",
    "manualcorrected",
    "authorisationschemefee",
    "bankinstructionreturned",
    "internalcompanypayout",
  ].map((type): [string, RecordMeaning] => [type, { skipped: BOOKED }]),
]);

function cancellation(reason: string): RecordMeaning {
  return { kind: "CANCELLATION", outcome: { status: "CANCELLED", certainty: "DEFINITIVE", reason } };
}

/** The same under the names it has where another acquirer pays, or where several payments are booked as one. */
function spelled(type: string, meaning: RecordMeaning): readonly [string, RecordMeaning][] {
  return ["", "bulk", "externally", "externallywithinfo"].map((suffix) => [type + suffix, meaning]);
}
