import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { Report } from "./report-type.ts";
import { reports, SaveReportInput, SaveReportResult, saveReport } from "./save-report.ts";

@Resolver()
export class ReportResolver {
  @Query(() => [Report], {
    nullable: true,
    description: "Your reports, by name; not those that you no longer see all of.",
  })
  reports(@Ctx() context: RequestContext) {
    return reports(context);
  }

  @Mutation(() => SaveReportResult, {
    nullable: true,
    description:
      "Sets an export that is made by itself and delivered. Times that were missed are made up by one. Needs what `createExport` needs.",
  })
  saveReport(
    @Ctx() context: RequestContext,
    @Arg("input", () => SaveReportInput, { description: "Which, when and where to." }) input: SaveReportInput,
  ) {
    return saveReport(context, input);
  }
}
