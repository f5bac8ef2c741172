import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import type { JobStore } from "../../subgraphs/shared/jobs/backend.ts";
import { createJobs } from "../../subgraphs/shared/jobs/jobs.ts";

/** A worker process to be killed: takes one job of the queue `import`, says so, and never ends it. */
const [store = "", prefix = ""] = process.argv.slice(2);
const jobs = createJobs(JSON.parse(store) as JobStore, { prefix, log: pino({ level: "silent" }) });
jobs.worker(
  "import",
  async ({ fileId }) => {
    process.stdout.write(`took ${fileId}\n`);
    await delay(3_600_000);
  },
  { lockMs: 3_000, stalledCheckMs: 1_000 },
);
