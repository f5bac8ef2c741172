import { enumOf } from "../../shared/subgraph/output.ts";

const MATCH_STATES = ["PROPOSED", "CONFIRMED", "REJECTED", "REVOKED"] as const;
export type MatchState = (typeof MATCH_STATES)[number];
export const MatchStateEnum = enumOf("MatchState", "Whether a match counts.", MATCH_STATES, {
  PROPOSED: "Waits for a second person; nothing is claimed yet.",
  CONFIRMED: "Counts.",
  REJECTED: "A second person refused it; it never counted.",
  REVOKED: "Counted once; all of it was taken back.",
});

const CLAIM_METHODS = ["AUTO", "MANUAL", "FORCED"] as const;
export type ClaimMethod = (typeof CLAIM_METHODS)[number];
export const ClaimMethodEnum = enumOf("ClaimMethod", "Who brought lines and transactions together.", CLAIM_METHODS, {
  AUTO: "A reconciliation run.",
  MANUAL: "A person.",
  FORCED: "A person, against what the figures say.",
});

const CARDINALITIES = ["ONE_TO_ONE", "ONE_TO_MANY", "MANY_TO_ONE"] as const;
export type Cardinality = (typeof CARDINALITIES)[number];
export const CardinalityEnum = enumOf("Cardinality", "How many lines stand for how many transactions.", CARDINALITIES, {
  ONE_TO_MANY: "One line is the money of several transactions.",
  MANY_TO_ONE: "Several lines are the money of one transaction.",
});

/** How many lines stand for how many transactions; of several and several none is ever made. */
export function cardinalityOf(lines: number, transactions: number): Cardinality {
  if (lines === 1 && transactions === 1) return "ONE_TO_ONE";
  return lines === 1 ? "ONE_TO_MANY" : "MANY_TO_ONE";
}
