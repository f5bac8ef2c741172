import { limitsText } from "../shared/database/scope.ts";
import { batched, byKey, groupedByKey } from "../shared/subgraph/batched.ts";
import { transactionWithin } from "../shared/subgraph/visible-transactions.ts";
import {
  BATCH_COLUMNS,
  type BatchRow,
  batchOf,
  PAYOUT_BANK,
  PAYOUT_COLUMNS,
  type Payout,
  type PayoutRow,
  payoutOf,
  type SettlementBatch,
} from "./batches-and-payouts.ts";
import { LINE_COLUMNS, type LineRow, lineOf, linesFrom, type SettlementLine } from "./settlement-line.ts";

/**
 * What was booked for a transaction: the lines claimed for it, in the order they were booked; by the caller's scope
 * alone, so ask for visible ids only. A line that several transactions share tells what others took, so that it is not
 * for who is limited to some locations, and neither are files, batches and payouts.
 */
export const linesOfTransaction = batched<readonly SettlementLine[]>(async (context, ids) => {
  const { merchants, whole } = context.requireReach("settlements:view");
  const parameters = [merchants, ids, whole];
  const rows = await context.query<LineRow>(OF_TRANSACTION, parameters, "lines-of-transactions");
  return groupedByKey(rows, (row) => row.transaction_id ?? "", lineOf);
});

export const lineById = batched<SettlementLine>(async (context, ids) => {
  const { merchants, whole, limits } = context.requireReach("settlements:view");
  const parameters = [merchants, ids, whole, limitsText(limits)];
  const rows = await context.query<LineRow>(LINE_BY_ID, parameters, "lines-by-id");
  return byKey(rows, ({ id }) => id, lineOf);
});

export const batchById = batched<SettlementBatch>(async (context, ids) => {
  const parameters = [context.requireReach("settlements:view").whole, ids];
  const rows = await context.query<BatchRow>(BATCH_BY_ID, parameters, "batches-by-id");
  return byKey(rows, ({ id }) => id, batchOf);
});

export const payoutById = batched<Payout>(async (context, ids) => {
  const parameters = [context.requireReach("settlements:view").whole, ids];
  const rows = await context.query<PayoutRow>(PAYOUT_BY_ID, parameters, "payouts-by-id");
  return byKey(rows, ({ id }) => id, payoutOf);
});

/** The payout that a transaction's money left with: of its last line that has one. */
export const payoutOfTransaction = batched<Payout>(async (context, ids) => {
  const parameters = [context.requireReach("settlements:view").whole, ids];
  const rows = await context.query<PayoutRow & { readonly transaction_id: string }>(
    PAYOUT_OF_TRANSACTION,
    parameters,
    "payouts-of-transactions",
  );
  return byKey(rows, (row) => row.transaction_id, payoutOf);
});

const OF_TRANSACTION = `select ${LINE_COLUMNS}
  from reconciliation.claim c
  join reconciliation.settlement_line t on t.merchant_id = c.merchant_id and t.id = c.line_id
  left join reconciliation.source_file f on f.id = t.file_id and f.merchant_id in (t.merchant_id, 'platform')
    and t.merchant_id = any($3::text[])
  where c.merchant_id = any($1::text[]) and c.transaction_id = any($2::text[]) and c.released_at is null
    and (c.match_minor is null or c.merchant_id = any($3::text[]))
  order by t.booking_date, t.occurred_at, t.id`;

const LINE_BY_ID = `select ${LINE_COLUMNS} from ${linesFrom("t.merchant_id = any($3::text[])")}
  where t.merchant_id = any($1::text[]) and t.id = any($2::text[])
    and ($4::jsonb is null or t.merchant_id = any($3::text[])
      or c.match_minor is null and ${transactionWithin("$4", "c")})`;

const BATCH_BY_ID = `select ${BATCH_COLUMNS} from reconciliation.settlement_batch t
  where t.merchant_id = any($1::text[]) and t.id = any($2::text[])`;

const PAYOUT_BY_ID = `select ${PAYOUT_COLUMNS} from reconciliation.payout t ${PAYOUT_BANK}
  where t.merchant_id = any($1::text[]) and t.id = any($2::text[])`;

const PAYOUT_OF_TRANSACTION = `select distinct on (c.transaction_id) c.transaction_id, ${PAYOUT_COLUMNS}
  from reconciliation.claim c
  join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
  left join reconciliation.settlement_batch b on b.merchant_id = l.merchant_id and b.id = l.batch_id
  join reconciliation.payout t on t.merchant_id = c.merchant_id and t.id = coalesce(l.payout_id, b.payout_id)
  ${PAYOUT_BANK}
  where c.merchant_id = any($1::text[]) and c.transaction_id = any($2::text[]) and c.released_at is null
  order by c.transaction_id, l.booking_date desc, l.id`;
