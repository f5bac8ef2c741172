import { createUnionType, Field, ID, InputType, Int } from "type-graphql";
import { TimeZoneScalar } from "../../shared/scalars.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { AccountRefusal } from "../change-account.ts";

@Output("LocationChange", "What was done about a location; it is given as it is by now.")
export class LocationChange {
  readonly __typename!: "LocationChange";

  @Field(() => ID, { description: "Which." })
  locationId!: string;

  @Field(() => Int, { description: "How many transactions that were there already have another business date by it." })
  transactions!: number;
}

@InputType("SaveLocationInput", { description: "A location as it shall be." })
export class SaveLocationInput {
  @Field(() => ID, { description: "Whose it is." })
  merchantId!: string;

  @Field(() => ID, { nullable: true, description: "Which one is changed; a new one is made without it." })
  locationId?: string | null;

  @Field(() => Int, { nullable: true, description: "The version you read; needed for a change." })
  expectedVersion?: number | null;

  @Field(() => String, { description: "1 to 100 characters, unlike the name of any other open location." })
  name!: string;

  @Field(() => String, { nullable: true, description: "The town it is in, at most 100 characters." })
  city?: string | null;

  @Field(() => String, { description: "ISO 3166-1 code of two letters." })
  country!: string;

  @Field(() => TimeZoneScalar, {
    description: "Decides the business date of what happens there, and of what happened there already.",
  })
  zone!: string;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

@InputType("CloseLocationInput", { description: "A location where nothing is taken any more." })
export class CloseLocationInput {
  @Field(() => ID, { description: "Whose it is." })
  merchantId!: string;

  @Field(() => ID, { description: "Which one." })
  locationId!: string;

  @Field(() => Int, { description: "The version you read." })
  expectedVersion!: number;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

export const LocationResult = createUnionType({
  name: "LocationResult",
  description: "What was done; or why nothing was.",
  types: () => [LocationChange, AccountRefusal] as const,
  resolveType: ({ __typename }) => __typename,
});
