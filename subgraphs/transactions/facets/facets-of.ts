import { AppError } from "../../shared/errors.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import type { TransactionList } from "../list-conditions.ts";
import { FACET_COLUMNS, type FacetField } from "./facet-fields.ts";
import type { Facet, FacetValue } from "./facet-type.ts";

export const DEFAULT_VALUES = 20;
export const MOST_VALUES = 100;

/**
 * Counts a list by each field, in one scan. A field is counted as if nothing of it were chosen and all else were, so that
 * its other values can be chosen too: a row that fails one choice alone is therefore looked at, and counts for that field.
 */
export async function facetsOf(
  { query }: Pick<RequestContext, "query">,
  list: TransactionList,
  asked: readonly FacetField[],
  limit: number,
): Promise<Facet[]> {
  const fields = [...new Set(asked)];
  if (limit < 1 || limit > MOST_VALUES) {
    throw new AppError("INVALID_INPUT", `\`limit\` is ${limit}: ask for 1 to ${MOST_VALUES} values of a field.`);
  }
  if (fields.length === 0) return [];
  const rows = await query<CountRow>(statementOf(list, fields, limit), list.where.values());
  return fields.map((field) =>
    facetOf(
      field,
      rows.filter((row) => row.field === field),
    ),
  );
}

function facetOf(field: FacetField, rows: readonly CountRow[]): Facet {
  const values = rows.filter(({ shown }) => shown).map((row): FacetValue => facetValue(field, row));
  const others = rows.reduce((sum, { shown, count }) => (shown ? sum : sum + count), 0n);
  return { field, values, others };
}

function facetValue(field: FacetField, { value, count }: CountRow): FacetValue {
  return {
    value,
    count,
    location: field === "LOCATION" && value !== null ? { id: value } : null,
    terminal: field === "TERMINAL" && value !== null ? { id: value } : null,
  };
}

type CountRow = {
  readonly field: FacetField;
  readonly value: string | null;
  /** False of the one row that stands for all beyond the limit. */
  readonly shown: boolean;
  readonly count: bigint;
};

/** `missed` is the one choice that a row does not meet; the others of the list hold for every row that is read. */
function statementOf({ from, base, choices }: TransactionList, fields: readonly FacetField[], limit: number): string {
  const missed = [...choices].map(([field, text]) => `case when (${text}) is not true then '${field}' end`);
  const columns = fields.map((field, n) => `(${FACET_COLUMNS[field]}) collate "C" as v${n}`);
  const sets = fields.map((_, n) => `(v${n}, missed)`);
  const each = fields.map((field, n) => `when grouping(v${n}) = 0 then '${field}'`);
  const value = fields.map((_, n) => `when grouping(v${n}) = 0 then v${n}`);
  return `
    with found as (
      select ${columns.join(", ")}, missed[1] as missed
      from ${from}
      cross join lateral (select array_remove(array[${missed.join(", ")}]::text[], null) as missed) m
      where t.merchant_id = any($1::text[]) and ${base} and cardinality(missed) <= 1
    ), counted as (
      select case ${each.join(" ")} end as field, case ${value.join(" ")} end as value, missed, count(*) as count
      from found group by grouping sets (${sets.join(", ")})
    ), summed as (
      select field, value, sum(count)::bigint as count,
        row_number() over (partition by field order by sum(count) desc, value) <= ${limit} as shown
      from counted where missed is null or missed = field group by field, value
    )
    select field, case when shown then value end as value, shown, sum(count)::bigint as count
    from summed group by field, shown, case when shown then value end
    order by field, shown desc, count desc, value nulls last`;
}
