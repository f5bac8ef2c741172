import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { AppError } from "../../shared/errors.ts";
import type { Reach } from "../../shared/identity/grants.ts";
import { DateTimeScalar, TimeZoneScalar } from "../../shared/scalars.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { AS_OF, heldAsOf } from "../../shared/subgraph/transactions-as-of.ts";
import { coverageOf } from "../coverage/coverage-of.ts";
import { Coverage } from "../coverage/coverage-type.ts";
import { type Span, spanOf } from "../filter-span.ts";
import { TransactionFilter } from "../transaction-filter.ts";
import { analyse, refusalsOf } from "./analyse.ts";
import { Analysis, AnalysisPeriod, AnalysisRefusals } from "./analysis-type.ts";
import { type Granularity, GranularityEnum, type Period, previousOf } from "./buckets.ts";
import { type AnalysisDimension, AnalysisDimensionEnum } from "./dimensions.ts";

@Resolver(() => Analysis)
export class AnalysisResolver {
  @Query(() => Analysis, {
    nullable: true,
    description:
      "Turnover, refunds, refusals and fees over time, by what you group by: the same rows and the same sums as `transactions` and its totals. INVALID_INPUT for more than ten thousand figures.",
  })
  async analysis(
    @Ctx() context: RequestContext,
    @Arg("granularity", () => GranularityEnum, { description: "How long the periods are." }) granularity: Granularity,
    @Arg("filter", () => TransactionFilter, {
      nullable: true,
      description: "Which; `period` or `occurredAt` must say from when. Without an end, up to now.",
    })
    filter?: TransactionFilter | null,
    @Arg("groupBy", () => [AnalysisDimensionEnum], {
      nullable: true,
      description: "Up to three; all in one series per currency when not given.",
    })
    groupBy?: AnalysisDimension[] | null,
    @Arg("compareWithPrevious", () => Boolean, { nullable: true, description: "Whether `previous` is told as well." })
    compareWithPrevious?: boolean | null,
    @Arg("zone", () => TimeZoneScalar, {
      nullable: true,
      description:
        "Whose calendar and clock; that of `filter`, else the merchant's, when not given. Needed where merchants are in several.",
    })
    zone?: string | null,
    @Arg("asOf", () => DateTimeScalar, {
      nullable: true,
      description: `${AS_OF} Read from the transactions and not from sums, so slower.`,
    })
    given?: Date | null,
  ): Promise<Analysis> {
    const reach = context.requireReach("analysis:view");
    const asOf = await heldAsOf(context, given);
    const { period: _period, zone: ofPeriod, occurredAt: _instants, ...others } = filter ?? {};
    const of = zone ?? ofPeriod ?? (await zoneOf(context, reach, others));
    const now = asOf ?? new Date();
    const period = periodOf(await spanOf(context, reach, { ...filter, zone: of }, now), now);
    const asked = { reach, filter: others, granularity, groupBy: groupBy ?? [], zone: of, asOf };
    return {
      zone: asked.zone,
      granularity,
      period: await analyse(context, asked, period),
      previous: compareWithPrevious ? await analyse(context, asked, previousOf(period, asked.zone)) : null,
    };
  }

  @FieldResolver(() => [Coverage], {
    description: "Which providers the figures of `period` cover, by name, and how far each can be trusted.",
  })
  coverage(@Ctx() context: RequestContext, @Root() { period }: Analysis) {
    const { reach, filter, from, to, asOf } = period;
    return coverageOf(context, reach, filter, { from, to }, asOf);
  }
}

@Resolver(() => AnalysisPeriod)
export class AnalysisPeriodResolver {
  @FieldResolver(() => [AnalysisRefusals], {
    description: "Why sales were refused or failed, the most frequent reason first; at most a hundred.",
  })
  refusals(@Ctx() context: RequestContext, @Root() period: AnalysisPeriod) {
    return refusalsOf(context, period);
  }
}

function periodOf({ from, to: end }: Span, now: Date): Period {
  const to = end ?? now;
  if (!from) throw new AppError("INVALID_INPUT", "Say from when: `filter: { period }`, or `occurredAt: { from }`.");
  if (from >= to) throw new AppError("INVALID_INPUT", "The period ends before it begins: give a later `to`.");
  return { from, to };
}

async function zoneOf(context: RequestContext, { merchants }: Reach, filter: TransactionFilter): Promise<string> {
  const seen = merchants.filter((merchant) => filter.merchants?.includes(merchant) ?? true);
  const rows = await context.query<{ zone: string }>(ZONES, [seen]);
  const [only, other] = rows;
  if (other) {
    const zones = rows.map(({ zone }) => zone).join(", ");
    throw new AppError("INVALID_INPUT", `These merchants are in several time zones (${zones}): say \`zone\`.`);
  }
  return only?.zone ?? "UTC";
}

const ZONES = "select distinct zone from accounts.merchant where merchant_id = any($1::text[]) order by 1";
