import { createHash } from "node:crypto";
import { appendAudit } from "../../shared/audit.ts";
import { canonicalJson } from "../../shared/canonical-json.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { Denied } from "../../shared/identity/denied.ts";
import { grantOf, MEMBER, type MembershipRow } from "../../shared/identity/grants.ts";
import { checkedKey, type IdempotencyConflict, keyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import type { NotFound, VersionConflict } from "../../shared/subgraph/refusals.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import type { WebhookEndpoint, WebhookRefused } from "./webhook-types.ts";

export const MANAGE = "webhooks:manage";
export type Refusal = WebhookRefused | VersionConflict | NotFound;

type Act = {
  readonly merchantId: string;
  readonly action: string;
  readonly objectId: string;
  readonly key: string;
  readonly input: object;
};
type Changed = { readonly endpoint: WebhookEndpoint; readonly before: object | null; readonly after: object };

export function denied(act: Pick<Act, "action" | "objectId"> & { readonly merchantId?: string }): Denied {
  return new Denied(MANAGE, act);
}

/**
 * Changes an endpoint once, under a lock of the merchant's; what the caller may do is read again behind it. A secret is in
 * the first answer alone: what is kept for a request that is sent again has none.
 */
export async function changeOnce(
  context: RequestContext,
  { merchantId, action, objectId, key, input }: Act,
  work: (transaction: Transaction) => Promise<Refusal | Changed>,
): Promise<WebhookEndpoint | Refusal | IdempotencyConflict> {
  checkedKey(key);
  const actorId = context.identity.userId;
  const inputHash = createHash("sha256").update(canonicalJson({ action, actorId, input })).digest("hex");
  return context.run(async (transaction) => {
    await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4211))", [merchantId]);
    const [row] = await transaction.query<MembershipRow>(MEMBER, [merchantId, actorId]);
    const own = row && grantOf(row);
    if (!own || own.locations !== null || !own.permissions.has(MANAGE)) throw denied({ merchantId, action, objectId });
    const [earlier] = await transaction.query<{ input_hash: string; answer: Kept }>(EARLIER, [merchantId, key]);
    if (earlier) return earlier.input_hash === inputHash ? recalled(earlier.answer) : keyConflict(key);
    const entry = { merchantId, actorId, action, objectId };
    const changed = await work(transaction);
    if ("__typename" in changed) {
      const detail = { ...input, refusal: changed.__typename };
      await appendAudit(transaction, { ...entry, outcome: "DENIED", detail });
      return changed;
    }
    const { endpoint, before, after } = changed;
    await appendAudit(transaction, { ...entry, objectId: endpoint.id, outcome: "DONE", detail: { before, after } });
    await transaction.query(KEEP, [merchantId, key, inputHash, JSON.stringify({ ...endpoint, secret: null })]);
    return endpoint;
  });
}

type Kept = WebhookEndpoint & { readonly failingSince: string | null; readonly disabledAt: string | null };

function recalled(kept: Kept): WebhookEndpoint {
  const at = (text: string | null) => (text === null ? null : new Date(text));
  return { ...kept, failingSince: at(kept.failingSince), disabledAt: at(kept.disabledAt) };
}

const EARLIER =
  "select input_hash, answer from delivery.webhook_change where merchant_id = $1 and idempotency_key = $2";

const KEEP = `
  insert into delivery.webhook_change (merchant_id, idempotency_key, input_hash, answer) values ($1, $2, $3, $4)`;
