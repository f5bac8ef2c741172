import type { DiscrepanciesQuery } from "../../generated/pages/reconciliation/discrepancies.ts";

export type DiscrepancyFull = NonNullable<DiscrepanciesQuery["discrepancies"]>["edges"][number]["node"];

/** What a person can do about one; its first letter is its key. */
export const ACTS = ["assign", "comment", "snooze", "resolve"] as const;
export type Act = (typeof ACTS)[number];
