import { createHash } from "node:crypto";
import { appendAudit } from "../../shared/audit.ts";
import { canonicalJson } from "../../shared/canonical-json.ts";
import { beyondLimits } from "../../shared/database/beyond-limits.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { checkedKey, type IdempotencyConflict, keyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import type { NotFound, VersionConflict } from "../../shared/subgraph/refusals.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { type SavedViewRow, savedViewOf, shown } from "./saved-view-row.ts";
import type { SavedView, SavedViewRefused } from "./saved-view-type.ts";

export type Refusal = SavedViewRefused | VersionConflict | NotFound;
type Changed = { readonly before: SavedViewRow | null; readonly after: SavedViewRow | null };

type Act = {
  readonly merchantId: string;
  readonly action: string;
  readonly objectId: string;
  readonly key: string;
  /** As JSON takes it. */
  readonly input: object;
};

/**
 * Changes a view once, one change of a merchant's views at a time. The audit entry and the answer for a request that is
 * sent again are in the same transaction; what is refused is noted, and may be sent again by the same key.
 */
export async function changeViewOnce(
  context: RequestContext,
  { merchantId, action, objectId, key, input }: Act,
  work: (transaction: Transaction) => Promise<Refusal | Changed>,
): Promise<SavedView | Refusal | IdempotencyConflict> {
  checkedKey(key);
  const actorId = context.identity.userId;
  const inputHash = createHash("sha256").update(canonicalJson({ action, input })).digest("hex");
  return context.run(async (transaction) => {
    await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4213))", [merchantId]);
    const [earlier] = await transaction.query<Earlier>(EARLIER, [merchantId, actorId, key]);
    if (earlier) return earlier.input_hash === inputHash ? savedViewOf(earlier.answer, actorId) : keyConflict(key);
    const changed = await work(transaction);
    if ("__typename" in changed) {
      const detail = { ...input, refusal: changed.__typename };
      context.noteDenied({ merchantId, action, objectId, detail });
      return changed;
    }
    const { before, after } = changed;
    const row = after ?? before;
    if (!row) throw new Error("a change of a view left none");
    const detail = { before: before && shown(before), after: after && shown(after) };
    await beyondLimits(transaction, () =>
      appendAudit(transaction, { merchantId, actorId, action, objectId: row.id, outcome: "DONE", detail }),
    );
    await transaction.query(KEEP, [merchantId, actorId, key, inputHash, JSON.stringify(row)]);
    return savedViewOf(row, actorId);
  });
}

type Earlier = { readonly input_hash: string; readonly answer: SavedViewRow };

const EARLIER = `
  select input_hash, answer from transactions.saved_view_change
  where merchant_id = $1 and actor_id = $2 and idempotency_key = $3`;

const KEEP = `
  insert into transactions.saved_view_change (merchant_id, actor_id, idempotency_key, input_hash, answer)
  values ($1, $2, $3, $4, $5)`;
