import { inScope, type Scope } from "../../shared/database/scope.ts";
import { LEASE_SECONDS, WORKER } from "../import/lease.ts";
import { parseRules } from "../matching/rules.ts";
import { mayLast, sentenceOf } from "../runs/lasting-failure.ts";
import { previewRules } from "./preview-rules.ts";
import { replayRun } from "./replay-run.ts";
import type { TrialServices, TrialWork } from "./trial-work.ts";

/**
 * Works out a question that was asked and keeps the answer; everything else it does is rolled back. A trial that is
 * answered is left alone; one that is interrupted starts again, since it left nothing.
 */
export async function runTrial(services: TrialServices, merchantId: string, id: string): Promise<void> {
  const { database, leaseSeconds = LEASE_SECONDS } = services;
  const scope: Scope = { merchants: [merchantId], user: WORKER };
  const change = (text: string, values: readonly unknown[]) =>
    inScope(database, scope, (transaction) => transaction.change(text, [merchantId, id, ...values]));
  const [taken] = await inScope(database, scope, (transaction) =>
    transaction.query<TakenRow>(TAKE, [merchantId, id, leaseSeconds]),
  );
  if (!taken) return;
  const epoch = taken.lease_epoch;
  const renewal = setInterval(() => {
    change(RENEW, [epoch, leaseSeconds]).catch(() => undefined);
  }, leaseSeconds * 300);
  try {
    const progress: TrialWork["progress"] = async (done, total) => void (await change(PROGRESS, [epoch, done, total]));
    const result = await answer(services, taken, { merchantId, id, scope, progress });
    await change(ANSWER, [
      epoch,
      JSON.stringify(result, (_, value) => (typeof value === "bigint" ? `${value}` : value)),
    ]);
  } catch (error) {
    services.log.warn({ err: error, trialId: id, merchantId }, "a trial could not be worked out");
    if (!mayLast(error)) {
      await change(RELEASE, [epoch]).catch(() => undefined);
      throw error;
    }
    await change(FAIL, [epoch, `It could not be worked out: ${sentenceOf(error)}`]);
  } finally {
    clearInterval(renewal);
  }
}

type TakenRow = {
  readonly lease_epoch: number;
  readonly kind: "PREVIEW" | "REPLAY";
  readonly input: { readonly rules: unknown; readonly days: number; readonly runId: string };
};

function answer(services: TrialServices, { kind, input }: TakenRow, work: TrialWork): Promise<unknown> {
  if (kind === "REPLAY") return replayRun(services, work, input.runId);
  return previewRules(services, work, { rules: parseRules(input.rules), days: input.days });
}

const TAKE = `
  update reconciliation.trial
  set status = 'RUNNING', lease_epoch = lease_epoch + 1, started_at = coalesce(started_at, clock_timestamp()),
    leased_until = clock_timestamp() + make_interval(secs => $3)
  where merchant_id = $1 and id = $2 and status in ('QUEUED', 'RUNNING')
    and (leased_until is null or leased_until < clock_timestamp())
  returning lease_epoch, kind, input`;

const HELD = "where merchant_id = $1 and id = $2 and lease_epoch = $3 and status = 'RUNNING'";

const RENEW = `update reconciliation.trial set leased_until = clock_timestamp() + make_interval(secs => $4) ${HELD}`;
const PROGRESS = `update reconciliation.trial set steps_done = $4, steps_total = $5 ${HELD}`;
const RELEASE = `update reconciliation.trial set leased_until = null ${HELD}`;
const ANSWER = `
  update reconciliation.trial
  set status = 'SUCCEEDED', result = $4, finished_at = clock_timestamp(), leased_until = null ${HELD}`;
const FAIL = `
  update reconciliation.trial
  set status = 'FAILED', problem = $4, finished_at = clock_timestamp(), leased_until = null ${HELD}`;
