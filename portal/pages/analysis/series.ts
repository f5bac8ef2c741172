import type { AnalysisByQuery } from "../../generated/pages/analysis/analysis.ts";

/** Figures of one value of what was asked by, in one currency. */
export type Series = NonNullable<AnalysisByQuery["analysis"]>["period"]["series"][number];
