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
import { withoutCards } from "./without-cards.ts";

const REASONS = {
  NOT_FOUND: "The merchant has no such thing: check the ids.",
  VERSION_CONFLICT: "Somebody changed it since you read it: read it again and decide anew.",
  BUILT_IN: "Built-in user groups cannot be changed: make one of your own.",
  NAME_TAKEN: "Another one of the merchant has this name: choose another.",
  TWO_KEYS: "It has two keys that are taken already: revoke the old one first.",
  MORE_THAN_YOURS: "Nobody gives more than they have themselves: ask someone who has it.",
  TERMINAL_HELD: "The terminal is linked already in a part of that time: end that link first.",
  FIRST_LINK: "The merchant never had this terminal: the platform links it for the first time (`concord terminal`).",
  NOT_THEN: "The terminal was not there at that time: give a time between its beginning there and its end.",
  HAS_TERMINALS: "Terminals are at the location still: move each to another, or out of use, first.",
  LOCATION_CLOSED: "The location is closed: choose another, or a time that ends before it was closed.",
  IN_USE: "Somebody is in it, or invited to it: move them or take the invitation back first.",
  INVITED_ALREADY: "An invitation to this address waits: send it again with `resendInvitation`, or take it back.",
  INVITATION_NOT_GOOD:
    "There is no such invitation for you: it is over, was used or taken back, or is for another address than yours.",
  EMAIL_NOT_VERIFIED: "Your token names no verified e-mail address: have your address verified and sign in again.",
  MEMBER_ALREADY: "You belong to this merchant already: ask its administrator to change what you may do.",
  OWN_MEMBERSHIP: "Nobody changes their own membership: ask another administrator.",
  SAMPLES_OFF: "This server has no sample data to give: it is there in development alone.",
  SAMPLES_MIXED:
    "Files that are no samples came in at the sample merchant, and they would be closed with it: it stays.",
  SAMPLES_USED:
    "People, invitations, machines or webhook endpoints that are not of the samples are at their merchant: take them away first.",
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
  /** What the audit keeps of the input where that is less. */
  readonly told?: object;
};

/** What came of it, and for the audit how it was before and is now. */
export type Changed<A> =
  | AccountRefusal
  | {
      readonly answer: A;
      /** What a request that is sent again is answered, where that is another. */
      readonly kept?: A;
      readonly before: object | null;
      readonly after: object;
    };

/**
 * Changes an account once, under the merchant's lock: two administrators at once take turns, and what the second may do
 * is read again behind the first. A sent-again key gets the answer it got then. The audit is in the same transaction.
 */
export async function changeAccount<A extends object>(
  context: RequestContext,
  { merchantId, action, objectId, key, input, told = input }: Act,
  work: (transaction: Transaction, own: Grant) => Promise<Changed<A>>,
): Promise<A | AccountRefusal> {
  const denied = () => new Denied("accounts:manage", { merchantId, action, objectId });
  if (!context.merchantsWith("accounts:manage").includes(merchantId)) throw denied();
  if (!/^[\x21-\x7e]{1,100}$/.test(key)) {
    throw new AppError("INVALID_INPUT", "`idempotencyKey` must be 1 to 100 visible ASCII characters without spaces.");
  }
  withoutCards("idempotencyKey", key);
  const actorId = context.identity.userId;
  const inputHash = createHash("sha256").update(canonicalJson({ action, actorId, input })).digest("hex");
  return context.run(async (transaction) => {
    await lockAccounts(transaction, merchantId);
    const [row] = await transaction.query<MembershipRow>(MEMBER, [merchantId, actorId]);
    const own = row && grantOf(row);
    if (!own || own.locations !== null || !own.permissions.has("accounts:manage")) throw denied();
    const [earlier] = await transaction.query<{ input_hash: string; answer: A }>(EARLIER, [merchantId, key]);
    if (earlier) return earlier.input_hash === inputHash ? earlier.answer : refusal("IDEMPOTENCY_CONFLICT");
    const changed = await work(transaction, own);
    const entry = { merchantId, actorId, action, objectId };
    if ("reason" in changed) {
      await appendAudit(transaction, { ...entry, outcome: "DENIED", detail: { ...told, refusal: changed.reason } });
      return changed;
    }
    const { answer, kept = answer, before, after } = changed;
    await appendAudit(transaction, { ...entry, outcome: "DONE", detail: { before, after } });
    await transaction.query(KEEP, [merchantId, key, inputHash, JSON.stringify(kept)]);
    return answer;
  });
}

/** Whoever changes a merchant's accounts takes turns, until the transaction ends. */
export async function lockAccounts(transaction: Transaction, merchantId: string): Promise<void> {
  await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4210))", [merchantId]);
}

const EARLIER =
  "select input_hash, answer from accounts.account_change where merchant_id = $1 and idempotency_key = $2";

const KEEP = `
  insert into accounts.account_change (merchant_id, idempotency_key, input_hash, answer) values ($1, $2, $3, $4)`;
