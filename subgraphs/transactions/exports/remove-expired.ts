import { appendAudit } from "../../shared/audit.ts";
import { asWorker, WORKER } from "./export-lease.ts";
import type { ExportServices } from "./run-export.ts";

/** Takes away files whose time is over, and what a worker that died had begun to write. Answers how many it removed. */
export async function removeExpired({
  database,
  storage,
}: Pick<ExportServices, "database" | "storage">): Promise<number> {
  const over = await asWorker(database, [], ({ query }) => query<ExpiredRow>(OVER));
  for (const { merchant_id: merchantId, id, sha256 } of over) {
    // The file first: a row that says it is there is not shown once its time is over, a file without a row would stay.
    await storage.remove(sha256);
    await asWorker(database, [merchantId], async (transaction) => {
      if ((await transaction.change(EXPIRE, [merchantId, id])) === 0) return;
      const act = { merchantId, actorId: WORKER, action: "export.expire", objectId: id, outcome: "DONE" } as const;
      await appendAudit(transaction, { ...act, detail: { sha256 } });
    });
  }
  await storage.removeAbandoned(ABANDONED_MS);
  return over.length;
}

type ExpiredRow = { readonly merchant_id: string; readonly id: string; readonly sha256: string };

/** No export takes so long between two pieces. */
const ABANDONED_MS = 3_600_000;

/** No two exports are the same bytes: each has its id in it. */
const OVER = `
  select merchant_id, id, sha256 from transactions.export
  where status = 'SUCCEEDED' and expires_at < clock_timestamp() limit 100`;

const EXPIRE = `
  update transactions.export set status = 'EXPIRED'
  where merchant_id = $1 and id = $2 and status = 'SUCCEEDED' and expires_at < clock_timestamp()`;
