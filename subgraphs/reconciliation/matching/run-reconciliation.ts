import { maskCards } from "../../shared/card-detector.ts";
import { crashPoint } from "../../shared/crash-point.ts";
import { inScope } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { assess } from "../expectations/assess.ts";
import { LEASE_SECONDS } from "../import/lease.ts";
import { MERCHANT_LIMITS } from "../merchant-limits.ts";
import { matchCredits } from "../payouts/match-credits.ts";
import { type Ending, finishRun } from "../runs/finish-run.ts";
import { isGivenUp, mayLast, sentenceOf } from "../runs/lasting-failure.ts";
import { holdRun, type Run, releaseRun, takeRun } from "../runs/run-record.ts";
import { type ReconciliationServices, type Worked, workPartitions } from "./work-partitions.ts";

/**
 * Carries a run out: partition by partition, each in one transaction with its claims, events, discrepancies and its
 * mark of completion, so that a run that is taken over goes on where it stopped. A finished run is left alone. A
 * partition that cannot be matched does not keep the others from it: it is tried again, and after some failures the run
 * ends without it and says so.
 */
export async function runReconciliation(
  services: ReconciliationServices,
  merchantId: string,
  runId: string,
): Promise<void> {
  const { database, leaseSeconds = LEASE_SECONDS } = services;
  const run = await takeRun(database, merchantId, runId, leaseSeconds);
  if (!run) return;
  crashPoint("after_run_lease");
  let worked: Worked | undefined;
  try {
    worked = await workPartitions(services, run);
    const [failure] = worked.failures;
    const errors = worked.failures.map(({ error }) => error);
    if (failure && !isGivenUp(run, errors)) throw failure.error;
    if (run.mode === "COMMIT" && !worked.cancelledBy) await matchPayouts(services, run);
    crashPoint("before_run_finish");
    await finishRun(database, run, endingOf(worked), worked.dry);
  } catch (error) {
    if (error instanceof AppError && error.code === "LEASE_LOST") throw error;
    const problem = mayLast(error) ? masked(sentenceOf(error)) : undefined;
    if (problem !== undefined && isGivenUp(run, [error])) {
      await finishRun(database, run, { status: worked?.done ? "PARTIAL" : "FAILED", problem }, worked?.dry ?? []);
    } else await releaseRun(database, run, problem);
    throw error;
  }
}

/** After all partitions, since a batch of any of them may be what a payout paid; then what is still open is judged. */
async function matchPayouts({ database, asOf }: ReconciliationServices, run: Run): Promise<void> {
  await inScope(
    database,
    run.scope,
    async (transaction) => {
      await holdRun(transaction, run);
      await matchCredits(transaction, run.merchantId, run.id);
      await assess(transaction, { merchantId: run.merchantId, runId: run.id, asOf });
    },
    MERCHANT_LIMITS,
  );
}

function endingOf({ planned, failures, cancelledBy, done }: Worked): Ending {
  const parts = `${done} of ${planned} parts`;
  if (cancelledBy !== undefined) {
    const problem = `stopped by ${cancelledBy} after ${parts}; what those matched stands`;
    return { status: "CANCELLED", problem };
  }
  if (failures.length === 0) return { status: "SUCCEEDED", problem: null };
  const reasons = failures.map(
    ({ partition: { provider, currency }, error }) => `${provider} ${currency}: ${sentenceOf(error)}`,
  );
  const problem = masked(`${parts} were matched and stand; the others were not: ${reasons.join("; ")}`);
  return { status: done === 0 ? "FAILED" : "PARTIAL", problem };
}

const masked = (sentence: string) => maskCards(sentence).text;
