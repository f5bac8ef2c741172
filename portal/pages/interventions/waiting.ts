import type { ManualInterventionsQuery } from "../../generated/pages/interventions/interventions.ts";

/** A payment that waits for a person. */
export type Waiting = NonNullable<ManualInterventionsQuery["manualInterventions"]>["edges"][number]["node"];

/** What a person may say that it was. */
export type Verdict = "SUCCESS" | "FAILED";
