import type { Transaction } from "../database/scope.ts";
import type { FamilyModules } from "../family-module.ts";
import { mergeGroups } from "./merge-groups.ts";
import { createReportMerger, type StagedSource } from "./merge-reports.ts";

/** What became of the staged rows. Duplicates are kept as such here; collisions are for the caller to explain. */
export type MergeResult = {
  readonly accepted: bigint;
  readonly duplicate: bigint;
  readonly collisions: readonly { readonly lineNumber: bigint; readonly contentHash: string }[];
};

/**
 * Merges the last of what is staged into the ledger, and the sums of its lines into batches and payouts. Re-feeding changes
 * nothing: a fact we have is a duplicate if its content is the same and a collision if it is not. Must run under
 * `lockMerchants`.
 */
export async function mergeStaged(
  transaction: Transaction,
  source: StagedSource,
  families: FamilyModules,
): Promise<MergeResult> {
  await createReportMerger(transaction, source, families)();
  if (source.kind === "FILE") await mergeGroups(transaction, source.id);
  await transaction.query(REFRESH);
  return resultOf(transaction);
}

async function resultOf(transaction: Transaction): Promise<MergeResult> {
  const [count] = await transaction.query<{ accepted: bigint; duplicate: bigint }>(
    `select (coalesce(sum(rows) filter (where fate = 'NEW'), 0)
        + (select coalesce(sum(lines), 0) from booked where direct))::bigint as accepted,
      coalesce(sum(rows) filter (where fate = 'DUPLICATE'), 0)::bigint as duplicate
     from tally`,
  );
  const collisions = await transaction.query<{ line_number: bigint; content_hash: string }>(
    "select line_number, content_hash from collision order by line_number",
  );
  return {
    accepted: count?.accepted ?? 0n,
    duplicate: count?.duplicate ?? 0n,
    collisions: collisions.map((row) => ({ lineNumber: row.line_number, contentHash: row.content_hash })),
  };
}

const REFRESH = `
  select concord.refresh_statistics((select coalesce(sum(rows), 0)::bigint from tally where fate = 'NEW')
    + (select coalesce(sum(lines), 0)::bigint from booked where direct))`;
