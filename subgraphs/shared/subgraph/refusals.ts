import { Directive, Field, Int } from "type-graphql";
import { Output } from "./output.ts";

const SENTENCE = { description: "Why, and what to do, as a sentence in English." };

@Directive("@shareable")
@Output("NotFound", "There is nothing with these ids that you may decide about.")
export class NotFound {
  readonly __typename!: "NotFound";

  @Field(() => String, SENTENCE)
  message!: string;
}

@Directive("@shareable")
@Output("VersionConflict", "Somebody changed it since you read it.")
export class VersionConflict {
  readonly __typename!: "VersionConflict";

  @Field(() => String, SENTENCE)
  message!: string;

  @Field(() => Int, { description: "Its version now." })
  version!: number;
}
