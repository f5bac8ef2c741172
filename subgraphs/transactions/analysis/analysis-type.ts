import { Field } from "type-graphql";
import type { Reach } from "../../shared/identity/grants.ts";
import type { Money } from "../../shared/money.ts";
import { BigIntScalar, DateScalar, DateTimeScalar, TimeZoneScalar } from "../../shared/scalars.ts";
import { MoneyType } from "../../shared/subgraph/money-type.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { LocationReference, TerminalReference } from "../place-references.ts";
import type { TransactionFilter } from "../transaction-filter.ts";
import { type Granularity, GranularityEnum, MOST_BUCKETS, type Period } from "./buckets.ts";
import { type AnalysisDimension, AnalysisDimensionEnum } from "./dimensions.ts";
import { AnalysisFigures } from "./figures.ts";

@Output("AnalysisBucket", "A period of the calendar; at the ends, only what is in the filter is counted.")
export class AnalysisBucket {
  @Field(() => DateTimeScalar, { description: "When it begins." })
  from!: Date;

  @Field(() => DateTimeScalar, { description: "When the next begins." })
  to!: Date;

  @Field(() => DateScalar, { description: "The local day on which it begins." })
  day!: string;
}

@Output("AnalysisKey", "What one of the dimensions asked for is in a series.")
export class AnalysisKey {
  @Field(() => AnalysisDimensionEnum, { description: "Which dimension." })
  dimension!: AnalysisDimension;

  @Field(() => String, { nullable: true, description: "Its value; null where the transactions have none." })
  value!: string | null;

  @Field(() => LocationReference, { nullable: true, description: "For LOCATION." })
  location!: LocationReference | null;

  @Field(() => TerminalReference, { nullable: true, description: "For TERMINAL." })
  terminal!: TerminalReference | null;
}

@Output("AnalysisSeries", "The figures of one combination of what was grouped by, in one currency.")
export class AnalysisSeries {
  @Field(() => [AnalysisKey], { description: "As many as dimensions were asked for, in that order." })
  keys!: AnalysisKey[];

  @Field(() => AnalysisFigures, { description: "Over the whole period." })
  total!: AnalysisFigures;

  @Field(() => [AnalysisFigures], {
    description: "One for each of `buckets`, in that order, also where nothing was sold.",
  })
  points!: AnalysisFigures[];
}

@Output("AnalysisPeriod", "Figures of one stretch of time.")
export class AnalysisPeriod implements Period {
  readonly reach!: Reach;
  readonly filter!: TransactionFilter;
  readonly asOf!: Date | null;

  @Field(() => DateTimeScalar, { description: "From this instant." })
  from!: Date;

  @Field(() => DateTimeScalar, { description: "Up to this instant, which is not in it." })
  to!: Date;

  @Field(() => [AnalysisBucket], {
    description: `The periods of the calendar in it, without a hole; at most ${MOST_BUCKETS}.`,
  })
  buckets!: AnalysisBucket[];

  @Field(() => [AnalysisSeries], { description: "The largest turnover first, by currency." })
  series!: AnalysisSeries[];

  @Field(() => [AnalysisFigures], { description: "Over all series: one entry per currency, by its code." })
  totals!: AnalysisFigures[];
}

@Output("AnalysisRefusals", "Sales that failed for the same reason, in one currency.")
export class AnalysisRefusals {
  @Field(() => String, { nullable: true, description: "As the provider says it; null where it says none." })
  reason!: string | null;

  @Field(() => String, { description: "REFUSED by the acquirer or the issuer, or FAILED before that." })
  status!: string;

  @Field(() => BigIntScalar, { description: "How many." })
  count!: bigint;

  @Field(() => MoneyType, { description: "What they would have brought." })
  amount!: Money;
}

@Output("Analysis", "Turnover and what became of it, by periods of the calendar, beside the period before.")
export class Analysis {
  @Field(() => TimeZoneScalar, { description: "Whose calendar and clock the periods are of." })
  zone!: string;

  @Field(() => GranularityEnum, { description: "How long the periods are." })
  granularity!: Granularity;

  @Field(() => AnalysisPeriod, { description: "The period that was asked for." })
  period!: AnalysisPeriod;

  @Field(() => AnalysisPeriod, {
    nullable: true,
    description:
      "The period before, as long: as many whole months, or whole days, or else as much time. Null unless asked for.",
  })
  previous!: AnalysisPeriod | null;
}
