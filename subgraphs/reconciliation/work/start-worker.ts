import { setTimeout as delay } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { tellLapsedAccess } from "../../shared/identity/support-access.ts";
import type { Jobs } from "../../shared/jobs/jobs.ts";
import { foldAllHours, foldHours } from "../../shared/rollups/fold-hours.ts";
import { assessDue } from "../expectations/assess-due.ts";
import { type ImportServices, importFile } from "../import/import-file.ts";
import { LEASE_SECONDS } from "../import/lease.ts";
import { runReconciliation } from "../matching/run-reconciliation.ts";
import type { ReconciliationServices } from "../matching/work-partitions.ts";
import { followSchedules, startDue } from "../schedules/start-due.ts";
import { runTrial } from "../trials/run-trial.ts";
import { processWebhook } from "../webhooks/process-webhook.ts";
import type { WebhookServices } from "../webhooks/receive-webhook.ts";
import { relayOutbox, sweepDue } from "./relay-outbox.ts";

export type Worker = { readonly close: () => Promise<void> };

/**
 * Works the queues until closed: imports, reconciliation runs and when they are due, trials, webhooks, and the outbox
 * that feeds them. Any number of
 * workers may run; the database keeps them out of each other's way.
 */
export async function startWorker(
  services: ImportServices &
    Pick<ReconciliationServices, "asOf"> &
    Partial<Pick<WebhookServices, "receivers">> & { readonly jobs: Jobs },
  settings: { readonly concurrency: number },
): Promise<Worker> {
  const { database, jobs, log } = services;
  const { concurrency } = settings;
  const webhooks = { ...services, receivers: services.receivers ?? new Map() };
  // A job is let go when its lease is, and whatever is due is looked for twice as often.
  const leaseMs = (services.leaseSeconds ?? LEASE_SECONDS) * 1_000;
  const summed = async (merchantId: string, work: Promise<void>) => {
    await work;
    await foldHours(database, merchantId).catch((error: unknown) => {
      log.warn({ err: error, merchantId }, "the sums of its hours could not be brought up to date; they will be");
    });
  };
  const lock = { lockMs: leaseMs, stalledCheckMs: leaseMs / 2 };
  const workers = [
    jobs.worker("import", ({ merchantId, fileId }) => summed(merchantId, importFile(services, merchantId, fileId)), {
      concurrency,
      ...lock,
    }),
    jobs.worker(
      "reconcile",
      ({ merchantId, runId }) => summed(merchantId, runReconciliation(services, merchantId, runId)),
      {
        concurrency,
        ...lock,
      },
    ),
    jobs.worker("schedule", async () => void (await startDue(database)), { concurrency: 1, ...lock }),
    jobs.worker("trial", ({ merchantId, trialId }) => runTrial(services, merchantId, trialId), {
      concurrency: 1,
      ...lock,
    }),
    jobs.worker("webhook", ({ webhookId }) => processWebhook(webhooks, webhookId), { concurrency, ...lock }),
    jobs.worker("outbox", async () => void (await relayUntilEmpty(database, jobs)), { concurrency: 1, ...lock }),
  ];
  await Promise.all(workers.map((worker) => worker.ready()));
  const stop = new AbortController();
  const report: Report = (what) => (error) => log.error({ err: error }, `${what} failed; it is tried again`);
  const timers = [
    repeat(RELAY_MS, stop.signal, () => jobs.queue("outbox").add("outbox-relay", {}).catch(report("relaying"))),
    repeat(leaseMs / 2, stop.signal, () => sweep(services, report)),
  ];
  return {
    close: async () => {
      stop.abort();
      await Promise.all(timers);
      await jobs.close();
    },
  };
}

async function relayUntilEmpty(database: DataSource, jobs: Jobs): Promise<void> {
  while ((await relayOutbox(database, jobs)) > 0);
}

/** Runs that schedules are owed come first, so that they are among what is due; none of these waits for another. */
async function sweep({ database, jobs, asOf }: Swept, report: Report): Promise<void> {
  await startDue(database).catch(report("starting what is scheduled"));
  await sweepDue(database, jobs).catch(report("sweeping"));
  await followSchedules(database, jobs).catch(report("following schedules"));
  await foldAllHours(database).catch(report("summing hours"));
  await assessDue(database, asOf).catch(report("judging what is open"));
  await tellLapsedAccess(database).catch(report("telling of support access that ended"));
}

type Swept = { readonly database: DataSource; readonly jobs: Jobs; readonly asOf?: string | undefined };

type Report = (what: string) => (error: unknown) => void;

/** Runs `work` now and then again `pauseMs` after each end, until aborted. */
async function repeat(pauseMs: number, signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await work();
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

const RELAY_MS = 500;
