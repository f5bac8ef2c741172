import { oneOf, text } from "../../app/search-params.ts";

export const OUTCOMES = ["DONE", "DENIED"] as const;

export const AUDIT_SEARCH = {
  who: text,
  action: text,
  object: text,
  outcome: oneOf(OUTCOMES),
  /** Calendar days, both inclusive. */
  from: text,
  to: text,
  open: text,
};
