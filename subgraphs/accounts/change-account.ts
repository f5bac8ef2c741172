import { createHash } from "node:crypto";
import { Field, Int } from "type-graphql";
import { appendAudit } from "../shared/audit.ts";
import { canonicalJson } from "../shared/canonical-json.ts";
import type { Transaction } from "../shared/database/scope.ts";
import { AppError } from "../shared/errors.ts";
import { Denied } from "../shared/identity/denied.ts";
import { type Grant, grantOf, MEMBER, type MembershipRow } from "../shared/identity/grants.ts";
import { enumOf, Output } from "../shared/subgraph/output.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";

const REASONS = {
  NOT_FOUND: "The merchant has no such user, user group or location: check the id.",
  VERSION_CONFLICT: "Somebody changed it since you read it: read it again and decide anew.",
  BUILT_IN: "Built-in user groups cannot be changed: make one of your own.",
  NAME_TAKEN: "Another user group of the merchant has this name: choose another.",
  MORE_THAN_YOURS: "Nobody gives more than they have themselves: ask someone who has it.",
  OWN_MEMBERSHIP: "Nobody changes their own membership: ask another administrator.",
  IDEMPOTENCY_CONFLICT: "The idempotency key was used for another request: send a new key.",
} as const;
type Reason = keyof typeof REASONS;

const ReasonEnum = enumOf(
  "AccountRefusalReason",
  "Why a change of an account was refused.",
  Object.keys(REASONS) as Reason[],
);

@Output("AccountRefusal", "Nothing was changed, and why.")
export class AccountRefusal {
  readonly __typename!: "AccountRefusal";

  @Field(() => ReasonEnum, { description: "The reason, for programs." })
  reason!: Reason;

  @Field(() => String, { description: "The reason and what to do, as a sentence in English." })
  message!: string;

  @Field(() => Int, { nullable: true, description: "The version it has by now, with VERSION_CONFLICT." })
  currentVersion!: number | null;
}

export const refusal = (reason: Reason, currentVersion: number | null = null): AccountRefusal => ({
  __typename: "AccountRefusal",
  reason,
  message: REASONS[reason],
  currentVersion,
});

type Act = {
  readonly merchantId: string;
  readonly action: string;
  readonly objectId: string;
  readonly key: string;
  readonly input: object;
};

/** What came of it, and for the audit how it was before and is now. */
export type Changed<A> =
  | AccountRefusal
  | { readonly answer: A; readonly before: object | null; readonly after: object };

/**
 * Changes an account once, under the merchant's lock: two administrators at once take turns, and what the second may do
 * is read again behind the first. A sent-again key gets the answer it got then. The audit is in the same transaction.
 */
export async function changeAccount<A extends object>(
  context: RequestContext,
  { merchantId, action, objectId, key, input }: Act,
  work: (transaction: Transaction, own: Grant) => Promise<Changed<A>>,
): Promise<A | AccountRefusal> {
  const denied = () => new Denied("accounts:manage", { merchantId, action, objectId });
  if (!context.merchantsWith("accounts:manage").includes(merchantId)) throw denied();
  if (!/^[\x21-\x7e]{1,100}$/.test(key)) {
    throw new AppError("INVALID_INPUT", "`idempotencyKey` must be 1 to 100 visible ASCII characters without spaces.");
  }
  const actorId = context.identity.userId;
  const inputHash = createHash("sha256").update(canonicalJson({ action, actorId, input })).digest("hex");
  return context.run(async (transaction) => {
    await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4210))", [merchantId]);
    const [row] = await transaction.query<MembershipRow>(MEMBER, [merchantId, actorId]);
    const own = row && grantOf(row);
    if (!own || own.locations !== null || !own.permissions.has("accounts:manage")) throw denied();
    const [earlier] = await transaction.query<{ input_hash: string; answer: A }>(EARLIER, [merchantId, key]);
    if (earlier) return earlier.input_hash === inputHash ? earlier.answer : refusal("IDEMPOTENCY_CONFLICT");
    const changed = await work(transaction, own);
    const entry = { merchantId, actorId, action, objectId };
    if ("reason" in changed) {
      await appendAudit(transaction, { ...entry, outcome: "DENIED", detail: { ...input, refusal: changed.reason } });
      return changed;
    }
    const { answer, before, after } = changed;
    await appendAudit(transaction, { ...entry, outcome: "DONE", detail: { before, after } });
    await transaction.query(KEEP, [merchantId, key, inputHash, JSON.stringify(answer)]);
    return answer;
  });
}

const EARLIER =
  "select input_hash, answer from accounts.account_change where merchant_id = $1 and idempotency_key = $2";

const KEEP = `
  insert into accounts.account_change (merchant_id, idempotency_key, input_hash, answer) values ($1, $2, $3, $4)`;
