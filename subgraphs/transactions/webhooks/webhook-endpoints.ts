import type { Transaction } from "../../shared/database/scope.ts";
import { PREFIXES, randomId, stableId } from "../../shared/ids.ts";
import { conditions } from "../../shared/subgraph/conditions.ts";
import { keysetPage, type PageRequest } from "../../shared/subgraph/keyset-page.ts";
import type { NotFound } from "../../shared/subgraph/refusals.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { changeOnce, denied, MANAGE } from "./change-once.ts";
import { newSecret, urlProblem } from "./send-notice.ts";
import type {
  ChangeWebhookEndpointInput,
  CreateWebhookEndpointInput,
  Notice,
  NoticeType,
  SendTestNoticeInput,
  WebhookEndpoint,
  WebhookRefused,
} from "./webhook-types.ts";

export async function createEndpoint(context: RequestContext, input: CreateWebhookEndpointInput) {
  const { idempotencyKey: key, merchantId, url, events } = input;
  const act = { merchantId, action: "webhook-endpoint.create", objectId: "new" };
  if (!context.merchantsWith(MANAGE).includes(merchantId)) throw denied(act);
  return changeOnce(context, { ...act, key, input: { url, events } }, async (transaction) => {
    const problem = problemOf(url, context.webhooksPrivate);
    if (problem) return problem;
    const [count] = await transaction.query<{ count: bigint }>(COUNT, [merchantId]);
    if (Number(count?.count) >= MOST) return refused(`A merchant has ${MOST} endpoints at most: remove one first.`);
    const id = randomId(PREFIXES.webhookEndpoint);
    const secret = newSecret();
    await transaction.query(ADD, [merchantId, id, url, [...new Set(events)], secret, context.identity.userId]);
    const endpoint = await endpointNow(transaction, merchantId, id);
    return { endpoint: { ...endpoint!, secret }, before: null, after: shown(endpoint!) };
  });
}

export async function changeEndpoint(context: RequestContext, input: ChangeWebhookEndpointInput) {
  const { idempotencyKey: key, endpointId: id, ...asked } = input;
  const found = await endpointToChange(context, "change", id);
  if (!("merchantId" in found)) return found;
  const { merchantId } = found;
  const act = { merchantId, action: "webhook-endpoint.change", objectId: id, key, input: { id, ...asked } };
  return changeOnce(context, act, async (transaction) => {
    const before = await endpointNow(transaction, merchantId, id);
    if (!before) return NOT_FOUND;
    if (before.version !== asked.expectedVersion) {
      const message = `It has version ${before.version} by now, not ${asked.expectedVersion}: read it again and decide anew.`;
      return { __typename: "VersionConflict", message, version: before.version };
    }
    const problem = asked.url ? problemOf(asked.url, context.webhooksPrivate) : null;
    if (problem) return problem;
    const secret = asked.newSecret ? newSecret() : null;
    const events = asked.events ? [...new Set(asked.events)] : null;
    const values = [merchantId, id, asked.url ?? null, events, asked.enabled ?? null, asked.remove ?? false];
    await transaction.query(CHANGE, values);
    if (secret) await transaction.query(NEW_SECRET, [merchantId, id, secret]);
    const after = await endpointNow(transaction, merchantId, id, true);
    const told = { ...shown(after!), secretChanged: secret !== null, removed: asked.remove ?? false };
    return { endpoint: { ...after!, secret }, before: shown(before), after: told };
  });
}

/** Sends a notice as any other is sent, whatever the endpoint is told otherwise. */
export async function sendTest(context: RequestContext, { endpointId: id, idempotencyKey: key }: SendTestNoticeInput) {
  const found = await endpointToChange(context, "test", id);
  if (!("merchantId" in found)) return found;
  const { merchantId } = found;
  const act = { merchantId, action: "webhook-endpoint.test", objectId: id, key, input: { id } };
  return changeOnce(context, act, async (transaction) => {
    const endpoint = await endpointNow(transaction, merchantId, id);
    if (!endpoint) return NOT_FOUND;
    if (endpoint.disabledAt) return refused("The endpoint is switched off: switch it on first.");
    const noticeId = stableId(PREFIXES.notice, id, "TEST", key);
    await transaction.query(TEST, [merchantId, noticeId, id, JSON.stringify({ message: "This is a test." })]);
    return { endpoint, before: null, after: { noticeId } };
  });
}

async function endpointToChange(context: RequestContext, verb: string, id: string) {
  const act = { action: `webhook-endpoint.${verb}`, objectId: id };
  const merchants = context.merchantsWith(MANAGE);
  if (merchants.length === 0) throw denied(act);
  const [row] = await context.query<EndpointRow>(`${ENDPOINTS} and id = $2`, [merchants, id]);
  if (row) return endpointOf(row);
  const [merchantId = ""] = merchants;
  context.noteDenied({ merchantId, ...act, detail: { refusal: "NotFound" } });
  return NOT_FOUND;
}

export async function endpointsOf(context: RequestContext): Promise<readonly WebhookEndpoint[]> {
  const rows = await context.query<EndpointRow>(`${ENDPOINTS} order by created_at, id`, [context.require(MANAGE)]);
  return rows.map(endpointOf);
}

export function noticePage(context: RequestContext, endpointId: string | null | undefined, page: PageRequest) {
  const where = conditions([context.require(MANAGE)]).add("t.endpoint_id = ?", endpointId);
  const keyset = {
    list: "notices",
    from: "delivery.notice t",
    columns: "t.*",
    where,
    sort: { column: "t.created_at", type: "timestamptz", direction: "DESC" as const },
  };
  return keysetPage<NoticeRow, Notice>(context, keyset, page, (row) => ({
    id: row.id,
    endpointId: row.endpoint_id,
    type: row.type,
    subjectId: row.subject_id,
    createdAt: row.created_at,
    state: row.state,
    attempts: row.attempts,
    lastAttemptAt: row.last_attempt_at,
    nextAttemptAt: row.state === "WAITING" ? row.due_at : null,
    lastStatus: row.last_status,
    lastProblem: row.last_problem,
  }));
}

async function endpointNow(transaction: Transaction, merchantId: string, id: string, isRemovedToo = false) {
  const [row] = await transaction.query<EndpointRow>(NOW, [merchantId, id, isRemovedToo]);
  return row && endpointOf(row);
}

function problemOf(url: string, allowPrivate: boolean): WebhookRefused | null {
  const problem = urlProblem(url, allowPrivate);
  return problem === null ? null : refused(`\`url\` cannot be used: ${problem}.`);
}

const refused = (message: string): WebhookRefused => ({ __typename: "WebhookRefused", message });

const NOT_FOUND: NotFound = {
  __typename: "NotFound",
  message: "There is no webhook endpoint with this id that you may change: check the id.",
};

const shown = ({ url, events, disabledAt, version }: WebhookEndpoint) => ({ url, events, disabledAt, version });

type EndpointRow = {
  readonly merchant_id: string;
  readonly id: string;
  readonly url: string;
  readonly events: readonly NoticeType[];
  readonly failing_since: Date | null;
  readonly disabled_at: Date | null;
  readonly disabled_because: string | null;
  readonly version: number;
};

function endpointOf(row: EndpointRow): WebhookEndpoint {
  return {
    __typename: "WebhookEndpoint",
    id: row.id,
    merchantId: row.merchant_id,
    url: row.url,
    events: row.events,
    secret: null,
    failingSince: row.failing_since,
    disabledAt: row.disabled_at,
    disabledBecause: row.disabled_because,
    version: row.version,
  };
}

type NoticeRow = {
  readonly id: string;
  readonly endpoint_id: string;
  readonly type: NoticeType;
  readonly subject_id: string;
  readonly created_at: Date;
  readonly state: Notice["state"];
  readonly attempts: number;
  readonly due_at: Date;
  readonly last_attempt_at: Date | null;
  readonly last_status: number | null;
  readonly last_problem: string | null;
};

const MOST = 10;

/** Without the secret, which requests may not read. */
const COLUMNS = "merchant_id, id, url, events, version, failing_since, disabled_at, disabled_because";

const ENDPOINTS = `
  select ${COLUMNS} from delivery.webhook_endpoint where merchant_id = any($1::text[]) and removed_at is null`;

const NOW = `
  select ${COLUMNS} from delivery.webhook_endpoint
  where merchant_id = $1 and id = $2 and (removed_at is null or $3::boolean)`;

const COUNT = "select count(*) as count from delivery.webhook_endpoint where merchant_id = $1 and removed_at is null";

const ADD = `
  insert into delivery.webhook_endpoint (merchant_id, id, url, events, secret, created_by)
  values ($1, $2, $3, $4, $5, $6)`;

const CHANGE = `
  update delivery.webhook_endpoint set
    url = coalesce($3, url), events = coalesce($4::text[], events), version = version + 1,
    disabled_at = case $5::boolean when true then null when false then clock_timestamp() else disabled_at end,
    disabled_because = case $5::boolean when true then null when false then 'a person switched it off'
      else disabled_because end,
    failing_since = case when $5::boolean then null else failing_since end,
    removed_at = case when $6::boolean then clock_timestamp() end
  where merchant_id = $1 and id = $2`;

/** Requests may write a secret and never read one. */
const NEW_SECRET = "update delivery.webhook_endpoint set secret = $3 where merchant_id = $1 and id = $2";

const TEST = `
  insert into delivery.notice (merchant_id, id, endpoint_id, type, subject_id, data)
  values ($1, $2, $3, 'TEST', $2, $4)`;
