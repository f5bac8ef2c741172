import { formatSearch, oneOf, type SearchOf, text } from "../../app/search-params.ts";
import { wallTimeAt } from "../../language/zoned-time.ts";
import { PERIODS } from "../transactions/periods.ts";
import { type Search, SEARCH as TRANSACTION_SEARCH } from "../transactions/transaction-search.ts";
import type { Span } from "./analysis-span.ts";

export const ANALYSIS_SEARCH = {
  period: oneOf(PERIODS),
  from: text,
  to: text,
  currency: text,
  by: oneOf(["COUNT"]),
} as const;
export type AnalysisSearch = SearchOf<typeof ANALYSIS_SEARCH>;
export type Metric = "GROSS" | "COUNT";

/** What turnover is made of: sales that were paid, whatever became of them later. */
export const PAID_SALES: Partial<Search> = { type: ["SALE"], status: ["SUCCESS", "REFUNDED", "CHARGEBACK"] };

/** The list of what is in a stretch of time and fits. */
export type LinkTo = (more: Partial<Search>, span?: Span) => string;

export function linksOf(search: Pick<AnalysisSearch, "period" | "from" | "to">, zone: string): LinkTo {
  const { period, from, to } = search;
  const wall = (instant: string) => wallTimeAt(new Date(instant), zone);
  return (more, span) => {
    const when = span ? { from: wall(span.from), to: wall(span.to) } : { period, from, to };
    return `/transactions${formatSearch(TRANSACTION_SEARCH, { ...when, ...more })}`;
  };
}
