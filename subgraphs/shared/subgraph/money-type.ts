import { Directive, Field } from "type-graphql";
import type { Money } from "../money.ts";
import { BigIntScalar, CurrencyScalar } from "../scalars.ts";
import { Output } from "./output.ts";

@Directive("@shareable")
@Output("Money", "An exact amount. Never a float: divide by the currency's decimals only to show it.")
export class MoneyType implements Money {
  @Field(() => BigIntScalar, {
    description: "Minor units (cents, yen, fils) as a string of digits, possibly negative.",
  })
  amountMinor!: bigint;

  @Field(() => CurrencyScalar, { description: "ISO 4217 code; it says how many decimals the minor unit has." })
  currency!: string;
}

/** Null when the amount is not known: null is not zero. */
export function moneyOrNull(amountMinor: bigint | null, currency: string | null): Money | null {
  return amountMinor === null || currency === null ? null : { amountMinor, currency };
}
