import type { DataSource } from "typeorm";
import { inScope, PLATFORM, type Transaction } from "../../shared/database/scope.ts";
import { WORKER } from "../import/lease.ts";

/** A kept notice that this worker works on; `revision` tells whether it was told again meanwhile. */
export type WebhookWork = {
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  readonly delivery_key: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly revision: number;
};

/** How a notice ended. `code` and `problem` say why it was passed over or is kept aside. */
export type WebhookEnd =
  | { readonly status: "APPLIED" }
  | { readonly status: "SKIPPED"; readonly problem: string }
  | { readonly status: "QUARANTINED"; readonly code: string; readonly problem: string };

const OURS = { merchants: [PLATFORM], user: WORKER };

/** Takes a notice for a minute; undefined if it is done or another worker has it. */
export async function takeWebhook(database: DataSource, id: string): Promise<WebhookWork | undefined> {
  const [work] = await inScope(database, OURS, ({ query }) => query<WebhookWork>(TAKE, [PLATFORM, id]));
  return work;
}

/**
 * Ends it, in the transaction of what came of it. A notice that was told again since it was taken stays due: what was read
 * then may be old.
 */
export async function endWebhook(transaction: Transaction, work: WebhookWork, end: WebhookEnd): Promise<void> {
  const { code, problem } = { code: null, problem: null, ...end };
  await transaction.query(END, [PLATFORM, work.id, work.revision, end.status, code, problem]);
}

/** Puts it off: 10 s at first, twice as long each time, an hour at most. Nothing is ever given up. */
export async function postponeWebhook(database: DataSource, work: WebhookWork, problem: string): Promise<void> {
  await inScope(database, OURS, ({ query }) => query(POSTPONE, [PLATFORM, work.id, problem]));
}

/** Lets another attempt begin at once, after a failure that is ours. */
export async function releaseWebhook(database: DataSource, work: WebhookWork): Promise<void> {
  await inScope(database, OURS, ({ query }) => query(RELEASE, [PLATFORM, work.id]));
}

/** An account that nobody had mapped may be mapped by now; whoever asks finds out. */
const TAKE = `
  update delivery.webhook set leased_until = clock_timestamp() + interval '60 seconds'
  where merchant_id = $1 and id = $2 and (leased_until is null or leased_until < clock_timestamp())
    and (status = 'RECEIVED' or status = 'QUARANTINED' and code in ('UNMAPPED_ACCOUNT', 'UNMAPPED_TERMINAL'))
  returning id, provider, account, delivery_key, payload, revision`;

const END = `
  update delivery.webhook set
    status = case when revision = $3 then $4 else status end,
    code = $5, problem = $6, leased_until = null, finished_at = clock_timestamp()
  where merchant_id = $1 and id = $2`;

const POSTPONE = `
  update delivery.webhook set attempts = attempts + 1, problem = $3, leased_until = null,
    due_at = clock_timestamp() + least(interval '10 seconds' * power(2, least(attempts, 12)), interval '1 hour')
  where merchant_id = $1 and id = $2`;

const RELEASE = "update delivery.webhook set leased_until = null where merchant_id = $1 and id = $2";
