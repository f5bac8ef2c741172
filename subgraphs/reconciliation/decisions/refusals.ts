import { Field, ID } from "type-graphql";
import type { Money } from "../../shared/money.ts";
import { MoneyType } from "../../shared/subgraph/money-type.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { type MatchState, MatchStateEnum } from "./match-words.ts";

const SENTENCE = { description: "Why, and what to do, as a sentence in English." };

@Output("NotMatchable", "These can never be one match, by whatever force.")
export class NotMatchable {
  readonly __typename!: "NotMatchable";

  @Field(() => String, SENTENCE)
  message!: string;
}

@Output("AlreadyMatched", "A line or a transaction is part of another match.")
export class AlreadyMatched {
  readonly __typename!: "AlreadyMatched";

  @Field(() => String, SENTENCE)
  message!: string;

  @Field(() => ID, { description: "The other match." })
  matchId!: string;
}

@Output("AmountsDiffer", "The sums of lines and transactions are not equal.")
export class AmountsDiffer {
  readonly __typename!: "AmountsDiffer";

  @Field(() => String, SENTENCE)
  message!: string;

  @Field(() => MoneyType, { description: "What is open of the lines, as a positive amount." })
  lines!: Money;

  @Field(() => MoneyType, { description: "What is open of the transactions." })
  transactions!: Money;
}

@Output("PairRejected", "A person said before that a line and a transaction do not belong together.")
export class PairRejected {
  readonly __typename!: "PairRejected";

  @Field(() => String, SENTENCE)
  message!: string;

  @Field(() => [ID], { description: "Ids of the rejected pairs, for `liftRejectedPair`." })
  rejectedPairIds!: readonly string[];
}

@Output("ReasonRequired", "What goes against the figures or undoes a decision needs a reason.")
export class ReasonRequired {
  readonly __typename!: "ReasonRequired";

  @Field(() => String, SENTENCE)
  message!: string;
}

@Output("SecondPersonRequired", "Who proposed it cannot be the one who agrees.")
export class SecondPersonRequired {
  readonly __typename!: "SecondPersonRequired";

  @Field(() => String, SENTENCE)
  message!: string;
}

@Output("MatchStateConflict", "The match is not in a state where this can be done.")
export class MatchStateConflict {
  readonly __typename!: "MatchStateConflict";

  @Field(() => String, SENTENCE)
  message!: string;

  @Field(() => MatchStateEnum, { description: "The state it is in." })
  state!: MatchState;
}

@Output("DiscrepancyResolved", "It is resolved already; nothing was changed.")
export class DiscrepancyResolved {
  readonly __typename!: "DiscrepancyResolved";

  @Field(() => String, SENTENCE)
  message!: string;
}

@Output("NothingProposed", "No resolution of the discrepancy waits for a second person.")
export class NothingProposed {
  readonly __typename!: "NothingProposed";

  @Field(() => String, SENTENCE)
  message!: string;
}

@Output("NotAssignable", "This person cannot work on discrepancies of the merchant.")
export class NotAssignable {
  readonly __typename!: "NotAssignable";

  @Field(() => String, SENTENCE)
  message!: string;
}
