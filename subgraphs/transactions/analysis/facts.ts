import { limitsText } from "../../shared/database/scope.ts";
import type { Reach } from "../../shared/identity/grants.ts";
import { COUNTED, factColumn, joinsFor, SUMMED, type SummedBy } from "../../shared/rollups/hour-facts.ts";
import type { Conditions } from "../../shared/subgraph/conditions.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import type { Span } from "../filter-span.ts";
import { listConditions, summedConditions, type TransactionList } from "../list-conditions.ts";
import type { TransactionFilter } from "../transaction-filter.ts";

/** A table `f` in SQL, and the conditions whose values it needs; more values may be added to them. */
export type Facts = { readonly with: string; readonly from: string; readonly where: Conditions };

type Wanted = {
  readonly columns: readonly SummedBy[];
  readonly byHour?: boolean;
  /** The instant that it is of; null for now. */
  readonly asOf: Date | null;
};

/**
 * What a filter finds, as rows of `f (at, …columns, type, base_status, currency, settled_currency, count, …sums)`. Whole
 * hours come from their sums; stale ones, and the ends of the span that are no whole hours, from the transactions, in the
 * same statement and so of the same moment. Where the filter asks for what sums are not kept by, or `byHour` is false
 * because hours (in UTC) do not add up to what is asked for, all of it comes from the transactions. So does what was at an
 * instant, since sums are kept of now alone.
 */
export async function factsOf(
  context: Pick<RequestContext, "query">,
  reach: Reach,
  filter: TransactionFilter,
  span: Span,
  { columns, byHour = true, asOf }: Wanted,
): Promise<Facts> {
  const all = [...new Set<SummedBy>([...columns, "type", "base_status", "currency", "settled_currency"])];
  const hours = wholeHours(span);
  const where = byHour && hours && !asOf ? summedConditions(reach, filter) : null;
  return where && hours
    ? fromSums(where, { reach, span, hours, columns: all })
    : fromRows(await listConditions(context, reach, { ...filter, occurredAt: span }, asOf), all);
}

function fromRows({ from, where }: TransactionList, columns: readonly SummedBy[]): Facts {
  const rows = `select ${rowColumns(columns)} from ${from} ${joinsFor(columns)}
    where t.merchant_id = any($1::text[]) and ${where.text()}`;
  return { with: "", from: `(${rows}) f`, where };
}

type Summed = {
  readonly reach: Reach;
  readonly span: Span;
  readonly hours: Span;
  readonly columns: readonly SummedBy[];
};

function fromSums(where: Conditions, { reach, span, hours, columns }: Summed): Facts {
  const asked = where.text();
  const [from, wholeFrom, wholeTo, to] = [
    instant(where, span.from, "-infinity"),
    instant(where, hours.from, "-infinity"),
    instant(where, hours.to, "infinity"),
    instant(where, span.to, "infinity"),
  ];
  const limits = `${where.parameter(limitsText(reach.limits))}::jsonb`;
  const inHours = `t.merchant_id = any($1::text[]) and t.hour >= ${wholeFrom} and t.hour < ${wholeTo}`;
  return {
    with: `
      with stale as materialized (
        select distinct t.merchant_id, t.hour from transactions.stale_hour t
        where ${inHours} and (${limits} is null or not jsonb_exists(${limits}, t.merchant_id)
          or jsonb_exists(${limits} -> t.merchant_id, t.location_id))
      ), spans as materialized (
        select merchant_id, hour as "from", hour + interval '1 hour' as "to" from stale
        union all select m, ${from}, ${wholeFrom} from unnest($1::text[]) m where ${from} < ${wholeFrom}
        union all select m, ${wholeTo}, ${to} from unnest($1::text[]) m where ${wholeTo} < ${to}
      )`,
    from: `(
      select t.hour as at, ${columns.map((column) => `t.${column}`).join(", ")}, t.count, ${SUMMED.map((column) => `t.${column}`).join(", ")}
      from transactions.hour_sum t
      where ${inHours} and ${asked} and not exists (
        select from stale s where s.merchant_id = t.merchant_id and s.hour = t.hour)
      union all
      select ${rowColumns(columns)} from spans r
      cross join lateral (
        select * from transactions.transaction t
        where t.merchant_id = r.merchant_id and t.occurred_at >= r."from" and t.occurred_at < r."to" offset 0
      ) t
      ${joinsFor(columns)}
      where ${COUNTED} and ${asked}
    ) f`,
    where,
  };
}

function rowColumns(columns: readonly SummedBy[]): string {
  const each = columns.map((column) => `${factColumn(column)} as ${column}`).join(", ");
  return `t.occurred_at as at, ${each}, 1::bigint as count, ${SUMMED.map((column) => `t.${column}::numeric`).join(", ")}`;
}

function instant(where: Conditions, at: Date | null, open: string): string {
  return at === null ? `'${open}'::timestamptz` : `${where.parameter(at)}::timestamptz`;
}

export const HOUR_MS = 3_600_000;

/** The whole hours within a span; null where there is none. */
function wholeHours({ from, to }: Span): Span | null {
  const first = from && new Date(Math.ceil(from.getTime() / HOUR_MS) * HOUR_MS);
  const last = to && new Date(Math.floor(to.getTime() / HOUR_MS) * HOUR_MS);
  return first && last && first >= last ? null : { from: first, to: last };
}
