import type { DataSource } from "typeorm";
import type { Delivery, Notice, WebhookReceiver } from "../../../adapters/webhooks/webhook.ts";
import { maskCards } from "../../shared/card-detector.ts";
import { inScope, PLATFORM, type Transaction } from "../../shared/database/scope.ts";
import { AppError, ERRORS } from "../../shared/errors.ts";
import { stableId } from "../../shared/ids.ts";
import type { Log } from "../../shared/log.ts";
import { machineSender } from "./machine-delivery.ts";

export type WebhookServices = {
  readonly database: DataSource;
  readonly log: Log;
  readonly receivers: ReadonlyMap<string, WebhookReceiver>;
  /** Most messages of a provider without a signature that may wait at a time; 5,000 unless told. */
  readonly mostWaiting?: number;
};

/** `text` where the provider wants its own word for an answer; else `body` as JSON. */
export type WebhookAnswer = { readonly status: number; readonly text?: string; readonly body?: unknown };

/**
 * Proves a delivery, keeps what it tells of and orders the work on it, all or nothing; only then is it acknowledged, so
 * that a provider repeats what we did not keep. The work is done later, by a worker. Never throws for what a sender did.
 */
export async function receiveWebhook(
  services: WebhookServices,
  provider: string,
  delivery: Delivery,
): Promise<WebhookAnswer> {
  const { database, log, receivers } = services;
  const receiver = receivers.get(provider);
  try {
    if (!receiver) throw new AppError("NOT_FOUND", "There is no webhook of this name: check the address.");
    const sender = await machineSender(database, provider, delivery.headers["authorization"]);
    const notices = receiver.open({ ...delivery, isProven: sender !== undefined });
    await sender?.mayTell(notices);
    const scope = { merchants: [PLATFORM], user: `provider:${provider}` };
    const kept = await inScope(database, scope, async (transaction) => {
      const outcomes: Kept[] = [];
      if (notices.some(({ rereads }) => rereads))
        await refuseFlood(transaction, provider, services.mostWaiting ?? 5_000);
      for (const notice of notices) outcomes.push(await keep(transaction, provider, notice));
      return outcomes;
    });
    log.info({ provider, notices: kept.length, again: kept.filter(({ isNew }) => !isNew).length }, "webhook kept");
    return { status: 200, ...(receiver.answer ? { text: receiver.answer } : { body: { received: kept.length } }) };
  } catch (error) {
    if (!(error instanceof AppError) || ERRORS[error.code].status >= 500) throw error;
    log.warn({ provider, code: error.code, problem: error.message }, "webhook refused");
    const { code, message } = error;
    return { status: ERRORS[code].status, body: { errors: [{ message, extensions: { code } }] } };
  }
}

/** Anybody can make up ids. Each costs us a row and a question, so that there is an end to how many can wait. */
async function refuseFlood(transaction: Transaction, provider: string, most: number): Promise<void> {
  const waiting = await transaction.query(WAITING, [PLATFORM, provider, most]);
  if (waiting.length < most) return;
  throw new AppError("RATE_LIMITED", `${most} messages of ${provider} wait to be read: send this one again later.`);
}

const WAITING = `
  select from delivery.webhook where merchant_id = $1 and provider = $2 and status = 'RECEIVED' limit $3`;

type Kept = { readonly isNew: boolean };

async function keep(transaction: Transaction, provider: string, notice: Notice): Promise<Kept> {
  const id = stableId("whk", provider, notice.account, notice.key);
  const payload = maskCards(JSON.stringify(notice.payload)).text;
  const [before] = await transaction.query<{ revision: number }>(LOCK, [PLATFORM, id]);
  const values = [PLATFORM, id, provider, notice.account, notice.key, payload, notice.rereads];
  const [after] = await transaction.query<{ revision: number }>(KEEP, values);
  const revision = after?.revision ?? 1;
  if (revision !== before?.revision) {
    await transaction.query(ORDER, [PLATFORM, stableId("out", "PROCESS_WEBHOOK", id, `${revision}`), id]);
  }
  return { isNew: before === undefined };
}

const LOCK = "select revision from delivery.webhook where merchant_id = $1 and id = $2 for update";

/**
 * What was told before is counted and changes nothing, unless it has to be read again: then it is due once more, under
 * its next revision, whatever a worker is doing with it at this moment. While it waits anyway, once is enough.
 */
const KEEP = `
  insert into delivery.webhook as w (merchant_id, id, provider, account, delivery_key, payload)
  values ($1, $2, $3, $4, $5, $6)
  on conflict (merchant_id, id) do update set
    deliveries = w.deliveries + 1,
    last_delivered_at = clock_timestamp(),
    revision = w.revision + case when $7 and (w.status <> 'RECEIVED' or w.leased_until > clock_timestamp()) then 1 else 0 end,
    status = case when $7 then 'RECEIVED' else w.status end,
    attempts = case when $7 then 0 else w.attempts end,
    due_at = case when $7 then clock_timestamp() else w.due_at end
  returning revision`;

const ORDER = `
  insert into delivery.outbox (merchant_id, id, kind, subject_id)
  select $1, $2, 'PROCESS_WEBHOOK', $3
  where not exists (
    select from delivery.outbox where merchant_id = $1 and kind = 'PROCESS_WEBHOOK' and subject_id = $3 and sent_at is null)
  on conflict do nothing`;
