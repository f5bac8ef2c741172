import { oneOf, text } from "../../app/search-params.ts";

export const VIEWS = ["work", "runs", "quality"] as const;
export const SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW"] as const;

export const RECONCILIATION_SEARCH = {
  view: oneOf(["runs", "quality"]),
  type: text,
  severity: oneOf(SEVERITIES),
  /** The oldest first; the most money first where nothing is said. */
  sort: oneOf(["AGE"]),
  show: oneOf(["SNOOZED", "RESOLVED", "PROPOSED"]),
  open: text,
};
