import { createHash } from "node:crypto";

/**
 * How lines are matched, as data: a run and each of its claims keep the hash of the rules they were made by. The order
 * of stages is the order of trust.
 */
export const RULES = {
  version: 1,
  stages: ["REFERENCE", "ARN", "AUTHORISATION"],
  /** How far a settlement's time of purchase may be from the terminal's; providers round, and their clocks differ. */
  authorisationWindowHours: 24,
} as const;

export const RULES_HASH = createHash("sha256").update(JSON.stringify(RULES)).digest("hex").slice(0, 16);
