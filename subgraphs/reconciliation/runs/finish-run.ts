import type { DataSource } from "typeorm";
import { tellProgress } from "../../shared/changes/tell-progress.ts";
import { inScope, type Transaction } from "../../shared/database/scope.ts";
import type { MatchedPartition } from "../matching/match-share.ts";
import { linesOf } from "../matching/partitions.ts";
import { addDigests } from "./digest.ts";
import { leaseLost, type Run } from "./run-record.ts";

/** Marks partitions as done in the transaction that matched them; `began` is when and where its own snapshot was taken. */
export async function completeShare(
  transaction: Transaction,
  run: Run,
  share: readonly MatchedPartition[],
  began: Began,
): Promise<void> {
  for (const { partition, counts, digests } of share) {
    await transaction.query(COMPLETE, [
      run.merchantId,
      run.id,
      partition.provider,
      partition.currency,
      toJson({ ...counts, lines: partition.lines }),
      began.at,
      began.watermark,
      digests.lines,
      digests.transactions,
      digests.output,
    ]);
  }
  await transaction.query(PROGRESS, [run.merchantId, run.id, run.leaseSeconds]);
  await tellProgress(transaction, run.merchantId);
}

/** The database's clock and last number when a partition began; nothing of the merchant was being written then. */
export type Began = { readonly at: string; readonly watermark: bigint };

export async function beginning(transaction: Transaction): Promise<Began> {
  const [row] = await transaction.query<Began>(BEGAN);
  return row ?? { at: "-infinity", watermark: 0n };
}

/** A dry run, which leaves nothing behind, keeps its lease, and shows how far it is, between its partitions. */
export async function renewDryRun(database: DataSource, run: Run, dry: readonly MatchedPartition[]): Promise<void> {
  const lines = linesOf(dry.map(({ partition }) => partition));
  const values = [run.merchantId, run.id, run.epoch, dry.length, lines, run.leaseSeconds];
  await inScope(database, run.scope, async (transaction) => {
    if ((await transaction.change(RENEW_DRY, values)) === 0) throw leaseLost(run);
    await tellProgress(transaction, run.merchantId);
  });
}

export type Ending = {
  readonly status: "SUCCEEDED" | "PARTIAL" | "FAILED" | "CANCELLED";
  readonly problem: string | null;
};

/** Writes how a run ended. A dry run leaves no partition behind, so what it would have done is told here. */
export async function finishRun(
  database: DataSource,
  run: Run,
  { status, problem }: Ending,
  dry: readonly MatchedPartition[],
): Promise<void> {
  await inScope(database, run.scope, async (transaction) => {
    const counts = run.mode === "DRY_RUN" ? toJson(dry.map(({ counts }) => counts)) : null;
    const digests = run.mode === "DRY_RUN" ? dry.map(({ digests }) => digests) : await kept(transaction, run);
    const input = addDigests(digests.flatMap(({ lines, transactions }) => [lines, transactions]));
    const output = addDigests(digests.map((digest) => digest.output));
    const values = [run.merchantId, run.id, run.epoch, counts, status, problem, input, output];
    if ((await transaction.change(FINISH, values)) === 0) throw leaseLost(run);
    await tellProgress(transaction, run.merchantId);
  });
}

function kept(transaction: Transaction, run: Run): Promise<MatchedPartition["digests"][]> {
  return transaction.query<MatchedPartition["digests"]>(DIGESTS, [run.merchantId, run.id]);
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_, field) => (typeof field === "bigint" ? Number(field) : field));
}

const BEGAN = "select clock_timestamp()::text as at, last_value as watermark from transactions.ingest_seq";

const COMPLETE = `
  insert into reconciliation.run_partition (merchant_id, run_id, provider, currency, counts, began_at, watermark,
    lines_digest, transactions_digest, output_digest)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/** Sums of counts in jsonb, from the partitions or from the list given. */
const SUMS = `
  set lines_seen = s.seen, lines_matched = s.matched, lines_promoted = s.inferred, lines_ambiguous = s.ambiguous,
    lines_mismatched = s.mismatched, matched_by_stage = s.by_stage`;
const SUM_OF = (source: string) => `
  select coalesce(sum((c ->> 'seen')::bigint), 0) as seen, coalesce(sum((c ->> 'matched')::bigint), 0) as matched,
    coalesce(sum((c ->> 'inferred')::bigint), 0) as inferred, coalesce(sum((c ->> 'ambiguous')::bigint), 0) as ambiguous,
    coalesce(sum((c ->> 'mismatched')::bigint), 0) as mismatched, coalesce(sum((c ->> 'lines')::bigint), 0) as lines,
    coalesce((select jsonb_object_agg(stage, lines) from (
      select e.key as stage, sum(e.value::bigint) as lines from (${source}) p, jsonb_each_text(p.c -> 'byStage') e
      group by e.key) stages), '{}') as by_stage
  from (${source}) q`;
const PARTITION_COUNTS = "select counts as c from reconciliation.run_partition where merchant_id = $1 and run_id = $2";

const PROGRESS = `
  update reconciliation.run r ${SUMS}, partitions_done = s.done, lines_done = s.lines,
    leased_until = clock_timestamp() + make_interval(secs => $3)
  from (select *, (select count(*) from (${PARTITION_COUNTS}) d) as done from (${SUM_OF(PARTITION_COUNTS)}) t) s
  where r.merchant_id = $1 and r.id = $2`;

const RENEW_DRY = `
  update reconciliation.run
  set partitions_done = $4, lines_done = $5, leased_until = clock_timestamp() + make_interval(secs => $6)
  where merchant_id = $1 and id = $2 and lease_epoch = $3 and status = 'RUNNING'`;

const DIGESTS = `
  select lines_digest as lines, transactions_digest as transactions, output_digest as output
  from reconciliation.run_partition where merchant_id = $1 and run_id = $2`;

const FINISH = `
  update reconciliation.run r ${SUMS}, status = $5, problem = $6, input_digest = $7, output_digest = $8,
    finished_at = clock_timestamp(), leased_until = null
  from (${SUM_OF(`
    select counts as c from reconciliation.run_partition where $4::jsonb is null and merchant_id = $1 and run_id = $2
    union all select * from jsonb_array_elements($4::jsonb)`)}) s
  where r.merchant_id = $1 and r.id = $2 and r.lease_epoch = $3 and r.status = 'RUNNING'`;
