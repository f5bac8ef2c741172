import { batched, byKey, groupedByKey } from "../shared/subgraph/batched.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { stoodAt, TRANSACTIONS, TRANSACTIONS_EVER } from "../shared/subgraph/transactions-as-of.ts";
import { idsByFamily, VISIBLE_BY_ID, visibleParameters } from "../shared/subgraph/visible-transactions.ts";
import { TRANSACTION_COLUMNS, type TransactionRow, transactionOf } from "./transaction-row.ts";
import type { Transaction } from "./transaction-type.ts";

/** A transaction by id, or null: unknown, foreign and hidden are one answer. One statement per family. */
export const transactionById = batched<Transaction>(async (context, ids) => {
  const visible = visibleParameters(context);
  const found = new Map<string, Transaction>();
  for (const [family, members] of idsByFamily(ids)) {
    const rows = await context.query<TransactionRow>(BY_ID, [...visible, family, members], "transactions-by-id");
    for (const row of rows) found.set(row.id, transactionOf(row));
  }
  return found;
});

/** The same as it stood at an instant, which is checked already; null for now. */
export function transactionAt(context: RequestContext, id: string, asOf: Date | null): Promise<Transaction | null> {
  return asOf === null ? transactionById(context, id) : formerById(context, atInstant(id, asOf));
}

const formerById = batched<Transaction>(async (context, keys) => {
  const visible = visibleParameters(context);
  const found = new Map<string, Transaction>();
  for (const [asOf, ids] of idsByInstant(keys)) {
    for (const [family, members] of idsByFamily(ids)) {
      const rows = await context.query<TransactionRow>(BY_ID_THEN, [...visible, family, members, asOf]);
      for (const row of rows) found.set(atInstant(row.id, asOf), transactionOf(row, asOf));
    }
  }
  return found;
});

/** The refunds, chargebacks and reversals that go back to a transaction, oldest first; as of an instant, or null for now. */
export function transactionsOfOriginal(
  context: RequestContext,
  id: string,
  asOf: Date | null,
): Promise<readonly Transaction[] | null> {
  return asOf === null ? ofOriginal(context, id) : formerOfOriginal(context, atInstant(id, asOf));
}

const ofOriginal = batched<readonly Transaction[]>(async (context, ids) => {
  const parameters = [...visibleParameters(context), ids];
  const rows = await context.query<TransactionRow>(OF_ORIGINAL, parameters, "transactions-of-original");
  return groupedByKey(rows, (row) => row.original_id ?? "", transactionOf);
});

const formerOfOriginal = batched<readonly Transaction[]>(async (context, keys) => {
  const visible = visibleParameters(context);
  const found = new Map<string, readonly Transaction[]>();
  for (const [asOf, ids] of idsByInstant(keys)) {
    const rows = await context.query<TransactionRow>(OF_ORIGINAL_THEN, [...visible, ids, asOf]);
    const groups = groupedByKey(
      rows,
      (row) => atInstant(row.original_id ?? "", asOf),
      (row) => transactionOf(row, asOf),
    );
    for (const [key, group] of groups) found.set(key, group);
  }
  return found;
});

/** Until when it has to be answered about a disputed sale; null where nothing has. */
export const respondByOf = batched<Date>(async (context, ids) => {
  const parameters = [...visibleParameters(context), ids];
  const rows = await context.query<{ id: string; respond_by: Date }>(RESPOND_BY, parameters, "respond-by");
  return byKey(
    rows,
    ({ id }) => id,
    (row) => row.respond_by,
  );
});

function atInstant(id: string, asOf: Date): string {
  return `${asOf.toISOString()} ${id}`;
}

function idsByInstant(keys: readonly string[]): readonly (readonly [asOf: Date, ids: readonly string[]])[] {
  const instants = new Set(keys.map(instantIn));
  return [...instants].map((instant) => {
    const ids = keys.filter((key) => instantIn(key) === instant).map((key) => key.slice(instant.length + 1));
    return [new Date(instant), ids] as const;
  });
}

function instantIn(key: string): string {
  return key.slice(0, key.indexOf(" "));
}

const ASKED = "t.family = $4 and t.id = any($5::text[])";
const BY_ID = `select ${TRANSACTION_COLUMNS} from ${TRANSACTIONS} where ${VISIBLE_BY_ID} and ${ASKED}`;
const BY_ID_THEN = `select ${TRANSACTION_COLUMNS} from ${TRANSACTIONS_EVER}
  where ${VISIBLE_BY_ID} and ${ASKED} and ${stoodAt("$6")}`;

const RESPOND_BY = `
  select t.id, d.respond_by from transactions.disputed d
  join ${TRANSACTIONS} on t.merchant_id = d.merchant_id and t.family = d.family and t.id = d.id
  where ${VISIBLE_BY_ID} and d.merchant_id = any($1::text[]) and d.id = any($4::text[]) and d.respond_by is not null`;

const OF_ONE = "t.original_id = any($4::text[])";
const OLDEST_FIRST = "order by t.occurred_at, t.id";
const OF_ORIGINAL = `select ${TRANSACTION_COLUMNS} from ${TRANSACTIONS}
  where ${VISIBLE_BY_ID} and ${OF_ONE} ${OLDEST_FIRST}`;
const OF_ORIGINAL_THEN = `select ${TRANSACTION_COLUMNS} from ${TRANSACTIONS_EVER}
  where ${VISIBLE_BY_ID} and ${OF_ONE} and ${stoodAt("$5")} ${OLDEST_FIRST}`;
