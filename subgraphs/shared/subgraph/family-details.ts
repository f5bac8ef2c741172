import type { QueryResultRow } from "pg";
import type { Money } from "../money.ts";
import type { Family } from "../vocabulary.ts";
import { type BatchedLoad, batched, byKey } from "./batched.ts";
import { moneyOrNull } from "./money-type.ts";
import { VISIBLE_BY_ID, visibleParameters } from "./visible-transactions.ts";

type FamilyTables = {
  readonly family: Family;
  /** The family's own PostgreSQL schema, with its partition and its details. */
  readonly schema: string;
  /** SQL over `t`, the transaction, and `d`, its detail, which may be missing. */
  readonly columns: string;
};

/** Loads what only the family knows of a transaction, by its id; null for a row the caller may not see. */
export function familyDetails<R extends QueryResultRow & { readonly id: string }, V>(
  { family, schema, columns }: FamilyTables,
  toValue: (row: R) => V,
): BatchedLoad<V> {
  const text = `select t.id, ${columns} from ${schema}.transaction t
    left join ${schema}.detail d on d.merchant_id = t.merchant_id and d.transaction_id = t.id
    where ${VISIBLE_BY_ID} and t.family = $4 and t.id = any($5::text[])`;
  return batched(async (context, ids) => {
    const rows = await context.query<R>(text, [...visibleParameters(context), family, ids], `details-of-${family}`);
    return byKey(rows, ({ id }) => id, toValue);
  });
}

/**
 * Loads what settlements booked for a transaction, summed over its lines; `columns` of `view` in minor units. Amounts
 * of two currencies have no sum, so such a transaction has none. By the caller's scope alone: ask for visible ids only.
 */
export function settledAmounts<C extends string>(
  view: string,
  columns: readonly C[],
): BatchedLoad<{ readonly [Column in C]: Money | null }> {
  const sums = columns.map((column) => `sum(${column})::text as ${column}`).join(", ");
  const text = `select transaction_id, min(currency) as currency, ${sums} from ${view}
    where merchant_id = any($1::text[]) and transaction_id = any($2::text[])
    group by transaction_id having count(distinct currency) = 1`;
  return batched(async (context, ids) => {
    const parameters = [context.requireReach("settlements:view").merchants, ids];
    const rows = await context.query<Record<string, string | null>>(text, parameters, `settled-${view}`);
    return byKey(
      rows,
      (row) => String(row["transaction_id"]),
      (row) => {
        const amount = (column: C): [C, Money | null] => {
          const minor = row[column] ?? null;
          return [column, moneyOrNull(minor === null ? null : BigInt(minor), row["currency"] ?? null)];
        };
        return Object.fromEntries(columns.map(amount)) as { readonly [Column in C]: Money | null };
      },
    );
  });
}
