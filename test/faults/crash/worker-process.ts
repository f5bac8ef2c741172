import { pino } from "pino";
import { adapter as adyen } from "../../../adapters/providers/adyen-settlement-detail.ts";
import { adapter as journal } from "../../../adapters/providers/ccv-terminal-journal.ts";
import { acquirers } from "../../../subgraphs/acquirers/normalise.ts";
import { ccvPay } from "../../../subgraphs/ccv-pay/normalise.ts";
import { eVouchers } from "../../../subgraphs/e-vouchers/normalise.ts";
import { startWorker } from "../../../subgraphs/reconciliation/work/start-worker.ts";
import { armCrashPoints } from "../../../subgraphs/shared/crash-point.ts";
import { openDatabase } from "../../../subgraphs/shared/database/connection.ts";
import { openFileStorage } from "../../../subgraphs/shared/file-storage.ts";
import { createJobs } from "../../../subgraphs/shared/jobs/jobs.ts";
import { crashAt } from "./crash.ts";
import { readSettings } from "./process-settings.ts";

/** The product's worker without what makes a start slow: it knows the formats that the tests send and no other. */
const { url, files, store, prefix, leaseSeconds, crash } = readSettings();
if (crash) armCrashPoints(crashAt(crash));
const log = pino({ level: "info" }, pino.destination({ sync: true }));
const database = await openDatabase(
  { url },
  { role: "worker", maxConnections: 7, onError: (error) => log.error({ err: error }, "a database connection failed") },
);
const worker = await startWorker(
  {
    database,
    storage: openFileStorage(files),
    adapterFor: (head) => (adyen.accepts(head) ? adyen : journal),
    families: { CCV_PAY: ccvPay, E_VOUCHER: eVouchers, ACQUIRER: acquirers },
    log,
    leaseSeconds,
    jobs: createJobs(store, { prefix, log, backoffMs: 100 }),
  },
  { concurrency: 2 },
);
process.once("SIGTERM", async () => {
  await worker.close();
  await database.destroy();
  process.exit(0);
});
log.info("the worker works");
