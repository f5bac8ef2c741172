import { createUnionType, Field, ID, InputType, Int } from "type-graphql";
import { appendAudit } from "../../shared/audit.ts";
import { AppError } from "../../shared/errors.ts";
import { randomId, stableId } from "../../shared/ids.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { forbidden, type RequestContext } from "../../shared/subgraph/request-context.ts";
import type { Rules } from "../matching/rules.ts";
import { rulesOfText } from "../rule-sets/change-rules.ts";
import { RulesRefused } from "../rule-sets/rule-set-requests.ts";
import { chooseMerchant, MerchantRequired } from "../runs/merchant-choice.ts";
import { runById } from "../runs/run-lists.ts";
import { isFinished } from "../runs/run-type.ts";
import type { RulePreview as Worked } from "./preview-rules.ts";
import type { Replay } from "./replay-run.ts";
import { RulePreview, rulePreviewOf } from "./rule-preview-type.ts";
import { RunReplay, runReplayOf } from "./run-replay-type.ts";
import type { TrialRow } from "./trial-state.ts";

@InputType("PreviewRulesInput", { description: "Which rules to try, and on how much of the history." })
export class PreviewRulesInput {
  @Field(() => ID, { nullable: true, description: "The merchant; may be left out by who may run it for one only." })
  merchantId?: string | null;

  @Field(() => String, { description: "The rules as JSON, as `content` of a rule set gives them." })
  rules!: string;

  @Field(() => Int, { description: "Lines booked in so many days until today, 1 to 400." })
  days!: number;
}

@Output("ReplayRefused", "The run cannot be carried out again.")
class ReplayRefused {
  readonly __typename!: "ReplayRefused";

  @Field(() => String, { description: "Why, as a sentence in English." })
  message!: string;
}

export const PreviewRulesResult = createUnionType({
  name: "PreviewRulesResult",
  description: "The preview, which is worked out from now on; or why there is none.",
  types: () => [RulePreview, RulesRefused, MerchantRequired] as const,
  resolveType: ({ __typename }) => __typename,
});

export const ReplayReconciliationRunResult = createUnionType({
  name: "ReplayReconciliationRunResult",
  description: "The replay, which is worked out from now on; or why there is none.",
  types: () => [RunReplay, ReplayRefused] as const,
  resolveType: ({ __typename }) => __typename,
});

/** Asks for a preview; it is worked out by a worker, since it may take long and writes what it then takes back. */
export async function requestPreview(
  context: RequestContext,
  input: PreviewRulesInput,
): Promise<RulePreview | RulesRefused | MerchantRequired> {
  const merchantId = chooseMerchant(context, "reconciliation:run", input.merchantId);
  if (typeof merchantId !== "string") return merchantId;
  const { days } = input;
  if (days < 1 || days > MOST_DAYS) {
    return { __typename: "RulesRefused", message: `\`days\` must be 1 to ${MOST_DAYS}, and ${days} is not.` };
  }
  let rules: Rules;
  try {
    rules = rulesOfText(input.rules);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { __typename: "RulesRefused", message: error.message };
  }
  const row = await request<{ readonly days: number }, Worked>(context, merchantId, "PREVIEW", { rules, days });
  return rulePreviewOf(row);
}

export async function requestReplay(context: RequestContext, runId: string): Promise<RunReplay | ReplayRefused> {
  const allowed = context.require("reconciliation:run");
  const run = await runById(context, runId);
  if (!run) throw new AppError("NOT_FOUND", `There is no run "${runId}" that you may see: check the id.`);
  if (!allowed.includes(run.merchantId)) throw forbidden("reconciliation:run", run.merchantId);
  const refused = (message: string) => ({ __typename: "ReplayRefused", message }) as const;
  if (!isFinished(run)) return refused("The run has not ended: wait until it has.");
  if (run.mode === "DRY_RUN") return refused("A dry run kept nothing that a replay could be compared with.");
  if (run.outputDigest === null) return refused("The run ended before it began: there is nothing to replay.");
  return runReplayOf(await request<{ readonly runId: string }, Replay>(context, run.merchantId, "REPLAY", { runId }));
}

export async function previewById(context: RequestContext, id: string): Promise<RulePreview | null> {
  const row = await trialById<{ readonly days: number }, Worked>(context, "PREVIEW", id);
  return row ? rulePreviewOf(row) : null;
}

export async function replayById(context: RequestContext, id: string): Promise<RunReplay | null> {
  const row = await trialById<{ readonly runId: string }, Replay>(context, "REPLAY", id);
  return row ? runReplayOf(row) : null;
}

type Kind = "PREVIEW" | "REPLAY";

async function request<Input, Result>(
  context: RequestContext,
  merchantId: string,
  kind: Kind,
  input: Input & { readonly rules?: Rules },
): Promise<TrialRow<Input, Result>> {
  const id = randomId("trl");
  const actorId = context.identity.userId;
  return context.run(async (transaction) => {
    const values = [merchantId, id, kind, JSON.stringify(input), actorId];
    const [row] = await transaction.query<TrialRow<Input, Result>>(ADD, values);
    await transaction.query(ORDER, [merchantId, stableId("out", "RUN_TRIAL", id), id]);
    const { rules: _, ...detail } = input;
    const audited = { merchantId, actorId, action: `reconciliation.${kind.toLowerCase()}`, objectId: id } as const;
    await appendAudit(transaction, { ...audited, outcome: "DONE", detail });
    return row!;
  });
}

async function trialById<Input, Result>(context: RequestContext, kind: Kind, id: string) {
  const merchants = context.require("reconciliation:view");
  const [row] = await context.query<TrialRow<Input, Result>>(BY_ID, [merchants, kind, id]);
  return row;
}

const MOST_DAYS = 400;

const COLUMNS =
  "t.id, t.merchant_id, t.input, t.result, t.status, t.problem, t.steps_total, t.steps_done, t.requested_at, t.finished_at";

const ADD = `
  insert into reconciliation.trial as t (merchant_id, id, kind, input, requested_by) values ($1, $2, $3, $4, $5)
  returning ${COLUMNS}`;

const ORDER = `insert into delivery.outbox (merchant_id, id, kind, subject_id) values ($1, $2, 'RUN_TRIAL', $3)`;

const BY_ID = `
  select ${COLUMNS} from reconciliation.trial t where t.merchant_id = any($1::text[]) and t.kind = $2 and t.id = $3`;
