import { createUnionType, Field } from "type-graphql";
import { appendAudit } from "../../shared/audit.ts";
import { tellProgress } from "../../shared/changes/tell-progress.ts";
import { AppError } from "../../shared/errors.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { forbidden, type RequestContext } from "../../shared/subgraph/request-context.ts";
import { runById } from "./run-lists.ts";
import { isFinished, ReconciliationRun } from "./run-type.ts";

@Output("RunIsOver", "Nothing was stopped: the run had ended already.")
class RunIsOver {
  readonly __typename!: "RunIsOver";

  @Field(() => String, { description: "Why, as a sentence in English." })
  message!: string;

  @Field(() => ReconciliationRun, { description: "The run as it ended." })
  run!: ReconciliationRun;
}

export const CancelReconciliationResult = createUnionType({
  name: "CancelReconciliationResult",
  description: "The run, which stops after the parts at work; or the run that had ended already.",
  types: () => [ReconciliationRun, RunIsOver] as const,
  resolveType: ({ __typename }) => __typename,
});

/**
 * Asks for a run to be stopped. The wish is a row of its own, since the run's is locked as long as parts are at work.
 * Sent again, it changes nothing more. Throws NOT_FOUND, or FORBIDDEN for who may see the run and not run it.
 */
export async function cancelReconciliation(
  context: RequestContext,
  id: string,
): Promise<ReconciliationRun | RunIsOver> {
  const allowed = context.require("reconciliation:run");
  const run = await runById(context, id);
  if (!run) throw new AppError("NOT_FOUND", `There is no run "${id}" that you may see: check the id.`);
  if (!allowed.includes(run.merchantId)) throw forbidden("reconciliation:run", run.merchantId);
  if (isFinished(run)) {
    return { __typename: "RunIsOver", message: `Run ${id} ended before: it is ${run.status.toLowerCase()}.`, run };
  }
  const { merchantId } = run;
  const actorId = context.identity.userId;
  await context.run(async (transaction) => {
    if ((await transaction.change(REQUEST, [merchantId, id, actorId])) === 0) return;
    const audited = { merchantId, actorId, action: "reconciliation.cancel", objectId: id, outcome: "DONE" } as const;
    await tellProgress(transaction, merchantId);
    await appendAudit(transaction, { ...audited, detail: {} });
  });
  return (await runById(context, id)) ?? run;
}

const REQUEST = `
  insert into reconciliation.run_cancellation (merchant_id, run_id, requested_by) values ($1, $2, $3)
  on conflict do nothing`;
