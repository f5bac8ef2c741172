import { conditions } from "../shared/subgraph/conditions.ts";
import { keysetPage, type PageRequest } from "../shared/subgraph/keyset-page.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import {
  BATCH_COLUMNS,
  type BatchRow,
  batchOf,
  PAYOUT_BANK,
  PAYOUT_COLUMNS,
  PAYOUT_DAY,
  PAYOUT_STATUS,
  type PayoutRow,
  payoutOf,
  type SettlementBatch,
} from "./batches-and-payouts.ts";
import type { SettlementFileFilter } from "./settlement-file-filter.ts";
import { FILE_COLUMNS, type FileRow, fileOf } from "./settlement-file-row.ts";
import type { QuarantinedRow, SettlementFile } from "./settlement-file-type.ts";
import type { PayoutFilter, SettlementBatchFilter } from "./settlement-filters.ts";
import { LINE_COLUMNS, LINES_FROM, type LineRow, lineOf } from "./settlement-line.ts";

export function filePage(context: RequestContext, filter: SettlementFileFilter, page: PageRequest) {
  const where = conditions([context.require("settlements:view")])
    .add("t.provider = ?", filter.provider)
    .add("t.status = any (?::text[])", filter.statuses);
  if (filter.needsAttention) where.always("t.attention <> '{}'");
  const sort = { column: "t.received_at", type: "timestamptz", direction: "DESC" } as const;
  const keyset = { list: "files", from: "reconciliation.source_file t", columns: FILE_COLUMNS, where, sort };
  return keysetPage<FileRow, SettlementFile>(context, keyset, page, fileOf);
}

export async function fileById(context: RequestContext, id: string): Promise<SettlementFile | null> {
  const text = `select ${FILE_COLUMNS} from reconciliation.source_file t
    where t.merchant_id = any($1::text[]) and t.id = $2 order by t.received_at limit 1`;
  const [row] = await context.query<FileRow>(text, [context.require("settlements:view"), id], "file-by-id");
  return row ? fileOf(row) : null;
}

/** The raw rows are the provider's words and may name a shopper, so they need a permission of their own. */
export function quarantinedPage(context: RequestContext, file: SettlementFile, page: PageRequest) {
  const merchants = context.require("quarantine:view").filter((merchant) => merchant === file.merchantId);
  const where = conditions([merchants], ["t.disposition = 'QUARANTINED'"]).add("t.file_id = ?", file.id);
  const sort = { column: "t.line_number", type: "bigint", direction: "ASC" } as const;
  const from = "(select r.*, r.line_number::text as id from reconciliation.source_record r) t";
  const columns = "t.id, t.line_number, t.code, t.problem, t.raw";
  type Row = { id: string; line_number: bigint; code: string; problem: string; raw: string };
  const rowOf = ({ line_number, code, problem, raw }: Row): QuarantinedRow => ({
    line: line_number,
    code,
    problem,
    raw,
  });
  return keysetPage<Row, QuarantinedRow>(
    context,
    { list: `quarantined ${file.id}`, from, columns, where, sort },
    page,
    rowOf,
  );
}

export function batchPage(context: RequestContext, filter: SettlementBatchFilter, page: PageRequest) {
  const where = conditions([context.require("settlements:view")])
    .add("t.provider = any (?::text[])", filter.providers)
    .add("t.batch = ?", filter.batch)
    .add("t.booking_date >= ?::date", filter.bookedFrom)
    .add("t.booking_date <= ?::date", filter.bookedTo)
    .add("t.currency = ?", filter.currency);
  const sort = { column: "t.booking_date", type: "date", direction: "DESC" } as const;
  const keyset = { list: "batches", from: "reconciliation.settlement_batch t", columns: BATCH_COLUMNS, where, sort };
  return keysetPage<BatchRow, SettlementBatch>(context, keyset, page, batchOf);
}

export function batchesOfPayout(context: RequestContext, payoutId: string, page: PageRequest) {
  const where = conditions([context.require("settlements:view")]).add("t.payout_id = ?", payoutId);
  const sort = { column: "t.booking_date", type: "date", direction: "DESC" } as const;
  const from = "reconciliation.settlement_batch t";
  const keyset = { list: `batches of ${payoutId}`, from, columns: BATCH_COLUMNS, where, sort };
  return keysetPage<BatchRow, SettlementBatch>(context, keyset, page, batchOf);
}

export function payoutPage(context: RequestContext, filter: PayoutFilter, page: PageRequest) {
  const where = conditions([context.require("settlements:view")])
    .add("t.provider = any (?::text[])", filter.providers)
    .add("t.reference = any (?::text[])", filter.references)
    .add(`${PAYOUT_STATUS} = any (?::text[])`, filter.statuses)
    .add("t.value_date >= ?::date", filter.valueFrom)
    .add("t.value_date <= ?::date", filter.valueTo)
    .add("t.currency = ?", filter.currency);
  const sort = { column: PAYOUT_DAY, type: "date", direction: "DESC" } as const;
  const keyset = {
    list: "payouts",
    from: `reconciliation.payout t ${PAYOUT_BANK}`,
    columns: PAYOUT_COLUMNS,
    where,
    sort,
  };
  return keysetPage(context, keyset, page, (row: PayoutRow) => payoutOf(row));
}

/** Lines of a batch, or of all batches of a payout; the payout's own row is not part of what it pays. */
export function linePage(
  context: RequestContext,
  of:
    | { readonly batchId: string }
    | { readonly payoutId: string; readonly kinds?: readonly string[] | null | undefined },
  page: PageRequest,
) {
  const where = conditions([context.require("settlements:view")], ["t.kind <> 'PAYOUT'"]);
  if ("batchId" in of) where.add("t.batch_id = ?", of.batchId);
  else where.add(IN_BATCHES_OF_PAYOUT, of.payoutId).add("t.kind = any (?::text[])", of.kinds);
  const sort = { column: "t.occurred_at", type: "timestamptz", direction: "DESC" } as const;
  const list = `lines of ${"batchId" in of ? of.batchId : of.payoutId}`;
  const keyset = { list, from: LINES_FROM, columns: LINE_COLUMNS, where, sort };
  return keysetPage(context, keyset, page, (row: LineRow) => lineOf(row));
}

const IN_BATCHES_OF_PAYOUT = `t.batch_id in (
  select b.id from reconciliation.settlement_batch b where b.merchant_id = t.merchant_id and b.payout_id = ?)`;
