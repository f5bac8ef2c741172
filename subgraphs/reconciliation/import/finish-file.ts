import type { DataSource } from "typeorm";
import type { SettlementAdapter } from "../../../adapters/adapter.ts";
import { maskCards } from "../../shared/card-detector.ts";
import { tellProgress } from "../../shared/changes/tell-progress.ts";
import { inScope, type Transaction } from "../../shared/database/scope.ts";
import type { AppError } from "../../shared/errors.ts";
import { lastLayout, movedColumns } from "./layout.ts";
import { type FileLease, holdFileLease } from "./lease.ts";
import type { Preview } from "./preview.ts";
import type { TakenFile } from "./take-file.ts";

/** Writes what became of the file, in the transaction that took its rows. */
export async function finishFile(
  transaction: Transaction,
  lease: FileLease,
  adapter: SettlementAdapter,
  taken: TakenFile,
): Promise<void> {
  const status = taken.counts.quarantined > 0n ? "PARTIALLY_APPLIED" : "APPLIED";
  await writeResult(transaction, lease, adapter, { status, taken, preview: null });
}

/** Writes what the file would do, after the transaction that found it out was rolled back. */
export async function keepPreview(
  database: DataSource,
  lease: FileLease,
  adapter: SettlementAdapter,
  result: { readonly taken: TakenFile; readonly preview: Preview },
): Promise<void> {
  await inScope(database, lease.scope, async (transaction) => {
    await holdFileLease(transaction, lease);
    await writeResult(transaction, lease, adapter, { status: "PREVIEWED", ...result });
  });
}

/**
 * A file that was refused left no row. One that was read again and refused stands as it did, with all the rows that it
 * had.
 */
export async function rejectFile(database: DataSource, lease: FileLease, refusal: AppError): Promise<void> {
  const { code, message: problem } = refusal;
  const stands = lease.statusBefore !== null && lease.statusBefore !== "REJECTED";
  const sentence = stands ? `read again, the file was refused and stands as before: ${problem}` : problem;
  await inScope(database, lease.scope, async (transaction) => {
    await holdFileLease(transaction, lease);
    await transaction.query(stands ? STAND : REJECT, [
      lease.scope.merchants[0],
      lease.fileId,
      maskCards(sentence).text,
      ...(stands ? [lease.statusBefore] : [code === "FORBIDDEN" ? ["REJECTED", "WRONG_SENDER"] : ["REJECTED"]]),
    ]);
    await tellProgress(transaction, lease.scope.merchants[0] ?? "");
  });
}

type Result = { readonly status: string; readonly taken: TakenFile; readonly preview: Preview | null };

async function writeResult(
  transaction: Transaction,
  lease: FileLease,
  adapter: SettlementAdapter,
  { status, taken, preview }: Result,
): Promise<void> {
  const { counts, facts } = taken;
  const merchantId = lease.scope.merchants[0] ?? "";
  const before = facts.layout && (await lastLayout(transaction, merchantId, { adapter: adapter.name, ...lease }));
  await transaction.query(RESULT, [
    merchantId,
    lease.fileId,
    status,
    adapter.name,
    adapter.provider,
    counts.read,
    counts.accepted,
    counts.duplicate,
    counts.quarantined,
    counts.skipped,
    toJson(facts.controlTotals),
    toJson(counts.totals),
    toJson(facts.drift.kinds),
    facts.drift.readings,
    facts.layout ? toJson(facts.layout) : null,
    toJson(facts.layout && before ? movedColumns(before, facts.layout) : []),
    attentionOf(taken),
    preview ? toJson(preview) : null,
  ]);
  await tellProgress(transaction, merchantId);
}

/** Why a person should look at a file that was taken. */
function attentionOf({ counts, facts, isAhead }: TakenFile): string[] {
  return [
    ...(counts.quarantined > 0n ? ["QUARANTINE"] : []),
    ...(facts.drift.readings > 0 ? ["DRIFT"] : []),
    ...(isAhead ? ["CLOCK_AHEAD"] : []),
  ];
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_, field) => (typeof field === "bigint" ? field.toString() : field));
}

const RESULT = `
  update reconciliation.source_file
  set status = $3, adapter = $4, provider = $5, rows_read = $6, rows_accepted = $7, rows_duplicate = $8,
    rows_quarantined = $9, rows_skipped = $10, control_totals = $11, totals = $12, drift = $13, drift_readings = $14,
    layout = $15, layout_moved = $16, attention = $17, preview = $18, problem = null, task = 'IMPORT',
    status_before = null, finished_at = clock_timestamp(), leased_until = null
  where merchant_id = $1 and id = $2`;

const REJECT = `
  update reconciliation.source_file
  set status = 'REJECTED', problem = $3, attention = $4, task = 'IMPORT', status_before = null,
    finished_at = clock_timestamp(), leased_until = null
  where merchant_id = $1 and id = $2`;

const STAND = `
  update reconciliation.source_file
  set status = $4, problem = $3, attention = array_append(array_remove(attention, 'REPLAY_REFUSED'), 'REPLAY_REFUSED'),
    task = 'IMPORT', status_before = null, finished_at = clock_timestamp(), leased_until = null
  where merchant_id = $1 and id = $2`;
