import type { Outcome } from "../../subgraphs/shared/event.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";

/** What a record is: `books` where money becomes due with it; `own` marks those that are not the sale they name. */
export type RecordKind = {
  readonly kind: EventKind;
  readonly books: boolean;
  readonly outcome?: Outcome;
  readonly own?: "refund" | "dispute";
};

/** By record category and type together; undefined for a pair nobody mapped yet. */
export function recordKind(category: string, type: string): RecordKind | undefined {
  return KINDS.get(category + type);
}

const SUCCESS: Outcome = { status: "SUCCESS", certainty: "DEFINITIVE" };
const PROCESSING: Outcome = { status: "PROCESSING", certainty: "INDETERMINATE" };

/** Category + is money for the merchant, - is money from the merchant, X says something and moves none. */
const KINDS: ReadonlyMap<string, RecordKind> = new Map<string, RecordKind>([
  ["+ON", { kind: "SALE", books: true }],
  ["+IP", { kind: "SALE", books: true }],
  ["+AP", { kind: "SALE", books: true }],
  ["-CR", { kind: "REFUND", books: true, outcome: SUCCESS, own: "refund" }],
  ["-CB", { kind: "CHARGEBACK", books: true, outcome: SUCCESS, own: "dispute" }],
  // A direct debit that was collected and that the bank took back.
  ["-AR", { kind: "CHARGEBACK", books: true, outcome: SUCCESS, own: "dispute" }],
  ["-ON", { kind: "CANCELLATION", books: true, outcome: failed("settlement_refused") }],
  // Collected online and on its way to be settled.
  ["XON", { kind: "SALE", books: false, outcome: PROCESSING }],
  ["XCR", { kind: "REFUND", books: false, outcome: PROCESSING, own: "refund" }],
  ["XRN", { kind: "SALE", books: false, outcome: failed("capture_rejected") }],
  ["XRS", { kind: "SALE", books: false, outcome: failed("settlement_refused") }],
  ["XAB", { kind: "SALE", books: false, outcome: refused("rejected_by_bank") }],
  ["XAG", { kind: "SALE", books: false, outcome: refused("rejected_by_worldline") }],
]);

function failed(reason: string): Outcome {
  return { status: "FAILED", certainty: "DEFINITIVE", reason };
}

function refused(reason: string): Outcome {
  return { status: "REFUSED", certainty: "DEFINITIVE", reason };
}

/** The payment statuses that such records have. They repeat what the record is; one we do not know is only counted. */
export const KNOWN_STATUSES: ReadonlySet<string> = new Set(
  "100 130 150 160 170 172 175 180 200 220 230 300 310 320 330 350 400 500 525 550 600 625 650 800 850 900 950 975 1000 1010 1020 1030 1050 1100 1110 1120 1150 1210 1250 1500 1510 1520 1800 1810 1830 1850 2000 2030 2100 2110 2120 2130 2200 2210 2220 99999".split(
    " ",
  ),
);
