import { createHash } from "node:crypto";
import { appendAudit } from "../../shared/audit.ts";
import { canonicalJson } from "../../shared/canonical-json.ts";
import { asWorker } from "../../shared/database/as-worker.ts";
import { lockMerchants, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { Denied } from "../../shared/identity/denied.ts";
import { type Grant, grantOf, MEMBER, type MembershipRow } from "../../shared/identity/grants.ts";
import { checkedKey, type IdempotencyConflict, keyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import { personText } from "../../shared/subgraph/person-text.ts";
import type { NotFound, VersionConflict } from "../../shared/subgraph/refusals.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import type { TransactionStatus } from "../../shared/vocabulary.ts";
import { transactionById } from "../transaction-loads.ts";
import { type TransactionRow, transactionOf } from "../transaction-row.ts";
import type { AssignStatusInput, IllegalTransition, StatusAssigned } from "./assign-status-types.ts";
import { type AssignableStatus, refusalOf } from "./may-assign.ts";
import { lockedRow, writeAssignment } from "./write-assignment.ts";

type Asked = {
  readonly transactionId: string;
  readonly status: TransactionStatus;
  readonly expectedVersion: number;
  readonly reason: string;
};
type Refusal = IllegalTransition | VersionConflict | NotFound;
type Kept = Refusal | { readonly __typename: "StatusAssigned"; readonly previousStatus: TransactionStatus };

const ASSIGN = "transactions:assign-status";
const CORRECT = "transactions:correct-status";

/**
 * Gives a transaction the status that a person decided on: as one more event, from which the status is derived like from
 * any other. It takes turns with imports, runs and other people under the merchant's lock, and what the caller may do is
 * read again behind it. The audit entry and the answer for a request that is sent again are in the same transaction.
 */
export async function assignStatus(
  context: RequestContext,
  input: AssignStatusInput,
): Promise<StatusAssigned | Refusal | IdempotencyConflict> {
  const act = { action: "transaction.assign-status", objectId: input.transactionId };
  const { merchants } = context.reach(ASSIGN);
  if (merchants.length === 0) throw new Denied(ASSIGN, act);
  const key = checkedKey(input.idempotencyKey);
  const reason = personText("reason", input.reason);
  if (reason === null) throw new AppError("INVALID_INPUT", "`reason` is empty: say why the status is known.");
  const { transactionId, status, expectedVersion } = input;
  const asked: Asked = { transactionId, status, expectedVersion, reason };
  // What waits for a person is there for whoever may assign; all else as for any reader, locations included.
  const found = await transactionById(context, transactionId);
  if (!found || !merchants.includes(found.merchantId)) {
    const [merchantId = ""] = merchants;
    context.noteDenied({ merchantId, ...act, detail: { refusal: "NotFound" } });
    return NOT_FOUND;
  }
  return assignOnce(context, found.merchantId, key, asked);
}

function assignOnce(context: RequestContext, merchantId: string, key: string, asked: Asked) {
  const actorId = context.identity.userId;
  const inputHash = createHash("sha256")
    .update(canonicalJson({ actorId, ...asked }))
    .digest("hex");
  return context.run((transaction) =>
    asWorker(transaction, merchantId, async () => {
      await lock(transaction, merchantId);
      const own = await grantNow(transaction, merchantId, actorId, asked.transactionId);
      const [earlier] = await transaction.query<Earlier>(EARLIER, [merchantId, key]);
      if (earlier && earlier.input_hash !== inputHash) return keyConflict(key);
      const kept = earlier?.answer ?? (await decide(transaction, { merchantId, key, inputHash, actorId }, own, asked));
      if (kept.__typename !== "StatusAssigned") return kept;
      const now = await lockedRow(transaction, merchantId, asked.transactionId);
      return { ...kept, transaction: transactionOf(now!) };
    }),
  );
}

type Request = {
  readonly merchantId: string;
  readonly key: string;
  readonly inputHash: string;
  readonly actorId: string;
};

async function decide(transaction: Transaction, request: Request, own: Grant, asked: Asked): Promise<Kept> {
  const { merchantId, actorId, key, inputHash } = request;
  const before = await lockedRow(transaction, merchantId, asked.transactionId);
  const isInReach = before && (own.locations?.includes(before.location_id ?? "") ?? true);
  const refusal = isInReach ? refusalFor(before, own, asked) : NOT_FOUND;
  const entry = { merchantId, actorId, action: "transaction.assign-status", objectId: asked.transactionId };
  let answer: Kept;
  if (refusal || !before) {
    answer = refusal ?? NOT_FOUND;
    const detail = { ...asked, refusal: answer.__typename };
    await appendAudit(transaction, { ...entry, outcome: "DENIED", detail });
  } else {
    await writeAssignment(transaction, before, { ...asked, status: asked.status as AssignableStatus, actorId });
    const after = await lockedRow(transaction, merchantId, asked.transactionId);
    answer = { __typename: "StatusAssigned", previousStatus: before.status };
    const detail = { ...asked, before: shown(before), after: shown(after!) };
    await appendAudit(transaction, { ...entry, outcome: "DONE", detail });
  }
  const kept = [merchantId, key, inputHash, asked.transactionId, actorId, JSON.stringify(answer)];
  await transaction.query(KEEP, kept);
  return answer;
}

function refusalFor(row: TransactionRow, own: Grant, { status, expectedVersion }: Asked): Refusal | null {
  if (row.version !== expectedVersion) {
    const message = `It has version ${row.version} by now, not ${expectedVersion}: read it again and decide anew.`;
    return { __typename: "VersionConflict", message, version: row.version };
  }
  const message = refusalOf(row, status, own.permissions.has(CORRECT));
  return message === null ? null : { __typename: "IllegalTransition", message, from: row.status, to: status };
}

const shown = ({ status, status_origin: statusOrigin, status_rule: rule, version }: TransactionRow) => ({
  status,
  statusOrigin,
  rule,
  version,
});

/** The caller's membership as it is behind the lock: a right that was taken meanwhile is gone. */
async function grantNow(transaction: Transaction, merchantId: string, userId: string, objectId: string) {
  const [row] = await transaction.query<MembershipRow>(MEMBER, [merchantId, userId]);
  const own = row && grantOf(row);
  if (!own?.permissions.has(ASSIGN)) {
    throw new Denied(ASSIGN, { merchantId, action: "transaction.assign-status", objectId });
  }
  return own;
}

async function lock(transaction: Transaction, merchantId: string): Promise<void> {
  try {
    await lockMerchants(transaction, [merchantId]);
  } catch (error) {
    if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
    const message =
      "An import or a run holds this merchant's money at the moment: send the request again shortly, with the same key.";
    throw new AppError("CONFLICT", message, { cause: error });
  }
}

const NOT_FOUND: NotFound = {
  __typename: "NotFound",
  message: "There is no transaction with this id that you may assign a status to: check the id.",
};

const LOCK_NOT_AVAILABLE = "55P03";

type Earlier = { readonly input_hash: string; readonly answer: Kept };

const EARLIER =
  "select input_hash, answer from transactions.assignment where merchant_id = $1 and idempotency_key = $2";

const KEEP = `
  insert into transactions.assignment (merchant_id, idempotency_key, input_hash, transaction_id, actor_id, answer)
  values ($1, $2, $3, $4, $5, $6)`;
