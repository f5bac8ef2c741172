import { Field, InputType } from "type-graphql";
import { DateTimeScalar } from "../scalars.ts";

@InputType("DateTimeRange", { description: "From an instant up to another; either end may be open." })
export class DateTimeRange {
  @Field(() => DateTimeScalar, { nullable: true, description: "At or after this instant." })
  from?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Before this instant." })
  to?: Date | null;
}
