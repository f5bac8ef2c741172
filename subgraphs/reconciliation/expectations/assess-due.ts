import type { DataSource } from "typeorm";
import { inScope } from "../../shared/database/scope.ts";
import { WORKER } from "../import/lease.ts";
import { MERCHANT_LIMITS } from "../merchant-limits.ts";
import { assess } from "./assess.ts";

/**
 * Judges what is open of every merchant that was last judged as of an earlier day, and answers how many: time passes for
 * those too whose files do not come. Merchants of which no run ever finished have nothing to be judged.
 */
export async function assessDue(database: DataSource, asOf: string | undefined): Promise<number> {
  const due = await inScope(database, { merchants: [], user: WORKER }, (transaction) =>
    transaction.query<{ merchant_id: string }>(DUE, [asOf ?? null]),
  );
  for (const { merchant_id: merchantId } of due) {
    const scope = { merchants: [merchantId], user: WORKER };
    await inScope(database, scope, (each) => assess(each, { merchantId, runId: null, asOf }), MERCHANT_LIMITS);
  }
  return due.length;
}

const DUE = `
  select merchant_id from reconciliation.assessment
  where as_of < coalesce($1::date, (clock_timestamp() at time zone 'UTC')::date)
  order by merchant_id`;
