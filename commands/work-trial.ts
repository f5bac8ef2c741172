import { setTimeout as delay } from "node:timers/promises";
import { runTrial } from "../subgraphs/reconciliation/trials/run-trial.ts";
import type { TrialServices } from "../subgraphs/reconciliation/trials/trial-work.ts";
import { inScope } from "../subgraphs/shared/database/scope.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { randomId, stableId } from "../subgraphs/shared/ids.ts";
import { ADMINISTRATOR } from "./administer.ts";

/** Asks a question and works it out in this process. @throws AppError INTERNAL_ERROR with the reason where it cannot be */
export async function workTrial<Result>(
  services: TrialServices,
  merchantId: string,
  question: { readonly kind: "PREVIEW" | "REPLAY"; readonly input: object },
): Promise<Result> {
  const id = randomId("trl");
  const scope = { merchants: [merchantId], user: ADMINISTRATOR };
  await inScope(services.database, scope, async (transaction) => {
    await transaction.query(ADD, [merchantId, id, question.kind, JSON.stringify(question.input), ADMINISTRATOR]);
    await transaction.query(ORDER, [merchantId, stableId("out", "RUN_TRIAL", id), id]);
  });
  await runTrial(services, merchantId, id);
  // A worker may have taken it before us.
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await delay(250)) {
    const [row] = await inScope(services.database, scope, (transaction) =>
      transaction.query<{ result: Result | null; problem: string | null }>(RESULT, [merchantId, id]),
    );
    if (row?.result) return row.result;
    if (row?.problem) throw new AppError("INTERNAL_ERROR", row.problem);
  }
  throw new AppError(
    "CONFLICT",
    `trial ${id} has been another worker's for 15 minutes; look at its log, then try again`,
  );
}

const PATIENCE_MS = 15 * 60_000;

const ADD = `
  insert into reconciliation.trial (merchant_id, id, kind, input, requested_by) values ($1, $2, $3, $4, $5)`;
const ORDER = "insert into delivery.outbox (merchant_id, id, kind, subject_id) values ($1, $2, 'RUN_TRIAL', $3)";
const RESULT = "select result, problem from reconciliation.trial where merchant_id = $1 and id = $2";
