import { Field, ID, Int } from "type-graphql";
import type { Money } from "../shared/money.ts";
import { DateTimeScalar } from "../shared/scalars.ts";
import { batched, groupedByKey } from "../shared/subgraph/batched.ts";
import { MoneyType } from "../shared/subgraph/money-type.ts";
import { enumOf, Output } from "../shared/subgraph/output.ts";
import { type Resolution, ResolutionProposal } from "./decisions/resolutions.ts";
import { SEVERITIES, type Severity } from "./expectations/severity.ts";

const DISCREPANCY_STATES = ["OPEN", "ASSIGNED", "SNOOZED", "RESOLVED"] as const;
export type DiscrepancyState = (typeof DISCREPANCY_STATES)[number];

export const DiscrepancyStateEnum = enumOf(
  "DiscrepancyState",
  "Whether a discrepancy still stands.",
  DISCREPANCY_STATES,
  {
    OPEN: "Nobody works on it.",
    ASSIGNED: "Somebody works on it.",
    SNOOZED: "It waits until a time that a person set.",
    RESOLVED: "It went away, or a person settled it.",
  },
);

export const SeverityEnum = enumOf(
  "Severity",
  "How much a discrepancy needs a person, by its money and its age.",
  SEVERITIES,
);

/** Every kind of discrepancy that is found; the portal has a name and a meaning for each. */
export const DISCREPANCY_TYPES = [
  "AMBIGUOUS_MATCH",
  "AMOUNT_MISMATCH",
  "BATCH_DOES_NOT_FOOT",
  "CURRENCY_MISMATCH",
  "DUPLICATE_SETTLEMENT",
  "FEE_VARIANCE",
  "IDENTITY_COLLISION",
  "MISSING_CHARGEBACK_REVERSAL",
  "MISSING_PAYOUT",
  "MISSING_SETTLEMENT",
  "ORPHAN_CHARGEBACK",
  "ORPHAN_REFUND",
  "OVER_REFUND",
  "PAYOUT_RESIDUAL",
  "REFUND_AND_CHARGEBACK",
  "SETTLED_BUT_CANCELLED",
  "SETTLED_BUT_FAILED",
  "SETTLED_BUT_REFUSED",
  "SPLIT_INCOMPLETE",
  "STALE_PROCESSING",
  "STATUS_CONFLICT",
  "UNEXPECTED_SETTLEMENT",
] as const;
export type DiscrepancyType = (typeof DISCREPANCY_TYPES)[number];

@Output("Discrepancy", "A difference between what happened and what was settled, for a person to look at.")
export class Discrepancy {
  readonly __typename!: "Discrepancy";
  readonly lineId!: string | null;
  readonly transactionId!: string | null;

  @Field(() => ID, { description: "Stable id, `dis_…`: the same difference found again keeps it." })
  id!: string;

  @Field(() => ID, { description: "The merchant whose money it is." })
  merchantId!: string;

  @Field(() => String, { description: `Kind, one of ${DISCREPANCY_TYPES.join(", ")}; more may come.` })
  type!: string;

  @Field(() => DiscrepancyStateEnum, { description: "Whether it still stands." })
  state!: DiscrepancyState;

  @Field(() => String, { description: "The provider, by name." })
  provider!: string;

  @Field(() => SeverityEnum, { description: "How much it needs a person." })
  severity!: Severity;

  @Field(() => DateTimeScalar, { nullable: true, description: "By when it should be settled, by its severity." })
  slaDueAt!: Date | null;

  @Field(() => Int, { description: "Whole hours since it was first found, or that it stood." })
  ageHours!: number;

  @Field(() => MoneyType, { description: "How much money is in question." })
  amountAtRisk!: Money;

  @Field(() => String, { description: "What is wrong, as a sentence in English." })
  explanation!: string;

  @Field(() => [ID], { description: "Ids of transactions that fit equally well, for an ambiguous match." })
  candidates!: readonly string[];

  @Field(() => ID, { nullable: true, description: "The second best of the candidates, where they were weighed." })
  runnerUp!: string | null;

  @Field(() => Int, { nullable: true, description: "By how many points the best beats it; 0 where they are equal." })
  margin!: number | null;

  @Field(() => ID, { nullable: true, description: "The payout it is about." })
  payoutId!: string | null;

  @Field(() => ID, { nullable: true, description: "The settlement batch it is about." })
  batchId!: string | null;

  @Field(() => DateTimeScalar, { description: "When it was first found." })
  openedAt!: Date;

  @Field(() => DateTimeScalar, { description: "When a run last found it." })
  seenAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it went away; null while it stands." })
  resolvedAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      "What made it go away: `MATCHED`, `UNMATCHED`, `GONE`, or as a person settled it: `WRITTEN_OFF`, `ACCEPTED`, …",
  })
  resolution!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "Who settled it; null where no person did. A second person, where one agreed, stands in `comments`.",
  })
  resolvedBy!: string | null;

  @Field(() => String, { nullable: true, description: "Why it was settled so." })
  resolutionReason!: string | null;

  @Field(() => ResolutionProposal, {
    nullable: true,
    description: "How a person wants to settle it, while a second person has to agree; null when nothing waits.",
  })
  proposal!: ResolutionProposal | null;

  @Field(() => ID, { nullable: true, description: "Who works on it." })
  assigneeId!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Until when it waits; null unless it does." })
  snoozedUntil!: Date | null;

  @Field(() => Int, { description: "Goes up with every decision about it; for `expectedVersion`." })
  version!: number;
}

export type DiscrepancyRow = {
  readonly id: string;
  readonly merchant_id: string;
  readonly type: string;
  readonly state: DiscrepancyState;
  readonly provider: string;
  readonly line_id: string | null;
  readonly transaction_id: string | null;
  readonly candidates: readonly string[];
  readonly currency: string;
  readonly amount_at_risk_minor: bigint;
  readonly explanation: string;
  readonly opened_at: Date;
  readonly seen_at: Date;
  readonly resolved_at: Date | null;
  readonly resolution: string | null;
  readonly resolved_by: string | null;
  readonly resolution_reason: string | null;
  readonly assignee_id: string | null;
  readonly snoozed_until: Date | null;
  readonly version: number;
  readonly severity: number;
  readonly sla_due_at: Date | null;
  readonly age_hours: number;
  readonly runner_up: string | null;
  readonly margin: number | null;
  readonly payout_id: string | null;
  readonly batch_id: string | null;
};

/** What is put aside is open again by itself once its time has come. */
export const DISCREPANCY_STATE = `case when t.state <> 'SNOOZED' or t.snoozed_until > clock_timestamp() then t.state
  when t.assignee_id is null then 'OPEN' else 'ASSIGNED' end`;

export const DISCREPANCY_COLUMNS = `t.id, t.merchant_id, t.type, ${DISCREPANCY_STATE} as state, t.provider, t.line_id, t.transaction_id, t.candidates,
  t.currency, t.amount_at_risk_minor, t.explanation, t.opened_at, t.seen_at, t.resolved_at, t.resolution,
  t.resolved_by, t.resolution_reason, t.assignee_id, t.snoozed_until, t.version, t.severity, t.sla_due_at,
  greatest(floor(extract(epoch from coalesce(t.resolved_at, clock_timestamp()) - t.opened_at) / 3600), 0)::int as age_hours,
  t.runner_up, t.margin, t.payout_id, t.batch_id`;

/** What a person said of one that is not resolved waits for a second person. */
export const IS_PROPOSED = "t.state <> 'RESOLVED' and t.resolved_by is not null";

export function discrepancyOf(row: DiscrepancyRow): Discrepancy {
  return {
    __typename: "Discrepancy",
    id: row.id,
    merchantId: row.merchant_id,
    type: row.type,
    state: row.state,
    provider: row.provider,
    lineId: row.line_id,
    transactionId: row.transaction_id,
    candidates: row.candidates,
    amountAtRisk: { amountMinor: row.amount_at_risk_minor, currency: row.currency },
    explanation: row.explanation,
    openedAt: row.opened_at,
    seenAt: row.seen_at,
    resolvedAt: row.resolved_at,
    ...settledOf(row),
    assigneeId: row.assignee_id,
    snoozedUntil: row.state === "SNOOZED" ? row.snoozed_until : null,
    version: row.version,
    severity: SEVERITIES[row.severity - 1] ?? "LOW",
    slaDueAt: row.sla_due_at,
    ageHours: row.age_hours,
    runnerUp: row.runner_up,
    margin: row.margin,
    payoutId: row.payout_id,
    batchId: row.batch_id,
  };
}

function settledOf(row: DiscrepancyRow) {
  const { state, resolution, resolved_by: resolvedBy, resolution_reason: resolutionReason } = row;
  if (state === "RESOLVED") return { resolution, resolvedBy, resolutionReason, proposal: null };
  const proposal =
    resolvedBy === null
      ? null
      : { resolution: resolution as Resolution, proposedBy: resolvedBy, reason: resolutionReason ?? "" };
  return { resolution: null, resolvedBy: null, resolutionReason: null, proposal };
}

export const discrepanciesOfTransaction = batched<readonly Discrepancy[]>(async (context, ids) => {
  const text = `select ${DISCREPANCY_COLUMNS} from reconciliation.discrepancy t
    where t.merchant_id = any($1::text[]) and t.transaction_id = any($2::text[]) order by t.opened_at desc, t.id`;
  const parameters = [context.requireReach("reconciliation:view").merchants, ids];
  const rows = await context.query<DiscrepancyRow>(text, parameters, "discrepancies-of-transactions");
  return groupedByKey(rows, (row) => row.transaction_id ?? "", discrepancyOf);
});
