import { createHash } from "node:crypto";

/**
 * How lines are matched, as data: a run and each of its claims keep the hash of the rules they were made by. The order
 * of stages is the order of trust. Points are evidence in tenths of a power of ten: two fields that agree by chance once
 * in a thousand cases are worth thirty.
 */
export const RULES = {
  version: 2,
  stages: [
    "REFERENCE",
    "ARN",
    "RRN",
    "STAN",
    "AUTHORISATION",
    "MERCHANT_REFERENCE",
    "VOUCHER",
    "INTERCHANGEABLE",
    "SCORED",
  ],
  /** How far a settlement's time of purchase may be from the terminal's; providers round, and their clocks differ. */
  authorisationWindowHours: 24,
  /** A retrieval reference is the acquirer's own for about a week; a STAN wraps around after 999,999 payments. */
  rrnWindowHours: 168,
  stanWindowHours: 24,
  /** An order is paid once, but a shop may use its numbers again. */
  merchantReferenceWindowHours: 336,
  /** Issuer and terminal both write the terminal's time; only its seconds are sometimes lost. */
  voucherWindowSeconds: 60,
  scored: {
    windowHours: 26,
    points: {
      arn: 60,
      rrn: 40,
      authorisationCode: 35,
      merchantReference: 35,
      last4: 30,
      stan: 20,
      terminal: 10,
      brand: 3,
      withinTwoSeconds: 25,
      withinHalfMinute: 18,
      withinFiveMinutes: 10,
      /** A clock that missed a change of the hour. */
      oneHourOff: 12,
      /** Two references that differ as a misread or cut-off one does. */
      damagedReference: 40,
      /** Two references that differ otherwise, though nobody else answers to either. */
      otherReference: -25,
    },
    /** Fewer points are no candidate at all; a person is not asked about them. */
    review: 40,
    accept: 60,
    /** By how much an assignment must beat the best one without the pair. */
    margin: 20,
    /** A tangle of more lines or transactions than this is left to a person, and says so. */
    largestComponent: 40,
  },
} as const;

export const RULES_HASH = createHash("sha256").update(JSON.stringify(RULES)).digest("hex").slice(0, 16);
