import { createUnionType, Field, ID, InputType } from "type-graphql";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import { SAMPLE_STATES, type SampleState } from "../../shared/subgraph/sample-workspace.ts";
import { AccountRefusal } from "../change-account.ts";

const SampleStateEnum = enumOf("SampleDataState", "Whether the sample data is there.", SAMPLE_STATES, {
  ABSENT: "It was never loaded, or was cleared.",
  LOADING: "Its files are being read and matched.",
  LOADED: "It is there, and matched.",
});

@Output("SampleData", "The month of a sample merchant, which a development server has to give.")
export class SampleData {
  readonly __typename!: "SampleData";

  @Field(() => ID, { description: "The sample merchant; all that is of it is sample data." })
  merchantId!: string;

  @Field(() => SampleStateEnum, { description: "Whether it is there." })
  state!: SampleState;
}

@InputType("SampleDataInput", { description: "Who loads or clears the sample data." })
export class SampleDataInput {
  @Field(() => ID, {
    description: "Where you administrate, or `platform`; to clear it the sample merchant itself.",
  })
  merchantId!: string;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

export const SampleDataResult = createUnionType({
  name: "SampleDataResult",
  description: "The sample data as it is now; or why nothing was changed.",
  types: () => [SampleData, AccountRefusal] as const,
  resolveType: ({ __typename }) => __typename,
});
