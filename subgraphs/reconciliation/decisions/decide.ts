import { createHash } from "node:crypto";
import { appendAudit } from "../../shared/audit.ts";
import { canonicalJson } from "../../shared/canonical-json.ts";
import { asWorker } from "../../shared/database/as-worker.ts";
import { lockMerchants, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { Denied } from "../../shared/identity/denied.ts";
import type { Permission } from "../../shared/identity/permissions.ts";
import { type IdempotencyConflict, keyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import type { NotFound } from "../../shared/subgraph/refusals.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { keepAnswer, recallAnswer } from "./kept-answer.ts";

/** What a person wants to have done, as the audit calls it: `match.create` of the match `mat_…`. */
export type Act = { readonly action: string; readonly objectId: string };

/** What came of it: the thing that changed, or a refusal. */
export type Decided<A extends object> = {
  readonly answer: A;
  readonly outcome: "DONE" | "DENIED";
  /** What the audit keeps besides; `objects` are ids of more things that were changed. */
  readonly detail?: Readonly<Record<string, unknown>> & { readonly objects?: readonly string[] };
};

export const done = <A extends object>(answer: A, detail?: Decided<A>["detail"]): Decided<A> => ({
  answer,
  outcome: "DONE",
  ...(detail && { detail }),
});
export const refused = <A extends object>(answer: A): Decided<A> => ({ answer, outcome: "DENIED" });

/**
 * Merchants where the caller may do this: the one that is named, or all. Where there is none it throws FORBIDDEN, for a
 * foreign merchant as for an unknown one, and the attempt goes into the audit by the act's own name.
 */
export function permitted(
  context: RequestContext,
  permission: Permission,
  act: Act,
  named?: string | null,
): readonly string[] {
  const allowed = context.merchantsWith(permission).filter((merchant) => !named || merchant === named);
  if (allowed.length > 0) return allowed;
  throw new Denied(permission, { merchantId: named ?? undefined, ...act });
}

/** The refusal for ids that are nobody's and for those of others, which is the same; the attempt is audited. */
export async function notFound(context: RequestContext, [merchantId = ""]: readonly string[], act: Act) {
  await context.run((transaction) =>
    appendAudit(transaction, {
      merchantId,
      actorId: context.identity.userId,
      ...act,
      outcome: "DENIED",
      detail: { refusal: "NotFound" },
    }),
  );
  const message = "There is nothing of one merchant with these ids that you may decide about: check the ids.";
  return { __typename: "NotFound", message } satisfies NotFound;
}

type Request = Act & {
  readonly merchantId: string;
  readonly key: string;
  /** All that was asked for; the same key with anything else is a conflict. */
  readonly input: Readonly<Record<string, unknown>>;
};

/**
 * Carries a decision out once: under the lock that the merchant's matching is done under, with its audit entry and its
 * answer in the transaction of the act itself. A key that was used before gets the answer that it got then; what that
 * answer leads to is as it is now.
 */
export function decide<A extends object>(
  context: RequestContext,
  request: Request,
  work: (transaction: Transaction) => Promise<Decided<A>>,
): Promise<A | IdempotencyConflict> {
  const { merchantId, key, action, objectId, input } = request;
  const actorId = context.identity.userId;
  const inputHash = createHash("sha256").update(canonicalJson({ action, actorId, input })).digest("hex");
  return context.run((transaction) =>
    asWorker(transaction, merchantId, async () => {
      await lock(transaction, merchantId);
      const [earlier] = await transaction.query<{ input_hash: string; answer: unknown }>(EARLIER, [merchantId, key]);
      if (earlier) return earlier.input_hash === inputHash ? (recallAnswer(earlier.answer) as A) : keyConflict(key);
      const { answer, outcome, detail = {} } = await work(transaction);
      const refusal = outcome === "DENIED" && "__typename" in answer ? { refusal: answer.__typename } : {};
      await appendAudit(transaction, {
        merchantId,
        actorId,
        action,
        objectId,
        outcome,
        detail: { ...input, ...detail, ...refusal },
      });
      const kept = [merchantId, key, action, inputHash, objectId, actorId, keepAnswer(answer)];
      await transaction.query(KEEP, kept);
      return answer;
    }),
  );
}

async function lock(transaction: Transaction, merchantId: string): Promise<void> {
  try {
    await lockMerchants(transaction, [merchantId]);
  } catch (error) {
    if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
    const message = "A run is matching this merchant at the moment: send the request again shortly, with the same key.";
    throw new AppError("CONFLICT", message, { cause: error });
  }
}

const LOCK_NOT_AVAILABLE = "55P03";

const EARLIER = `
  select input_hash, answer from reconciliation.decision where merchant_id = $1 and idempotency_key = $2`;

const KEEP = `
  insert into reconciliation.decision (merchant_id, idempotency_key, action, input_hash, object_id, actor_id, answer)
  values ($1, $2, $3, $4, $5, $6, $7)`;
