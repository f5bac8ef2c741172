import type { DataSource } from "typeorm";
import { inScope, PLATFORM, type Scope } from "../../shared/database/scope.ts";

/** How many webhooks of a provider ended alike, and the latest that did. */
export type WebhookGroup = {
  readonly provider: string;
  readonly status: "RECEIVED" | "APPLIED" | "SKIPPED" | "QUARANTINED";
  readonly code: string | null;
  readonly problem: string | null;
  readonly webhooks: bigint;
  readonly deliveries: bigint;
  readonly latest: Date;
};

/** Webhooks by what became of them; those that wait for a person first. */
export function listWebhooks(database: DataSource, user: string): Promise<readonly WebhookGroup[]> {
  return inScope(database, ours(user), ({ query }) => query<WebhookGroup>(GROUPS, [PLATFORM]));
}

/** Orders the work on every webhook that was kept aside once more; the number of them. */
export function replayWebhooks(database: DataSource, user: string): Promise<number> {
  return inScope(database, ours(user), ({ change }) => change(REPLAY, [PLATFORM]));
}

const ours = (user: string): Scope => ({ merchants: [PLATFORM], user });

const GROUPS = `
  select provider, status, code, problem, count(*) as webhooks, sum(deliveries)::bigint as deliveries,
    max(last_delivered_at) as latest
  from delivery.webhook where merchant_id = $1
  group by provider, status, code, problem
  order by status = 'QUARANTINED' desc, status = 'RECEIVED' desc, provider, webhooks desc
  limit 200`;

/** The sweeper finds what is due; under its next revision, so that work under way does not end it. */
const REPLAY = `
  update delivery.webhook
  set status = 'RECEIVED', revision = revision + 1, attempts = 0, due_at = clock_timestamp()
  where merchant_id = $1 and status = 'QUARANTINED'`;
