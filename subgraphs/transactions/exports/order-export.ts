import { appendAudit } from "../../shared/audit.ts";
import { beyondLimits } from "../../shared/database/beyond-limits.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { stableId } from "../../shared/ids.ts";

type Act = {
  readonly merchants: readonly string[];
  readonly actorId: string;
  readonly action: string;
  readonly objectId: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** Notes an act in the audit of every merchant that it is about. */
export async function auditExport(transaction: Transaction, { merchants, ...act }: Act): Promise<void> {
  await beyondLimits(transaction, async () => {
    // In a fixed order, since each entry takes its merchant's lock.
    for (const merchantId of merchants.toSorted())
      await appendAudit(transaction, { ...act, merchantId, outcome: "DONE" });
  });
}

/** Has a worker told that there is an export to write. */
export async function orderExport(
  transaction: Transaction,
  { merchantId, id }: { readonly merchantId: string; readonly id: string },
): Promise<void> {
  await beyondLimits(transaction, async () => {
    await transaction.query(ORDER, [merchantId, stableId("out", "RUN_EXPORT", id), id]);
  });
}

const ORDER = "insert into delivery.outbox (merchant_id, id, kind, subject_id) values ($1, $2, 'RUN_EXPORT', $3)";
