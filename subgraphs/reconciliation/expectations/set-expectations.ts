import { Arg, Ctx, createUnionType, Field, ID, InputType, Int, Mutation, Resolver } from "type-graphql";
import { type AuditEntry, appendAudit } from "../../shared/audit.ts";
import { BigIntScalar, CurrencyScalar } from "../../shared/scalars.ts";
import { Output } from "../../shared/subgraph/output.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { chooseMerchant, MerchantRequired } from "../runs/merchant-choice.ts";
import { DelayStepEnum } from "./delay-words.ts";
import type { DelayStep } from "./delays.ts";

@InputType("SetUsualDelayInput", {
  description: "How long a provider takes, where a person knows better than was learnt.",
})
class SetUsualDelayInput {
  @Field(() => ID, { nullable: true, description: "The merchant; may be left out by who manages one only." })
  merchantId?: string | null;

  @Field(() => String, { description: "The provider, by name." })
  provider!: string;

  @Field(() => String, { nullable: true, description: "One account at it; all of them when not given." })
  account?: string | null;

  @Field(() => DelayStepEnum, { description: "Which part of the way." })
  step!: DelayStep;

  @Field(() => Int, { description: "Bank days, 0 to 366." })
  businessDays!: number;
}

@InputType("SetSeverityThresholdsInput", { description: "From how much money at risk on a discrepancy is how severe." })
class SetSeverityThresholdsInput {
  @Field(() => ID, { nullable: true, description: "The merchant; may be left out by who manages one only." })
  merchantId?: string | null;

  @Field(() => CurrencyScalar, { description: "The currency that they are for." })
  currency!: string;

  @Field(() => BigIntScalar, { description: "Minor units from which on it is MEDIUM; above zero." })
  mediumMinor!: bigint;

  @Field(() => BigIntScalar, { description: "Minor units from which on it is HIGH; no less than MEDIUM." })
  highMinor!: bigint;

  @Field(() => BigIntScalar, { description: "Minor units from which on it is CRITICAL; no less than HIGH." })
  criticalMinor!: bigint;
}

@Output("ExpectationSet", "It was set; the next run judges by it.")
class ExpectationSet {
  readonly __typename!: "ExpectationSet";

  @Field(() => ID, { description: "The merchant that it holds for." })
  merchantId!: string;
}

@Output("ExpectationRefused", "Nothing was set.")
class ExpectationRefused {
  readonly __typename!: "ExpectationRefused";

  @Field(() => String, { description: "Why, and what to give instead, in English." })
  message!: string;
}

const ExpectationResult = createUnionType({
  name: "ExpectationResult",
  description: "That it was set; or why not.",
  types: () => [ExpectationSet, ExpectationRefused, MerchantRequired] as const,
  resolveType: ({ __typename }) => __typename,
});
type Outcome = ExpectationSet | ExpectationRefused | MerchantRequired;

@Resolver()
export class ExpectationResolver {
  @Mutation(() => ExpectationResult, {
    nullable: true,
    description: "Sets a provider's usual delay, which then counts before the learnt one. Needs `rules:manage`.",
  })
  setUsualDelay(
    @Ctx() context: RequestContext,
    @Arg("input", () => SetUsualDelayInput, { description: "The delay." }) input: SetUsualDelayInput,
  ): Promise<Outcome> {
    const { merchantId, provider, step, businessDays } = input;
    const account = input.account ?? "";
    const problem =
      businessDays < 0 || businessDays > 366 ? "`businessDays` must be from 0 to 366." : unnamed(provider, account);
    const detail = { provider, account, step, businessDays };
    const values = [provider, account, step, businessDays];
    const setting = { merchantId, problem, action: "delay.set", objectId: provider, detail };
    return keep(context, setting, { before: [DELAY, values.slice(0, 3)], set: [SET_DELAY, values] });
  }

  @Mutation(() => ExpectationResult, {
    nullable: true,
    description: "Sets what makes a discrepancy severe in a currency. Needs `rules:manage`.",
  })
  setSeverityThresholds(
    @Ctx() context: RequestContext,
    @Arg("input", () => SetSeverityThresholdsInput, { description: "The thresholds." })
    { merchantId, currency, mediumMinor, highMinor, criticalMinor }: SetSeverityThresholdsInput,
  ): Promise<Outcome> {
    const rises = 0n < mediumMinor && mediumMinor <= highMinor && highMinor <= criticalMinor;
    const problem = rises ? undefined : "The thresholds must be above zero and rise: medium, high, critical.";
    const detail = Object.fromEntries(
      Object.entries({ mediumMinor, highMinor, criticalMinor }).map(([name, minor]) => [name, minor.toString()]),
    );
    const values = [currency, mediumMinor, highMinor, criticalMinor];
    const setting = { merchantId, problem, action: "severity.set", objectId: currency, detail };
    return keep(context, setting, { before: [THRESHOLDS, [currency]], set: [SET_THRESHOLDS, values] });
  }
}

function unnamed(provider: string, account: string): string | undefined {
  const isName = /^[a-z0-9-]{1,64}$/.test(provider) && account.length <= 200;
  return isName ? undefined : "`provider` must be a name such as `adyen`, and `account` at most 200 characters.";
}

type Setting = Pick<AuditEntry, "action" | "objectId" | "detail"> & {
  readonly merchantId: string | null | undefined;
  readonly problem: string | undefined;
};

/** With what comes after the merchant, and where something is set after who sets it. */
type Statement = readonly [text: string, values: readonly unknown[]];

async function keep(
  context: RequestContext,
  { merchantId: given, problem, ...act }: Setting,
  { before, set }: Readonly<Record<"before" | "set", Statement>>,
): Promise<Outcome> {
  const merchantId = chooseMerchant(context, "rules:manage", given);
  if (typeof merchantId !== "string") return merchantId;
  if (problem !== undefined) return { __typename: "ExpectationRefused", message: problem };
  const actorId = context.identity.userId;
  await context.run(async (transaction) => {
    const [found = null] = await transaction.query(before[0], [merchantId, ...before[1]]);
    await transaction.query(set[0], [merchantId, actorId, ...set[1]]);
    const detail = { ...act.detail, before: found };
    await appendAudit(transaction, { ...act, detail, merchantId, actorId, outcome: "DONE" });
  });
  return { __typename: "ExpectationSet", merchantId };
}

const DELAY = `
  select business_days as "businessDays" from reconciliation.usual_delay
  where merchant_id = $1 and provider = $2 and account = $3 and step = $4 and source = 'CONFIGURED' for update`;

const SET_DELAY = `
  insert into reconciliation.usual_delay (merchant_id, set_by, provider, account, step, source, business_days)
  values ($1, $2, $3, $4, $5, 'CONFIGURED', $6)
  on conflict (merchant_id, provider, account, step, source) do update
  set business_days = excluded.business_days, set_by = excluded.set_by, set_at = clock_timestamp()`;

const THRESHOLDS = `
  select medium_minor::text as "mediumMinor", high_minor::text as "highMinor", critical_minor::text as "criticalMinor"
  from reconciliation.severity_threshold where merchant_id = $1 and currency = $2 for update`;

const SET_THRESHOLDS = `
  insert into reconciliation.severity_threshold (merchant_id, set_by, currency, medium_minor, high_minor, critical_minor)
  values ($1, $2, $3, $4, $5, $6)
  on conflict (merchant_id, currency) do update
  set medium_minor = excluded.medium_minor, high_minor = excluded.high_minor, critical_minor = excluded.critical_minor,
    set_by = excluded.set_by, set_at = clock_timestamp()`;
