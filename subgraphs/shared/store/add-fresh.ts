import pg from "pg";
import type { Transaction } from "../database/scope.ts";
import type { FamilyModules } from "../family-module.ts";
import { ADD_TRANSACTIONS, addDetails } from "./merge-transactions.ts";

/**
 * Adds the transactions of which nothing is known yet and that one row of `staged` tells of: most of what a journal says.
 * There is nothing to merge such a row with and nothing to derive its status from but itself, and to find that out costs a
 * fifth of what it costs to merge it. Its place in `fate` says that it is `fresh`. Returns how many there are.
 *
 * A transaction without an event is known to the key only: then none is added here, and all are merged.
 */
export async function addFresh(transaction: Transaction, families: FamilyModules): Promise<number> {
  await transaction.query("savepoint fresh");
  try {
    const fresh = await transaction.change(FRESH);
    if (fresh > 0) {
      // A table that the planner believes empty is looked through once for each row of the other.
      await transaction.query("analyze fate");
      await transaction.query(`${ADD_TRANSACTIONS}; ${Object.values(families).map(added).join("; ")}`);
    }
    await transaction.query("release savepoint fresh");
    return fresh;
  } catch (error) {
    if ((error as { readonly code?: string }).code !== UNIQUE_VIOLATION) throw error;
    await transaction.query("rollback to savepoint fresh");
    return 0;
  }
}

const UNIQUE_VIOLATION = "23505";

function added({ family, detailTable, detailColumns }: FamilyModules[keyof FamilyModules]): string {
  return addDetails(detailTable, detailColumns, pg.escapeLiteral(family));
}

/** In `staged` more than once, so that the rows have to be judged together. */
const repeated = (column: string) =>
  `select ${column} from staged where ${column} is not null group by ${column} having count(*) > 1`;

/**
 * Each question is asked by key, and only of rows that passed the ones before it. A child is of its sale's family, which
 * spares the other partitions. The line's id is put together beforehand: row level security lets no index be asked for what
 * a function makes of another table's column.
 */
const FRESH = `
  insert into fate (merchant_id, line_number, content_hash, kind, fate, fresh)
  select s.merchant_id, s.line_number, s.content_hash, s.kind, 'NEW', true
  from (select *, 'lin_' || fact_key as line_id from staged offset 0) s
  where s.creates and s.reports and s.original_id is null
    and s.transaction_id not in (${repeated("transaction_id")})
    and s.fact_key not in (${repeated("fact_key")})
    and (s.merchant_id, s.family, s.transaction_id) not in (
      select merchant_id, family, sale_id from transactions.dispute_notice)
    and (
      select e.id from transactions.transaction_event e
      where e.merchant_id = s.merchant_id and e.transaction_id = s.transaction_id limit 1) is null
    and (
      select c.id from transactions.transaction c
      where c.merchant_id = s.merchant_id and c.family = s.family and c.original_id = s.transaction_id limit 1) is null
    and (not s.books or (
      select l.id from reconciliation.settlement_line l
      where l.merchant_id = s.merchant_id and l.id = s.line_id) is null)`;
