import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import {
  ScheduleReconciliationInput,
  ScheduleReconciliationResult,
  scheduleReconciliation,
  schedules,
} from "./schedule-reconciliation.ts";
import { ReconciliationSchedule } from "./schedule-type.ts";

@Resolver()
export class ScheduleResolver {
  @Query(() => [ReconciliationSchedule], {
    nullable: true,
    description: "When runs start by themselves, at most one schedule for each merchant and provider.",
  })
  reconciliationSchedules(@Ctx() context: RequestContext) {
    return schedules(context);
  }

  @Mutation(() => ScheduleReconciliationResult, {
    nullable: true,
    description:
      "Sets when runs start by themselves. Times that were missed are caught up by one run. Needs `reconciliation:run`.",
  })
  scheduleReconciliation(
    @Ctx() context: RequestContext,
    @Arg("input", () => ScheduleReconciliationInput, { description: "When, and for what." })
    input: ScheduleReconciliationInput,
  ) {
    return scheduleReconciliation(context, input);
  }
}
