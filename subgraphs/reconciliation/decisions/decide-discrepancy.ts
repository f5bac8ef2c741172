import type { Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { grantOf, MEMBER, type MembershipRow } from "../../shared/identity/grants.ts";
import type { Permission } from "../../shared/identity/permissions.ts";
import { randomId } from "../../shared/ids.ts";
import { checkedKey } from "../../shared/subgraph/idempotency-conflict.ts";
import { personText } from "../../shared/subgraph/person-text.ts";
import type { VersionConflict } from "../../shared/subgraph/refusals.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { DISCREPANCY_COLUMNS, type Discrepancy, type DiscrepancyRow, discrepancyOf } from "../discrepancy-type.ts";
import { type Decided, decide, done, notFound, permitted, refused } from "./decide.ts";
import type {
  AssignDiscrepancyInput,
  CommentDiscrepancyInput,
  ResolveDiscrepancyInput,
  SnoozeDiscrepancyInput,
} from "./discrepancy-inputs.ts";
import type { DiscrepancyResolved, NotAssignable, ReasonRequired } from "./refusals.ts";
import { GIVES_AWAY } from "./resolutions.ts";
import { needsSecondPerson } from "./second-person.ts";

type Asked = {
  readonly discrepancyId: string;
  readonly expectedVersion?: number | null;
  readonly idempotencyKey: string;
};

/** Gives a discrepancy to a person, or takes it from whoever had it. */
export function assignDiscrepancy(context: RequestContext, input: AssignDiscrepancyInput) {
  const assigneeId = input.assigneeId ?? null;
  return decideAbout(context, "assign", input, { assigneeId }, async (transaction, { merchantId, id }) => {
    if (assigneeId !== null && !(await mayWorkOn(transaction, merchantId, assigneeId))) return NOT_ASSIGNABLE;
    return change(transaction, ASSIGN, [merchantId, id, assigneeId]);
  });
}

/** Adds to what is noted; also about one that is resolved. */
export function commentDiscrepancy(context: RequestContext, input: CommentDiscrepancyInput) {
  mayDecide(context, "comment", input);
  const text = personText("text", input.text);
  if (text === null) throw new AppError("INVALID_INPUT", "`text` is empty: write what is to be noted.");
  const note = { text };
  return decideAbout(context, "comment", input, note, async (transaction, { merchantId, id }) => {
    await addComment(transaction, { merchantId, id }, context.identity.userId, text);
    return change(transaction, COMMENTED, [merchantId, id]);
  });
}

/** Puts a discrepancy aside for a while. */
export function snoozeDiscrepancy(context: RequestContext, input: SnoozeDiscrepancyInput) {
  const until = input.until.toISOString();
  return decideAbout(context, "snooze", input, { until }, async (transaction, { merchantId, id }) => {
    const [bounds] = await transaction.query<{ fits: boolean }>(WITHIN_A_YEAR, [until]);
    if (!bounds?.fits) throw new AppError("INVALID_INPUT", "`until` must be a time to come, at most a year away.");
    return change(transaction, SNOOZE, [merchantId, id, until]);
  });
}

/**
 * Settles a discrepancy. A run opens it again only where it finds other facts. What gives much money away is a proposal
 * until a second person agrees: the same words in the row, while it is not resolved.
 */
export function resolveDiscrepancy(context: RequestContext, input: ResolveDiscrepancyInput) {
  const { resolution } = input;
  mayDecide(context, "resolve", input);
  const reason = personText("reason", input.reason);
  return decideAbout(context, "resolve", input, { resolution, reason }, async (transaction, { merchantId, id }) => {
    if (reason === null) return REASON_REQUIRED;
    const [stake] = await transaction.query<Stake>(STAKE, [merchantId, id]);
    const waits =
      GIVES_AWAY.has(resolution) &&
      needsSecondPerson(context.forceLimits, stake!.currency, stake!.amount_at_risk_minor);
    return change(transaction, waits ? PROPOSE : RESOLVE, [
      merchantId,
      id,
      resolution,
      context.identity.userId,
      reason,
    ]);
  });
}

type Stake = { readonly currency: string; readonly amount_at_risk_minor: bigint };
type Found = { readonly merchantId: string; readonly id: string };

const NEEDS = {
  assign: "reconciliation:resolve",
  comment: "reconciliation:resolve",
  snooze: "reconciliation:resolve",
  resolve: "reconciliation:resolve",
  confirm: "reconciliation:confirm",
  reject: "reconciliation:confirm",
} as const satisfies Readonly<Record<string, Permission>>;

/** Where the caller may do this, which is asked before anything else of what they sent is looked at. */
export function mayDecide(
  context: RequestContext,
  verb: keyof typeof NEEDS,
  { discrepancyId }: Pick<Asked, "discrepancyId">,
) {
  const act = { action: `discrepancy.${verb}`, objectId: discrepancyId };
  return { act, merchants: permitted(context, NEEDS[verb], act) };
}

/** Looks for the discrepancy where the caller may do this, and does `work` unless its version or state forbids it. */
export async function decideAbout<R extends { readonly __typename: string }>(
  context: RequestContext,
  verb: keyof typeof NEEDS,
  { discrepancyId, expectedVersion = null, idempotencyKey }: Asked,
  what: Readonly<Record<string, unknown>>,
  work: (transaction: Transaction, found: Found) => Promise<Discrepancy | R>,
) {
  type Outcome = Discrepancy | R | DiscrepancyResolved | VersionConflict;
  const { act, merchants } = mayDecide(context, verb, { discrepancyId });
  const key = checkedKey(idempotencyKey);
  const [found] = await context.query<{ merchant_id: string }>(FIND, [merchants, discrepancyId]);
  if (!found) return notFound(context, merchants, act);
  const merchantId = found.merchant_id;
  const input = { discrepancyId, expectedVersion, ...what };
  return decide<Outcome>(
    context,
    { ...act, merchantId, key, input },
    async (transaction): Promise<Decided<Outcome>> => {
      const [now] = await transaction.query<{ state: string; version: number }>(STATE, [merchantId, discrepancyId]);
      const refusal = mayChange(verb, expectedVersion, now!);
      const answer = refusal ?? (await work(transaction, { merchantId, id: discrepancyId }));
      if (answer.__typename !== "Discrepancy") return refused(answer);
      return done(answer, (answer as Discrepancy).proposal ? { proposed: true } : undefined);
    },
  );
}

function mayChange(
  verb: string,
  expectedVersion: number | null,
  { state, version }: { readonly state: string; readonly version: number },
): DiscrepancyResolved | VersionConflict | undefined {
  if (expectedVersion !== null && expectedVersion !== version) {
    const message = `It has version ${version} by now, not ${expectedVersion}: read it again and decide anew.`;
    return { __typename: "VersionConflict", message, version };
  }
  if (state !== "RESOLVED" || verb === "comment") return undefined;
  return { __typename: "DiscrepancyResolved", message: "It is resolved already: you can comment on it." };
}

/** @param values begin with the merchant and the discrepancy */
export async function change(
  transaction: Transaction,
  statement: string,
  values: readonly unknown[],
): Promise<Discrepancy> {
  await transaction.query(statement, values);
  const [row] = await transaction.query<DiscrepancyRow>(NOW, values.slice(0, 2));
  return discrepancyOf(row!);
}

async function mayWorkOn(transaction: Transaction, merchantId: string, userId: string): Promise<boolean> {
  const [member] = await transaction.query<MembershipRow>(MEMBER, [merchantId, userId]);
  return member !== undefined && grantOf(member).permissions.has("reconciliation:resolve");
}

export async function addComment(transaction: Transaction, { merchantId, id }: Found, authorId: string, text: string) {
  await transaction.query(COMMENT, [merchantId, randomId("com"), id, authorId, text]);
}

const NOT_ASSIGNABLE: NotAssignable = {
  __typename: "NotAssignable",
  message: "This user may not resolve discrepancies of the merchant: choose one who may.",
};

const REASON_REQUIRED: ReasonRequired = {
  __typename: "ReasonRequired",
  message: "Resolving a discrepancy needs a `reason`: say how it was settled.",
};

const FIND = "select merchant_id from reconciliation.discrepancy where merchant_id = any($1::text[]) and id = $2";

const STATE = "select state, version from reconciliation.discrepancy where merchant_id = $1 and id = $2";

const STAKE =
  "select currency, amount_at_risk_minor from reconciliation.discrepancy where merchant_id = $1 and id = $2";

const NOW = `select ${DISCREPANCY_COLUMNS} from reconciliation.discrepancy t where t.merchant_id = $1 and t.id = $2`;

const WITHIN_A_YEAR = `
  select $1::timestamptz > clock_timestamp() and $1::timestamptz <= clock_timestamp() + interval '1 year' as fits`;

const ASSIGN = `
  update reconciliation.discrepancy
  set assignee_id = $3, state = case when $3::text is null then 'OPEN' else 'ASSIGNED' end, snoozed_until = null,
    version = version + 1
  where merchant_id = $1 and id = $2`;

const COMMENT = `
  insert into reconciliation.discrepancy_comment (merchant_id, id, discrepancy_id, author_id, text)
  values ($1, $2, $3, $4, $5)`;

const COMMENTED = "update reconciliation.discrepancy set version = version + 1 where merchant_id = $1 and id = $2";

const SNOOZE = `
  update reconciliation.discrepancy set state = 'SNOOZED', snoozed_until = $3, version = version + 1
  where merchant_id = $1 and id = $2`;

const PROPOSE = `
  update reconciliation.discrepancy
  set resolution = $3, resolved_by = $4, resolution_reason = $5, version = version + 1
  where merchant_id = $1 and id = $2`;

const RESOLVE = `
  update reconciliation.discrepancy
  set state = 'RESOLVED', resolution = $3, resolved_by = $4, resolution_reason = $5, resolved_at = clock_timestamp(),
    snoozed_until = null, version = version + 1
  where merchant_id = $1 and id = $2`;
