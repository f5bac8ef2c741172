import { batched, groupedByKey } from "../shared/subgraph/batched.ts";
import type { DriftCount } from "./import/drift-tally.ts";
import {
  driftOf,
  type FileAccount,
  type FileAttention,
  type MovedColumn,
  previewOf,
  type StoredPreview,
} from "./settlement-file-findings.ts";
import type {
  ControlTotal,
  FileOrigin,
  FileStatus,
  FileTotals,
  SettlementFile,
  SkippedRows,
} from "./settlement-file-type.ts";

export type FileRow = {
  readonly id: string;
  readonly merchant_id: string;
  readonly sha256: string;
  readonly name: string;
  readonly size_bytes: bigint;
  readonly adapter: string | null;
  readonly provider: string | null;
  readonly status: FileStatus;
  readonly problem: string | null;
  readonly origin: FileOrigin;
  readonly received_at: Date;
  readonly finished_at: Date | null;
  readonly rows_read: bigint;
  readonly rows_accepted: bigint;
  readonly rows_duplicate: bigint;
  readonly rows_quarantined: bigint;
  readonly rows_skipped: bigint;
  /** Amounts in JSON are text, so that none of them passes through a float. */
  readonly control_totals: readonly { name: string; currency?: string; expected: string; actual: string }[];
  readonly totals: Readonly<Record<string, { readonly gross: string; readonly fee: string; readonly net: string }>>;
  readonly progress_rows: bigint;
  readonly progress_bytes: bigint;
  readonly attention: readonly FileAttention[];
  readonly drift: readonly DriftCount[];
  readonly layout_moved: readonly MovedColumn[];
  readonly preview: StoredPreview | null;
};

export const FILE_COLUMNS = `t.id, t.merchant_id, t.sha256, t.name, t.size_bytes, t.adapter, t.provider, t.status,
  t.problem, t.origin, t.received_at, t.finished_at, t.rows_read, t.rows_accepted, t.rows_duplicate,
  t.rows_quarantined, t.rows_skipped, t.control_totals, t.totals, t.progress_rows, t.progress_bytes, t.attention, t.drift,
  t.layout_moved, t.preview`;

export function fileOf(row: FileRow): SettlementFile {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    name: row.name,
    sha256: row.sha256,
    sizeBytes: row.size_bytes,
    provider: row.provider,
    adapter: row.adapter,
    status: row.status,
    problem: row.problem,
    origin: row.origin,
    receivedAt: row.received_at,
    finishedAt: row.finished_at,
    counts: {
      read: row.rows_read,
      accepted: row.rows_accepted,
      duplicate: row.rows_duplicate,
      quarantined: row.rows_quarantined,
      skipped: row.rows_skipped,
    },
    controlTotals: row.control_totals.map(controlTotalOf),
    totals: Object.entries(row.totals).map(totalsOf),
    progress: row.status === "PARSING" ? { rows: row.progress_rows, bytes: row.progress_bytes } : null,
    attention: row.attention,
    drift: row.drift.map(driftOf),
    movedColumns: row.layout_moved,
    preview: row.status === "PREVIEWED" && row.preview ? previewOf(row.preview) : null,
    // What was looked at and not taken has written nothing down; previews of earlier versions name no accounts.
    foreseenAccounts: row.status === "PREVIEWED" ? (row.preview?.accounts ?? []) : null,
  };
}

/** Why rows of a file were skipped, the most frequent reason first. */
export const skippedOfFile = batched<readonly SkippedRows[]>(async (context, ids) => {
  const text = `select file_id, code, count(*) as count from reconciliation.source_record
    where merchant_id = any($1::text[]) and file_id = any($2::text[]) and disposition = 'SKIPPED'
    group by file_id, code order by count desc, code`;
  const parameters = [context.require("settlements:view"), ids];
  const rows = await context.query<{ file_id: string; code: string; count: bigint }>(text, parameters, "skipped-rows");
  return groupedByKey(
    rows,
    (row) => row.file_id,
    ({ code, count }): SkippedRows => ({ code, count }),
  );
});

/** The accounts that a taken file was about. */
export const accountsOfFile = batched<readonly FileAccount[]>(async (context, ids) => {
  const text = `select file_id, provider, account, first_date::text as "firstDate", last_date::text as "lastDate"
    from reconciliation.file_account where merchant_id = any($1::text[]) and file_id = any($2::text[])
    order by provider, account`;
  const parameters = [context.require("settlements:view"), ids];
  const rows = await context.query<FileAccount & { file_id: string }>(text, parameters, "file-accounts");
  return groupedByKey<FileAccount & { file_id: string }, FileAccount>(
    rows,
    (row) => row.file_id,
    (row) => row,
  );
});

function controlTotalOf({ name, currency, expected, actual }: FileRow["control_totals"][number]): ControlTotal {
  return { name, currency: currency ?? null, expected: BigInt(expected), actual: BigInt(actual) };
}

function totalsOf([currency, { gross, fee, net }]: [string, FileRow["totals"][string]]): FileTotals {
  const inCurrency = (minor: string) => ({ amountMinor: BigInt(minor), currency });
  return { gross: inCurrency(gross), fee: inCurrency(fee), net: inCurrency(net) };
}
