import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { clearSampleData, loadSampleData } from "./sample-data.ts";
import { SampleData, SampleDataInput, SampleDataResult } from "./sample-type.ts";

@Resolver(() => SampleData)
export class SampleDataResolver {
  @Query(() => SampleData, {
    nullable: true,
    description: "The sample data; null where the server has none to give, as outside of development.",
  })
  async sampleData(@Ctx() context: RequestContext): Promise<SampleData | null> {
    context.require("accounts:manage");
    const { samples } = context;
    if (!samples) return null;
    return { __typename: "SampleData", merchantId: samples.merchantId, state: await samples.state() };
  }

  @Mutation(() => SampleDataResult, {
    nullable: true,
    description: "Loads the sample merchant with its month; it is matched a little later. In development alone.",
  })
  loadSampleData(
    @Ctx() context: RequestContext,
    @Arg("input", () => SampleDataInput, { description: "Who asks for it." }) input: SampleDataInput,
  ) {
    return loadSampleData(context, input);
  }

  @Mutation(() => SampleDataResult, {
    nullable: true,
    description:
      "Clears the sample data: its merchant is closed to everybody, with all that is of it. Refused while something there is not of the samples.",
  })
  clearSampleData(
    @Ctx() context: RequestContext,
    @Arg("input", () => SampleDataInput, { description: "Of the sample merchant." }) input: SampleDataInput,
  ) {
    return clearSampleData(context, input);
  }
}
