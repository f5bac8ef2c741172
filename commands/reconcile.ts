import { setTimeout as delay } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { runReconciliation } from "../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { inScope } from "../subgraphs/shared/database/scope.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { randomId } from "../subgraphs/shared/ids.ts";
import { ADMINISTRATOR } from "./administer.ts";
import type { Command } from "./command.ts";
import { importServices, openSystem } from "./open-system.ts";

export const command: Command = {
  summary: "Match transactions with settlement lines, for one merchant or all",
  usage: "concord reconcile [--dry-run] [--merchant ID] [--provider NAME] [--json]",
  options: { "dry-run": { type: "boolean" }, merchant: { type: "string" }, provider: { type: "string" } },
  run: async ({ config, options, say, report }) => {
    const system = await openSystem(config, "stderr");
    try {
      await system.migrate();
      const database = await system.open("worker", 3);
      const services = importServices(system, database);
      const mode = options["dry-run"] === true ? "DRY_RUN" : "COMMIT";
      const runs: RunResult[] = [];
      for (const merchantId of await merchantsOf(database, options.merchant)) {
        const id = await requestRun(database, { merchantId, mode, provider: options.provider });
        await runReconciliation(services, merchantId, id);
        const run = await finished(database, merchantId, id);
        runs.push(run);
        describe(say, run);
      }
      report({ runs });
      return runs.every(({ status }) => status === "SUCCEEDED") ? 0 : 1;
    } finally {
      await system.close();
    }
  },
};

type RunResult = {
  readonly merchantId: string;
  readonly id: string;
  readonly mode: string;
  readonly status: string;
  readonly seen: bigint;
  readonly matched: bigint;
  readonly inferred: bigint;
  readonly ambiguous: bigint;
  readonly mismatched: bigint;
  readonly byStage: Readonly<Record<string, number>>;
};

async function merchantsOf(database: DataSource, wanted: string | boolean | undefined): Promise<string[]> {
  const all = await inScope(database, { merchants: [], user: ADMINISTRATOR }, (transaction) =>
    transaction.query<{ merchant_id: string }>("select merchant_id from accounts.merchant order by merchant_id"),
  );
  const ids = all.map((row) => row.merchant_id);
  if (typeof wanted !== "string") return ids;
  if (!ids.includes(wanted)) throw new AppError("NOT_FOUND", `there is no merchant "${wanted}"`);
  return [wanted];
}

async function requestRun(
  database: DataSource,
  request: { readonly merchantId: string; readonly mode: string; readonly provider: string | boolean | undefined },
): Promise<string> {
  const id = randomId("run");
  const provider = typeof request.provider === "string" ? request.provider : null;
  await inScope(database, { merchants: [request.merchantId], user: ADMINISTRATOR }, (transaction) =>
    transaction.query(REQUEST, [request.merchantId, id, request.mode, provider, ADMINISTRATOR]),
  );
  return id;
}

/** The run's result; a worker may have taken it before us. */
async function finished(database: DataSource, merchantId: string, id: string): Promise<RunResult> {
  for (const deadline = Date.now() + 15 * 60_000; Date.now() < deadline; await delay(250)) {
    const [run] = await inScope(database, { merchants: [merchantId], user: ADMINISTRATOR }, (transaction) =>
      transaction.query<RunResult>(RESULT, [merchantId, id]),
    );
    if (run && run.status !== "QUEUED" && run.status !== "RUNNING") return run;
  }
  throw new AppError("CONFLICT", `run ${id} has been another worker's for 15 minutes; look at its log, then try again`);
}

function describe(say: (line: string) => void, run: RunResult): void {
  const dry = run.mode === "DRY_RUN" ? "would have " : "";
  say(`${run.merchantId}: run ${run.id} ${run.status.toLowerCase()}, ${run.seen} open lines`);
  say(
    `  ${dry}matched ${run.matched}, made ${run.inferred} transactions of lines nobody reported, left ${run.ambiguous} ambiguous and ${run.mismatched} contradicting`,
  );
  for (const [stage, lines] of Object.entries(run.byStage)) say(`  ${stage}: ${lines}`);
}

const REQUEST = `
  insert into reconciliation.run (merchant_id, id, idempotency_key, mode, provider, trigger, requested_by)
  values ($1, $2, $2, $3, $4, 'USER', $5)`;

const RESULT = `
  select merchant_id as "merchantId", id, mode, status, lines_seen as seen, lines_matched as matched,
    lines_promoted as inferred, lines_ambiguous as ambiguous, lines_mismatched as mismatched,
    matched_by_stage as "byStage"
  from reconciliation.run where merchant_id = $1 and id = $2`;
