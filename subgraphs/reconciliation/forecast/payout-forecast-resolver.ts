import { Arg, Ctx, Field, ID, Int, Query, Resolver } from "type-graphql";
import { AppError } from "../../shared/errors.ts";
import type { Money } from "../../shared/money.ts";
import { DateScalar } from "../../shared/scalars.ts";
import { MoneyType } from "../../shared/subgraph/money-type.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { DelaySourceEnum } from "../expectations/provider-health-resolver.ts";
import { chooseMerchant } from "../runs/merchant-choice.ts";
import { FORECAST_BASES, type ForecastBasis, type ForecastRow, PAYOUT_FORECAST } from "./payout-forecast.ts";

const ForecastBasisEnum = enumOf("ForecastBasis", "What money to come is known by.", FORECAST_BASES, {
  PAYOUT: "A payout that was announced, and that no bank statement has yet.",
  BATCH: "A settlement that is in no payout yet.",
  SALES: "What was taken and is not settled, less what went back and less the share the provider kept of late.",
});

@Output("ForecastPart", "Money of one provider that is to come on one day, for one reason.")
class ForecastPart {
  @Field(() => ForecastBasisEnum, { description: "What it is known by." })
  basis!: ForecastBasis;

  @Field(() => Boolean, { description: "The provider named the amount and the day; otherwise it is reckoned." })
  certain!: boolean;

  @Field(() => Boolean, { description: "It was to come earlier and did not; it is looked for on the next bank day." })
  late!: boolean;

  @Field(() => Int, { description: "How many payouts, settlements, or days of sales." })
  count!: number;

  @Field(() => MoneyType, { description: "How much, signed from the merchant's side." })
  amount!: Money;

  @Field(() => Int, {
    nullable: true,
    description: "Bank days reckoned with, the most of them; null where the day was named.",
  })
  businessDays!: number | null;

  @Field(() => DelaySourceEnum, {
    nullable: true,
    description:
      "Where these days are from, the weakest: LEARNT is here the median of what came in three months. Null where the day was named.",
  })
  source!: "CONFIGURED" | "LEARNT" | "DEFAULT" | null;
}

@Output("PayoutForecast", "What is to arrive of one provider, in one currency, on one day.")
class PayoutForecast {
  @Field(() => DateScalar, { description: "The day, a bank day unless the provider named another." })
  day!: string;

  @Field(() => String, { description: "The provider, by name." })
  provider!: string;

  @Field(() => MoneyType, { description: "What was announced for the day, signed from the merchant's side." })
  certain!: Money;

  @Field(() => MoneyType, { description: "What is reckoned to come beside it, signed from the merchant's side." })
  expected!: Money;

  @Field(() => [ForecastPart], { description: "What the two are made of." })
  parts!: ForecastPart[];
}

const MOST_DAYS = 90;
const USUAL_DAYS = 14;

@Resolver(() => PayoutForecast)
export class PayoutForecastResolver {
  @Query(() => [PayoutForecast], {
    nullable: true,
    description:
      "What will arrive at the bank, and when: by day, provider and currency. Reckoned by how long each provider took of late, else by what a person set or its terms say.",
  })
  async payoutForecast(
    @Ctx() context: RequestContext,
    @Arg("merchantId", () => ID, { nullable: true, description: "May be left out by who sees one merchant only." })
    given?: string | null,
    @Arg("days", () => Int, {
      nullable: true,
      description: `How far ahead, 1 to ${MOST_DAYS}; ${USUAL_DAYS} if not given.`,
    })
    days?: number | null,
    @Arg("asOf", () => DateScalar, { nullable: true, description: "From which day on; today (UTC) if not given." })
    asOf?: string | null,
  ): Promise<PayoutForecast[]> {
    const merchantId = chooseMerchant(context, "settlements:view", given);
    if (typeof merchantId !== "string") throw new AppError("INVALID_INPUT", merchantId.message);
    const ahead = days ?? USUAL_DAYS;
    if (ahead < 1 || ahead > MOST_DAYS) {
      throw new AppError("INVALID_INPUT", `${ahead} days cannot be foreseen: ask for 1 to ${MOST_DAYS}.`);
    }
    const from = asOf ?? new Date().toISOString().slice(0, 10);
    const rows = await context.query<ForecastRow>(PAYOUT_FORECAST, [merchantId, from, ahead], "payout-forecast");
    return forecastOf(rows);
  }
}

function forecastOf(rows: readonly ForecastRow[]): PayoutForecast[] {
  const days = new Map<string, ForecastRow[]>();
  for (const row of rows) {
    const name = [row.day, row.provider, row.currency].join(" ");
    days.set(name, [...(days.get(name) ?? []), row]);
  }
  return [...days.values()].flatMap((parts) => {
    const [first] = parts;
    if (!first) return [];
    const { day, provider, currency } = first;
    const sum = (certain: boolean): Money => ({
      amountMinor: parts.reduce(
        (total, part) => total + (part.certain === certain ? BigInt(part.amount_minor) : 0n),
        0n,
      ),
      currency,
    });
    return [{ day, provider, certain: sum(true), expected: sum(false), parts: parts.map(partOf) }];
  });
}

function partOf({
  basis,
  certain,
  late,
  count,
  amount_minor,
  currency,
  business_days,
  source,
}: ForecastRow): ForecastPart {
  const amount = { amountMinor: BigInt(amount_minor), currency };
  return { basis, certain, late, count, amount, businessDays: business_days, source };
}
