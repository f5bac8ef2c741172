import { Arg, Ctx, Field, ID, Int, Query, Resolver } from "type-graphql";
import { AppError } from "../../shared/errors.ts";
import type { Money } from "../../shared/money.ts";
import { BigIntScalar, DateScalar, DateTimeScalar } from "../../shared/scalars.ts";
import { MoneyType } from "../../shared/subgraph/money-type.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { chooseMerchant } from "../runs/merchant-choice.ts";
import { DelayStepEnum } from "./delay-words.ts";
import type { DelayStep } from "./delays.ts";
import { PROVIDER_HEALTH, type ProviderHealthRow } from "./provider-health.ts";

const DELAY_SOURCES = ["CONFIGURED", "LEARNT", "DEFAULT"] as const;
export const DelaySourceEnum = enumOf(
  "DelaySource",
  "Where a usual delay is from; the first that there is.",
  DELAY_SOURCES,
  {
    CONFIGURED: "A person set it.",
    LEARNT: "The 95th percentile of what was matched in three months.",
    DEFAULT: "The provider's own terms, until enough was seen.",
  },
);

@Output("UsualDelay", "How long a part of the way takes as a rule.")
class UsualDelay {
  @Field(() => DelayStepEnum, { description: "Which part." })
  step!: DelayStep;

  @Field(() => Int, { description: "Bank days." })
  businessDays!: number;

  @Field(() => DelaySourceEnum, { description: "Where this is from." })
  source!: (typeof DELAY_SOURCES)[number];
}

@Output("OpenDiscrepancies", "Discrepancies of one type and currency that stand.")
class OpenDiscrepancies {
  @Field(() => String, { description: "Their type." })
  type!: string;

  @Field(() => BigIntScalar, { description: "How many." })
  count!: number;

  @Field(() => MoneyType, { description: "The money at risk by them." })
  amountAtRisk!: Money;

  @Field(() => DateTimeScalar, { description: "When the oldest was first found." })
  oldestAt!: Date;
}

@Output("ProviderHealth", "How a provider keeps to what it does as a rule, for one merchant.")
class ProviderHealth {
  @Field(() => String, { description: "The provider, by name." })
  provider!: string;

  @Field(() => [UsualDelay], { description: "What is usual, over all its accounts." })
  usualDelays!: readonly UsualDelay[];

  @Field(() => DateScalar, { nullable: true, description: "The last day that a settlement of it was booked." })
  settledUntil!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the last file about it came; see `fileCoverage`." })
  lastFileAt!: Date | null;

  @Field(() => [OpenDiscrepancies], { description: "What stands, by type and currency." })
  open!: readonly OpenDiscrepancies[];

  @Field(() => BigIntScalar, { description: "How many of them are about what is overdue." })
  overdue!: number;
}

@Resolver(() => ProviderHealth)
export class ProviderHealthResolver {
  @Query(() => [ProviderHealth], {
    nullable: true,
    description: "By provider: how long it takes as a rule, how far its files go, and what stands.",
  })
  async providerHealth(
    @Ctx() context: RequestContext,
    @Arg("merchantId", () => ID, { nullable: true, description: "May be left out by who sees one merchant only." })
    given?: string | null,
  ) {
    const merchantId = chooseMerchant(context, "reconciliation:view", given);
    if (typeof merchantId !== "string") throw new AppError("INVALID_INPUT", merchantId.message);
    const rows = await context.query<ProviderHealthRow>(PROVIDER_HEALTH, [merchantId], "provider-health");
    return rows.map(healthOf);
  }
}

const OVERDUE_TYPES: readonly string[] = [
  "MISSING_SETTLEMENT",
  "STALE_PROCESSING",
  "SPLIT_INCOMPLETE",
  "MISSING_CHARGEBACK_REVERSAL",
  "MISSING_PAYOUT",
];

function healthOf(row: ProviderHealthRow): ProviderHealth {
  return {
    provider: row.provider,
    usualDelays: row.delays.map(({ step, days, source }) => ({ step, businessDays: days, source })),
    settledUntil: row.settled_until,
    lastFileAt: row.last_received_at,
    open: row.open.map(({ type, currency, count, amount_minor, oldest_at }) => {
      const amountAtRisk = { amountMinor: BigInt(amount_minor), currency };
      return { type, count, amountAtRisk, oldestAt: new Date(oldest_at) };
    }),
    overdue: row.open.reduce((sum, { type, count }) => sum + (OVERDUE_TYPES.includes(type) ? count : 0), 0),
  };
}
