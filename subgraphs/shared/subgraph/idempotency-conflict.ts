import { Directive, Field, ID } from "type-graphql";
import { maskCards } from "../card-detector.ts";
import { AppError } from "../errors.ts";
import { Output } from "./output.ts";

@Directive("@shareable")
@Output("IdempotencyConflict", "The idempotency key was used for another request.")
export class IdempotencyConflict {
  readonly __typename!: "IdempotencyConflict";

  @Field(() => String, { description: "What to do, as a sentence in English." })
  message!: string;

  @Field(() => ID, { nullable: true, description: "The run that the key belongs to; null where it is not a run's." })
  runId!: string | null;
}

export function keyConflict(key: string): IdempotencyConflict {
  return {
    __typename: "IdempotencyConflict",
    message: `The idempotency key "${key}" was used for another request: send a new key.`,
    runId: null,
  };
}

/** @throws AppError INVALID_INPUT for a key with something invisible or a card number in it: a key is kept and compared as it stands */
export function checkedKey(key: string): string {
  if (maskCards(key).found > 0) {
    throw new AppError("INVALID_INPUT", "`idempotencyKey` looks like a card number: use a random UUID.");
  }
  if (/^[\x21-\x7e]{1,100}$/.test(key)) return key;
  throw new AppError("INVALID_INPUT", "`idempotencyKey` must be 1 to 100 visible ASCII characters without spaces.");
}
