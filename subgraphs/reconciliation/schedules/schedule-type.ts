import { Field, ID, Int } from "type-graphql";
import { DateTimeScalar, TimeZoneScalar } from "../../shared/scalars.ts";
import { Output } from "../../shared/subgraph/output.ts";

@Output("ReconciliationSchedule", "When runs start by themselves, for a merchant's providers or one of them.")
export class ReconciliationSchedule {
  readonly __typename!: "ReconciliationSchedule";

  @Field(() => ID, { description: "Stable id, `sch_…`, made from the merchant and the provider." })
  id!: string;

  @Field(() => ID, { description: "The merchant it is for." })
  merchantId!: string;

  @Field(() => String, { nullable: true, description: "The one provider that its runs are limited to; null for all." })
  provider!: string | null;

  @Field(() => String, { description: "Minute, hour, day of the month, month and day of the week: `30 6 * * 1-5`." })
  cron!: string;

  @Field(() => TimeZoneScalar, { description: "The zone whose clock is meant." })
  zone!: string;

  @Field(() => Int, { nullable: true, description: "Its runs look back so many days; null for no limit." })
  days!: number | null;

  @Field(() => Boolean, { description: "Whether it starts runs." })
  enabled!: boolean;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the next run is due; null while it is off." })
  nextDue!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When its last run was due, which may have been earlier than it started; null before the first.",
  })
  lastDue!: Date | null;

  @Field(() => ID, { nullable: true, description: "That run; null before the first." })
  lastRunId!: string | null;
}

export type ScheduleRow = {
  readonly id: string;
  readonly merchant_id: string;
  readonly provider: string | null;
  readonly cron: string;
  readonly zone: string;
  readonly days: number | null;
  readonly enabled: boolean;
  readonly next_due: Date | null;
  readonly last_due: Date | null;
  readonly last_run_id: string | null;
};

export const SCHEDULE_COLUMNS =
  "t.id, t.merchant_id, t.provider, t.cron, t.zone, t.days, t.enabled, t.next_due, t.last_due, t.last_run_id";

export function scheduleOf(row: ScheduleRow): ReconciliationSchedule {
  return {
    __typename: "ReconciliationSchedule",
    id: row.id,
    merchantId: row.merchant_id,
    provider: row.provider,
    cron: row.cron,
    zone: row.zone,
    days: row.days,
    enabled: row.enabled,
    nextDue: row.next_due,
    lastDue: row.last_due,
    lastRunId: row.last_run_id,
  };
}
