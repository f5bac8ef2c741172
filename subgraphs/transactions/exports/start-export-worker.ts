import { setTimeout as delay } from "node:timers/promises";
import type { Jobs } from "../../shared/jobs/jobs.ts";
import { type DeliveryServices, deliverReports } from "../reports/deliver-reports.ts";
import { startDueReports } from "../reports/start-due-reports.ts";
import { LEASE_SECONDS } from "./export-lease.ts";
import { removeExpired } from "./remove-expired.ts";
import { type ExportServices, runExport } from "./run-export.ts";

/**
 * Writes the exports that the queue names, one at a time, and removes those whose time is over. The outbox fills the
 * queue and the sweeper fills it again, as for every other job; whoever opened the queue closes it.
 */
export async function startExportWorker(
  services: ExportServices & DeliveryServices & { readonly jobs: Jobs },
): Promise<{ readonly close: () => Promise<void> }> {
  const { jobs, log, leaseSeconds = LEASE_SECONDS } = services;
  const lock = { lockMs: leaseSeconds * 1_000, stalledCheckMs: leaseSeconds * 500 };
  const work = jobs.worker("export", ({ merchantId, exportId }) => runExport(services, merchantId, exportId), {
    concurrency: 1,
    ...lock,
  });
  await work.ready();
  const stop = new AbortController();
  const removing = (async () => {
    while (!stop.signal.aborted) {
      for (const [what, work] of LOOKED_AFTER) {
        await work(services).catch((error: unknown) => log.error({ err: error }, `${what} failed; it is tried again`));
      }
      await delay(LOOK_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return {
    close: async () => {
      stop.abort();
      await removing;
    },
  };
}

const LOOKED_AFTER: readonly (readonly [string, (services: ExportServices & DeliveryServices) => Promise<unknown>])[] =
  [
    ["starting reports that are due", ({ database }) => startDueReports(database)],
    ["delivering reports", deliverReports],
    ["removing exports that are over", removeExpired],
  ];

const LOOK_MS = 15_000;
