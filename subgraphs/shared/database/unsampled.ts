import type { QueryResultRow } from "pg";

/** Asks the transaction that is about to work. */
type Query = <R extends QueryResultRow>(text: string, values?: readonly unknown[], name?: string) => Promise<R[]>;

/** Tables that a kind of work joins as a whole; the name is the kind's own. */
export type JoinedTables = { readonly name: string; readonly tables: readonly string[] };

const MANY = 1_000;
const FEW = 100;

/**
 * Of a merchant that came since a table was last sampled, as of one whose first rows were on their way then, the planner
 * believes that there is a single row. Any index is as good as another for one row, and so it would go through all of them
 * once for each line. Where that is so, the transaction plans for any merchant, and joins whole tables: a price that is only
 * paid among few merchants, since of many the planner knows ten and takes a new one for one of the others.
 */
export async function planForUnsampled(query: Query, merchantId: string, joined: JoinedTables): Promise<void> {
  const [explained] = await query<{ readonly "QUERY PLAN": readonly Explained[] }>(explaining(joined), [merchantId]);
  const parts = explained?.["QUERY PLAN"][0]?.Plan.Plans ?? [];
  const expected = parts.filter((part) => part["Parent Relationship"] === "Member").map((part) => part["Plan Rows"]);
  const doubted = [...joined.tables.keys()].filter((table) => (expected[table] ?? 0) < FEW);
  // To count costs more than to ask, and most merchants are known.
  if (doubted.length === 0) return;
  const tables = doubted.map((table) => joined.tables[table] ?? "");
  const name = `rows-${joined.name}-${doubted.join("")}`;
  const [counted] = await query<{ rows: readonly number[] }>(counting(tables), [merchantId], name);
  if (!counted?.rows.some((count) => count === MANY)) return;
  await query(
    "select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_nestloop', 'off', true)",
  );
}

type Part = { readonly "Parent Relationship"?: string; readonly "Plan Rows": number };
type Explained = { readonly Plan: { readonly Plans?: readonly Part[] } };

const counting = (tables: readonly string[]) =>
  `select array[${tables
    .map((table) => `(select count(*)::int from (select from ${table} where merchant_id = $1 limit ${MANY}) r)`)
    .join(", ")}] as rows`;

const explaining = ({ tables }: JoinedTables) =>
  `explain (format json) ${tables.map((table) => `select 1 from ${table} where merchant_id = $1`).join(" union all ")}`;
