import type { SummedBy } from "../../shared/rollups/hour-facts.ts";
import { enumOf } from "../../shared/subgraph/output.ts";

const COLUMNS = {
  PAYMENT_TYPE: "payment_type",
  METHOD: "payment_method",
  BRAND: "brand",
  FAMILY: "family",
  PROVIDER: "provider",
  LOCATION: "location_id",
  TERMINAL: "terminal_id",
  ISSUER: "issuer",
  PURSE: "purse",
  TYPE: "type",
  STATUS: "status",
  STATUS_ORIGIN: "status_origin",
} as const satisfies Record<string, SummedBy>;

/** By the clock of the zone, whose name is the parameter. */
const CLOCK = { WEEKDAY: "isodow", HOUR_OF_DAY: "hour" } as const;

const ANALYSIS_DIMENSIONS = ["WEEKDAY", "HOUR_OF_DAY", ...(Object.keys(COLUMNS) as (keyof typeof COLUMNS)[])] as const;
export type AnalysisDimension = (typeof ANALYSIS_DIMENSIONS)[number];

export const AnalysisDimensionEnum = enumOf(
  "AnalysisDimension",
  "What figures are told apart by.",
  ANALYSIS_DIMENSIONS,
  {
    WEEKDAY: "1 for Monday to 7 for Sunday, by the clock of the zone.",
    HOUR_OF_DAY: "0 to 23, by the clock of the zone; the hour that comes twice in autumn is one.",
    ISSUER: "Of vouchers; null for everything else.",
    PURSE: "Of vouchers; null for everything else.",
  },
);

/** The column of the facts that a dimension needs; none where the time tells it. */
export function columnOf(dimension: AnalysisDimension): readonly SummedBy[] {
  return dimension in COLUMNS ? [COLUMNS[dimension as keyof typeof COLUMNS]] : [];
}

/** SQL of its value, as text, of a row of facts `f`; `zone` is the placeholder of the zone's name. */
export function keySql(dimension: AnalysisDimension, zone: string): string {
  const [column] = columnOf(dimension);
  if (column) return `f.${column}::text`;
  return `extract(${CLOCK[dimension as keyof typeof CLOCK]} from f.at at time zone ${zone})::int::text`;
}
