import { createUnionType, Field, ID, InputType, Int } from "type-graphql";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { AccountRefusal } from "../change-account.ts";

@Output("TerminalChange", "What was done about a terminal.")
export class TerminalChange {
  readonly __typename!: "TerminalChange";

  @Field(() => ID, { description: "The terminal at the place where it is from then on, or was until then." })
  terminalId!: string;

  @Field(() => Int, { description: "How many transactions that were there already have their place anew." })
  transactions!: number;
}

@InputType("LinkTerminalInput", { description: "Where a terminal is, from when on." })
export class LinkTerminalInput {
  @Field(() => ID, { description: "Whose location it is." })
  merchantId!: string;

  @Field(() => String, { description: "Terminal id as providers write it, 1 to 40 characters." })
  tid!: string;

  @Field(() => ID, { description: "Where it is." })
  locationId!: string;

  @Field(() => String, { nullable: true, description: "The application that takes the payments." })
  application?: string | null;

  @Field(() => DateTimeScalar, { description: "From when on; may be past." })
  from!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: "Until when; for the time being without it." })
  until?: Date | null;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

@InputType("MoveTerminalInput", { description: "Where a terminal goes, and when." })
export class MoveTerminalInput {
  @Field(() => ID, { description: "Whose terminal it is." })
  merchantId!: string;

  @Field(() => ID, { description: "The terminal where it is now." })
  terminalId!: string;

  @Field(() => ID, {
    nullable: true,
    description: "The merchant's location that it goes to; it goes out of use without it.",
  })
  locationId?: string | null;

  @Field(() => DateTimeScalar, {
    description: "When; may be past, and what was taken there since then is then of the new place.",
  })
  at!: Date;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

export const TerminalResult = createUnionType({
  name: "TerminalResult",
  description: "What was done; or why nothing was.",
  types: () => [TerminalChange, AccountRefusal] as const,
  resolveType: ({ __typename }) => __typename,
});
