import { setTimeout as delay } from "node:timers/promises";
import type { Jobs } from "../../shared/jobs/jobs.ts";
import { LEASE_SECONDS } from "./export-lease.ts";
import { removeExpired } from "./remove-expired.ts";
import { type ExportServices, runExport } from "./run-export.ts";

/**
 * Writes the exports that the queue names, one at a time, and removes those whose time is over. The outbox fills the
 * queue and the sweeper fills it again, as for every other job; whoever opened the queue closes it.
 */
export async function startExportWorker(
  services: ExportServices & { readonly jobs: Jobs },
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
      await removeExpired(services).catch((error: unknown) => {
        log.error({ err: error }, "removing exports that are over failed; it is tried again");
      });
      await delay(REMOVE_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return {
    close: async () => {
      stop.abort();
      await removing;
    },
  };
}

const REMOVE_MS = 60_000;
