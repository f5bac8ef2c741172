import { setTimeout as delay } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { runReconciliation } from "../subgraphs/reconciliation/matching/run-reconciliation.ts";
import type { Replay } from "../subgraphs/reconciliation/trials/replay-run.ts";
import { inScope } from "../subgraphs/shared/database/scope.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { randomId } from "../subgraphs/shared/ids.ts";
import { calendarDate } from "../subgraphs/shared/time.ts";
import { ADMINISTRATOR } from "./administer.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { merchantsOf } from "./merchants.ts";
import { importServices, openSystem, type System } from "./open-system.ts";
import { workTrial } from "./work-trial.ts";

export const command: Command = {
  summary: "Match transactions with settlement lines, for one merchant or all",
  usage:
    "concord reconcile [--dry-run] [--merchant ID] [--provider NAME] [--from DATE] [--to DATE] [--json]\n       concord reconcile --replay RUN [--json]",
  options: {
    "dry-run": { type: "boolean" },
    merchant: { type: "string" },
    provider: { type: "string" },
    from: { type: "string" },
    to: { type: "string" },
    replay: { type: "string" },
  },
  run: async (context) => {
    const system = await openSystem(context.config, "stderr");
    try {
      await system.migrate();
      const database = await system.open("worker", 3);
      const { replay } = context.options;
      return typeof replay === "string"
        ? await replayRun(context, system, database, replay)
        : await reconcile(context, system, database);
    } finally {
      await system.close();
    }
  },
};

async function reconcile({ options, say, report }: CommandContext, system: System, database: DataSource) {
  const services = importServices(system, database);
  const mode = options["dry-run"] === true ? "DRY_RUN" : "COMMIT";
  const [from, to] = [dayOf(options.from), dayOf(options.to)];
  if (from !== null && to !== null && from > to) throw new UsageError("--from must not be after --to");
  const runs: RunResult[] = [];
  for (const merchantId of await merchantsOf(database, options.merchant)) {
    const id = await requestRun(database, { merchantId, mode, provider: options.provider, from, to });
    await runReconciliation(services, merchantId, id);
    const run = await finished(database, merchantId, id);
    runs.push(run);
    describe(say, run);
  }
  report({ runs });
  return runs.every(({ status }) => status === "SUCCEEDED") ? 0 : 1;
}

/** 0 where the same input gave the same output, 1 where either is another. */
async function replayRun({ say, report }: CommandContext, system: System, database: DataSource, runId: string) {
  const merchantId = await merchantOfRun(database, runId);
  const question = { kind: "REPLAY", input: { runId } } as const;
  const replay = await workTrial<Replay>(importServices(system, database), merchantId, question);
  report(replay);
  const isSame = (equal: boolean) => (equal ? "the same" : "ANOTHER");
  say(`${merchantId}: run ${runId} replayed; nothing was changed`);
  say(`  input ${isSame(replay.inputEqual)}: ${replay.recordedInputDigest} then, ${replay.inputDigest} now`);
  say(`  output ${isSame(replay.outputEqual)}: ${replay.recordedOutputDigest} then, ${replay.outputDigest} now`);
  for (const { provider, currency, linesEqual, transactionsEqual } of replay.partitions) {
    if (linesEqual && transactionsEqual) continue;
    const parts = [...(linesEqual ? [] : ["lines"]), ...(transactionsEqual ? [] : ["transactions"])];
    say(`  ${provider} ${currency}: other ${parts.join(" and ")} than then`);
  }
  for (const [what, { count, examples }] of [
    ["made then and not now", replay.missing],
    ["made now and not then", replay.extra],
  ] as const) {
    if (count > 0) say(`  ${count} claims ${what}`);
    for (const { stage, lineId, transactionId } of examples) say(`    ${stage}: ${lineId} with ${transactionId}`);
  }
  for (const remark of replay.remarks) say(`  ${remark}`);
  return replay.inputEqual && replay.outputEqual ? 0 : 1;
}

async function merchantOfRun(database: DataSource, runId: string): Promise<string> {
  const [run] = await inScope(database, { merchants: [], user: ADMINISTRATOR }, (transaction) =>
    transaction.query<{ merchant_id: string; mode: string; output_digest: string | null }>(OF_RUN, [runId]),
  );
  if (!run) throw new AppError("NOT_FOUND", `there is no run "${runId}"`);
  if (run.mode === "DRY_RUN") throw new AppError("INVALID_INPUT", "a dry run kept nothing to compare a replay with");
  if (run.output_digest === null) throw new AppError("INVALID_INPUT", `run "${runId}" has not ended`);
  return run.merchant_id;
}

function dayOf(text: string | boolean | undefined): string | null {
  return typeof text === "string" ? calendarDate(text, "YYYY-MM-DD") : null;
}

type RunResult = {
  readonly merchantId: string;
  readonly id: string;
  readonly mode: string;
  readonly status: string;
  readonly problem: string | null;
  readonly seen: bigint;
  readonly matched: bigint;
  readonly inferred: bigint;
  readonly ambiguous: bigint;
  readonly mismatched: bigint;
  readonly byStage: Readonly<Record<string, number>>;
};

async function requestRun(
  database: DataSource,
  request: {
    readonly merchantId: string;
    readonly mode: string;
    readonly provider: string | boolean | undefined;
    readonly from: string | null;
    readonly to: string | null;
  },
): Promise<string> {
  const id = randomId("run");
  const { merchantId, mode, from, to } = request;
  const provider = typeof request.provider === "string" ? request.provider : null;
  await inScope(database, { merchants: [merchantId], user: ADMINISTRATOR }, (transaction) =>
    transaction.query(REQUEST, [merchantId, id, mode, provider, ADMINISTRATOR, from, to]),
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
  if (run.problem !== null) say(`  ${run.problem}`);
  say(
    `  ${dry}matched ${run.matched}, made ${run.inferred} transactions of lines nobody reported, left ${run.ambiguous} ambiguous and ${run.mismatched} contradicting`,
  );
  for (const [stage, lines] of Object.entries(run.byStage)) say(`  ${stage}: ${lines}`);
}

const REQUEST = `
  insert into reconciliation.run (merchant_id, id, idempotency_key, mode, provider, trigger, requested_by, period_from,
    period_to)
  values ($1, $2, $2, $3, $4, 'USER', $5, $6, $7)`;

/** The policy that lets a worker sweep shows it every merchant's runs. */
const OF_RUN = "select merchant_id, mode, output_digest from reconciliation.run where id = $1";

const RESULT = `
  select merchant_id as "merchantId", id, mode, status, problem, lines_seen as seen, lines_matched as matched,
    lines_promoted as inferred, lines_ambiguous as ambiguous, lines_mismatched as mismatched,
    matched_by_stage as "byStage"
  from reconciliation.run where merchant_id = $1 and id = $2`;
