import { createHash } from "node:crypto";
import { appendAudit } from "../../shared/audit.ts";
import { canonicalJson } from "../../shared/canonical-json.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { stableId } from "../../shared/ids.ts";
import type { FeeSchedule } from "./fee-schedule.ts";

/** A schedule that is loaded; `isNew` is false where this very schedule was there already. */
export type LoadedContract = { readonly id: string; readonly version: number; readonly isNew: boolean };

/**
 * Adds a schedule as the next version for its provider and account; earlier versions stay, and hold for the days that
 * this one does not. The same schedule again changes nothing.
 */
export async function loadContract(
  transaction: Transaction,
  merchantId: string,
  schedule: FeeSchedule,
  userId: string,
): Promise<LoadedContract> {
  const { provider, account, validFrom, validTo, currency, ...content } = schedule;
  const hash = createHash("sha256").update(canonicalJson(schedule)).digest("hex");
  const id = stableId("fee", merchantId, hash);
  await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4211))", [merchantId]);
  const place = [merchantId, id, provider, account, validFrom, validTo, currency, JSON.stringify(content), userId];
  const [added] = await transaction.query<{ version: number }>(ADD, place);
  if (added) {
    const audited = { merchantId, actorId: userId, action: "contract.load", objectId: id, outcome: "DONE" } as const;
    await appendAudit(transaction, { ...audited, detail: { provider, account, version: added.version } });
    return { id, version: added.version, isNew: true };
  }
  const [known] = await transaction.query<{ version: number }>(KNOWN, [merchantId, id]);
  return { id, version: known?.version ?? 0, isNew: false };
}

const ADD = `
  insert into reconciliation.fee_contract (merchant_id, id, provider, account, version, valid_from, valid_to, currency,
    content, loaded_by)
  select $1, $2, $3, $4, 1 + coalesce((select max(version) from reconciliation.fee_contract
    where merchant_id = $1 and provider = $3 and account = $4), 0), $5, $6, $7, $8::jsonb, $9
  on conflict (merchant_id, id) do nothing
  returning version`;

const KNOWN = "select version from reconciliation.fee_contract where merchant_id = $1 and id = $2";
