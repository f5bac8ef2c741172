import { oneOf, text } from "../../app/search-params.ts";

export const VIEWS = ["work", "matches", "rejected", "runs", "rules", "quality"] as const;
export const SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW"] as const;

export const MATCH_STATES = ["PROPOSED", "CONFIRMED", "REJECTED", "REVOKED"] as const;
export const CLAIM_METHODS = ["AUTO", "MANUAL", "FORCED"] as const;

export const RECONCILIATION_SEARCH = {
  view: oneOf(["matches", "rejected", "runs", "rules", "quality"]),
  type: text,
  severity: oneOf(SEVERITIES),
  /** The oldest first; the most money first where nothing is said. */
  sort: oneOf(["AGE"]),
  show: oneOf(["SNOOZED", "RESOLVED", "PROPOSED"]),
  open: text,
  /** Of matches. */
  state: oneOf(MATCH_STATES),
  method: oneOf(CLAIM_METHODS),
  /** Whether rejections that were lifted show too. */
  lifted: oneOf(["yes"]),
  /** A preview of rules. */
  preview: text,
  /** A replay, and the run that it is of. */
  replay: text,
  run: text,
};
