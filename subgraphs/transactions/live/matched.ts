import DataLoader from "dataloader";
import type { DataSource } from "typeorm";
import type { Changes, Positions } from "../../shared/changes/change-feed.ts";
import { inAnyFamily } from "../../shared/database/in-any-family.ts";
import { inScope, type Transaction as OpenTransaction } from "../../shared/database/scope.ts";
import type { Reach } from "../../shared/identity/grants.ts";
import { TRANSACTIONS } from "../../shared/subgraph/transactions-as-of.ts";
import { listConditions } from "../list-conditions.ts";
import type { TransactionFilter } from "../transaction-filter.ts";
import { TRANSACTION_COLUMNS, type TransactionRow, transactionOf } from "../transaction-row.ts";
import type { Transaction } from "../transaction-type.ts";
import type { LiveScope } from "./live-scope.ts";

/** What changed of a list: transactions that are in it now, by id; `tooMany` where not all are named. */
export type Matched = {
  readonly transactions: ReadonlyMap<string, Transaction>;
  readonly tooMany: boolean;
  /** Where the listener stood before these, and where with them. */
  readonly from: Positions;
  readonly at: Positions;
};

/**
 * Which of these changes are in the list with this filter, as it is now. All who ask of one and the same changes within a
 * turn of the loop are answered from one transaction, and those that two filters find are read once.
 */
export function matchedOf(
  database: DataSource,
  of: LiveScope,
  changes: Changes,
  filter: TransactionFilter,
): Promise<Matched> {
  let loader = loaders.get(changes);
  if (!loader) {
    const match = (filters: readonly TransactionFilter[]) => matchAll(database, of, changes, filters);
    loader = new DataLoader((filters) => eachOf(filters, match), {
      cache: false,
      batchScheduleFn: setImmediate,
    });
    loaders.set(changes, loader);
  }
  return loader.load(filter);
}

const loaders = new WeakMap<Changes, DataLoader<TransactionFilter, Matched>>();

/** One filter that the database refuses must not end the subscriptions of those who were asked for beside it. */
async function eachOf<Q, A>(
  questions: readonly Q[],
  ask: (questions: readonly Q[]) => Promise<readonly A[]>,
): Promise<readonly (A | Error)[]> {
  try {
    return await ask(questions);
  } catch (error) {
    if (questions.length === 1) throw error;
    const alone = await Promise.all(questions.map((question) => eachOf([question], ask).catch((own: Error) => [own])));
    return alone.flat();
  }
}

async function matchAll(
  database: DataSource,
  { scope, reach }: LiveScope,
  { ids, from, at }: Changes,
  filters: readonly TransactionFilter[],
): Promise<readonly Matched[]> {
  const named = [...new Set(ids.filter((id) => id !== null))];
  const tooMany = ids.includes(null);
  if (named.length === 0) return filters.map(() => ({ transactions: new Map(), tooMany, from, at }));
  return inScope(database, scope, async (transaction) => {
    const found: string[][] = [];
    for (const filter of filters) found.push(await idsIn(transaction, reach, filter, named));
    const shown = await transactionsOf(transaction, reach, [...new Set(found.flat())]);
    return found.map((own) => ({
      transactions: new Map(own.flatMap((id) => shown.get(id) ?? []).map((one) => [one.id, one])),
      tooMany,
      from,
      at,
    }));
  });
}

async function idsIn(transaction: OpenTransaction, reach: Reach, filter: TransactionFilter, named: readonly string[]) {
  const { from, where } = await listConditions(transaction, reach, filter);
  where.add(`${inAnyFamily("t")} and t.id = any(?::text[])`, named);
  const text = `select t.id from ${from} where t.merchant_id = any($1::text[]) and ${where.text()} order by t.id`;
  const rows = await transaction.query<{ id: string }>(text, where.values(), preparedName(text));
  return rows.map(({ id }) => id);
}

async function transactionsOf({ query }: OpenTransaction, { merchants }: Reach, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, Transaction>();
  const rows = await query<TransactionRow>(BY_ID, [merchants, ids], "changed-transactions");
  return new Map(rows.map((row) => [row.id, transactionOf(row)]));
}

const BY_ID = `select ${TRANSACTION_COLUMNS} from ${TRANSACTIONS}
  where t.merchant_id = any($1::text[]) and ${inAnyFamily("t")} and t.id = any($2::text[])`;

/** Planning takes longer than looking. A connection keeps what it has prepared, so that only so many shapes are. */
function preparedName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size === MOST_NAMES) return known;
  const name = `changed-${names.size}`;
  names.set(text, name);
  return name;
}

const names = new Map<string, string>();
const MOST_NAMES = 100;
