import type { DataSource } from "typeorm";
import { appendAudit } from "../../shared/audit.ts";
import { crashPoint } from "../../shared/crash-point.ts";
import { inScope } from "../../shared/database/scope.ts";
import type { Attempt, Sender } from "./send-notice.ts";

type Due = {
  readonly merchant_id: string;
  readonly id: string;
  readonly endpoint_id: string;
  readonly type: string;
  readonly data: object;
  readonly created_at: Date;
  readonly attempts: number;
  readonly url: string;
  readonly secret: string;
};

const DELIVERER = "system:webhooks";
const NO_ONE = { merchants: [], user: DELIVERER };

/**
 * Sends what is due, and answers how much that was. What is taken is leased: whoever dies with it leaves it to be sent
 * again, under the same id. Of one subject the next is taken only when the one before is through or given up.
 */
export async function deliverNotices(database: DataSource, sender: Pick<Sender, "send">): Promise<number> {
  const due = await inScope(database, NO_ONE, ({ query }) => query<Due>(TAKE, [AT_ONCE, LEASE_SECONDS]));
  // All of them come to their end before one that broke is told of: they are not each other's matter.
  const ended = await Promise.allSettled(
    due.map(async (notice) => {
      const { id, type, created_at, merchant_id, data } = notice;
      const body = JSON.stringify({ id, type, createdAt: created_at, merchantId: merchant_id, data });
      const attempt = await sender.send({ url: notice.url, secret: notice.secret, id, body });
      crashPoint("after_notice_sent_before_mark");
      await record(database, notice, attempt);
    }),
  );
  for (const each of ended) if (each.status === "rejected") throw each.reason;
  return due.length;
}

/** What is no longer waited for is forgotten after a month. */
export async function forgetNotices(database: DataSource): Promise<void> {
  await inScope(database, NO_ONE, ({ query }) => query(FORGET));
}

async function record(database: DataSource, notice: Due, { isDelivered, status, problem }: Attempt): Promise<void> {
  const { merchant_id: merchantId, id, endpoint_id: endpointId, attempts, created_at } = notice;
  const isGivenUp = !isDelivered && Date.now() - created_at.getTime() > LONGEST_MS;
  const state = isDelivered ? "DELIVERED" : isGivenUp ? "GIVEN_UP" : "WAITING";
  await inScope(database, { merchants: [merchantId], user: DELIVERER }, async (transaction) => {
    await transaction.query(RECORD, [merchantId, id, state, pauseAfter(attempts), status, problem]);
    if (isDelivered) {
      await transaction.query(WORKS, [merchantId, endpointId]);
      return;
    }
    const [gone] = await transaction.query<{ failing_since: Date | null }>(FAILS, [
      merchantId,
      endpointId,
      DISABLE_AFTER,
    ]);
    if (!gone?.failing_since) return;
    const detail = { reason: "it failed for three days", failingSince: gone.failing_since, problem };
    const entry = { merchantId, actorId: DELIVERER, objectId: endpointId, outcome: "DONE", detail } as const;
    await appendAudit(transaction, { ...entry, action: "webhook-endpoint.disable" });
  });
}

/** Seconds until the next attempt: twice as long each time up to two hours, spread so that not all come back at once. */
export function pauseAfter(attempts: number, random: () => number = Math.random): number {
  return Math.min(5 * 2 ** Math.min(attempts, 20), 7_200) * (0.5 + random());
}

const AT_ONCE = 20;
const LEASE_SECONDS = 60;
const LONGEST_MS = 24 * 3_600_000;
const DISABLE_AFTER = "3 days";

const TAKE = `
  with taken as (
    select n.merchant_id, n.id from delivery.notice n
    join delivery.webhook_endpoint e on e.merchant_id = n.merchant_id and e.id = n.endpoint_id
    where n.state = 'WAITING' and n.due_at <= clock_timestamp()
      and (n.leased_until is null or n.leased_until < clock_timestamp())
      and e.removed_at is null and e.disabled_at is null
      and not exists (
        select from delivery.notice earlier
        where earlier.merchant_id = n.merchant_id and earlier.endpoint_id = n.endpoint_id
          and earlier.subject_id = n.subject_id and earlier.ordinal < n.ordinal and earlier.state = 'WAITING')
    order by n.due_at limit $1
    for update of n skip locked
  )
  update delivery.notice n
  set leased_until = clock_timestamp() + make_interval(secs => $2), attempts = attempts + 1,
    last_attempt_at = clock_timestamp()
  from taken t, delivery.webhook_endpoint e
  where n.merchant_id = t.merchant_id and n.id = t.id and e.merchant_id = n.merchant_id and e.id = n.endpoint_id
  returning n.merchant_id, n.id, n.endpoint_id, n.type, n.data, n.created_at, n.attempts, e.url, e.secret`;

const RECORD = `
  update delivery.notice set state = $3, leased_until = null, last_status = $5, last_problem = $6,
    due_at = clock_timestamp() + make_interval(secs => $4)
  where merchant_id = $1 and id = $2 and state = 'WAITING'`;

const WORKS = `
  update delivery.webhook_endpoint set failing_since = null
  where merchant_id = $1 and id = $2 and failing_since is not null`;

const FAILS = `
  update delivery.webhook_endpoint e set failing_since = coalesce(e.failing_since, clock_timestamp()),
    disabled_at = case when e.failing_since < clock_timestamp() - $3::interval then clock_timestamp() end,
    disabled_because = case when e.failing_since < clock_timestamp() - $3::interval then 'it failed for three days' end
  where e.merchant_id = $1 and e.id = $2 and e.disabled_at is null
    and (e.failing_since is null or e.failing_since < clock_timestamp() - $3::interval)
  returning case when e.disabled_at is not null then e.failing_since end as failing_since`;

const FORGET =
  "delete from delivery.notice where created_at < clock_timestamp() - interval '30 days' and state <> 'WAITING'";
