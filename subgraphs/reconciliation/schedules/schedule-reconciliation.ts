import { createUnionType, Field, ID, InputType, Int } from "type-graphql";
import { appendAudit } from "../../shared/audit.ts";
import { nextDue } from "../../shared/cron.ts";
import { AppError } from "../../shared/errors.ts";
import { stableId } from "../../shared/ids.ts";
import { TimeZoneScalar } from "../../shared/scalars.ts";
import { Output } from "../../shared/subgraph/output.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { chooseMerchant, MerchantRequired } from "../runs/merchant-choice.ts";
import { ReconciliationSchedule, SCHEDULE_COLUMNS, type ScheduleRow, scheduleOf } from "./schedule-type.ts";

@InputType("ScheduleReconciliationInput", { description: "When runs start by themselves." })
export class ScheduleReconciliationInput {
  @Field(() => ID, { nullable: true, description: "The merchant; may be left out by who may run it for one only." })
  merchantId?: string | null;

  @Field(() => String, { nullable: true, description: "Only this provider, by name; all when not given." })
  provider?: string | null;

  @Field(() => String, { description: "Minute, hour, day of the month, month and day of the week: `30 6 * * 1-5`." })
  cron!: string;

  @Field(() => TimeZoneScalar, { description: "The zone whose clock is meant: `Europe/Brussels`." })
  zone!: string;

  @Field(() => Int, { nullable: true, description: "Runs look back so many days, 1 to 3650; all when not given." })
  days?: number | null;

  @Field(() => Boolean, { nullable: true, description: "False keeps it and starts no run; true when not given." })
  enabled?: boolean | null;
}

@Output("ScheduleRefused", "Nothing was set: the schedule is none.")
class ScheduleRefused {
  readonly __typename!: "ScheduleRefused";

  @Field(() => String, { description: "Why, as a sentence in English." })
  message!: string;
}

export const ScheduleReconciliationResult = createUnionType({
  name: "ScheduleReconciliationResult",
  description: "The schedule as it is now; or why it was not set.",
  types: () => [ReconciliationSchedule, ScheduleRefused, MerchantRequired] as const,
  resolveType: ({ __typename }) => __typename,
});

/** Sets the merchant's schedule, of which there is one for all providers and one for each. */
export async function scheduleReconciliation(
  context: RequestContext,
  input: ScheduleReconciliationInput,
): Promise<ReconciliationSchedule | ScheduleRefused | MerchantRequired> {
  const merchantId = chooseMerchant(context, "reconciliation:run", input.merchantId);
  if (typeof merchantId !== "string") return merchantId;
  const { cron, zone, provider = null, days = null } = input;
  const enabled = input.enabled ?? true;
  const [clock] = await context.query<{ now: Date }>("select clock_timestamp() as now");
  let due: Date;
  try {
    due = nextDue(cron, zone, clock?.now ?? new Date());
    if (days !== null && (days < 1 || days > MOST_DAYS))
      throw new AppError("INVALID_INPUT", `\`days\` must be 1 to ${MOST_DAYS}, and ${days} is not.`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { __typename: "ScheduleRefused", message: error.message };
  }
  const id = stableId("sch", merchantId, provider ?? "");
  const actorId = context.identity.userId;
  return context.run(async (transaction) => {
    const values = [merchantId, id, provider, cron.trim(), zone, days, enabled, enabled ? due : null, actorId];
    const [before = null] = await transaction.query(BEFORE, [merchantId, id]);
    const [row] = await transaction.query<ScheduleRow>(SET, values);
    const detail = { provider, cron, zone, days, enabled, before };
    const audited = { merchantId, actorId, action: "reconciliation.schedule", objectId: id, outcome: "DONE" } as const;
    await appendAudit(transaction, { ...audited, detail });
    return scheduleOf(row!);
  });
}

export async function schedules(context: RequestContext): Promise<readonly ReconciliationSchedule[]> {
  const rows = await context.query<ScheduleRow>(LIST, [context.require("reconciliation:view")]);
  return rows.map(scheduleOf);
}

const MOST_DAYS = 3_650;

const BEFORE = `
  select cron, zone, days, enabled from reconciliation.schedule where merchant_id = $1 and id = $2 for update`;

const SET = `
  insert into reconciliation.schedule as t (merchant_id, id, provider, cron, zone, days, enabled, next_due, set_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  on conflict (merchant_id, id) do update set cron = excluded.cron, zone = excluded.zone, days = excluded.days,
    enabled = excluded.enabled, next_due = excluded.next_due, set_by = excluded.set_by, set_at = clock_timestamp()
  returning ${SCHEDULE_COLUMNS}`;

/** At most one a provider and merchant, so that there is no need of pages. */
const LIST = `
  select ${SCHEDULE_COLUMNS} from reconciliation.schedule t
  where t.merchant_id = any($1::text[]) order by t.merchant_id, t.provider nulls first limit 1000`;
