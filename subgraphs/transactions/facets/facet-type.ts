import { Field } from "type-graphql";
import { BigIntScalar } from "../../shared/scalars.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import { LocationReference, TerminalReference } from "../place-references.ts";
import { FACET_FIELDS, type FacetField } from "./facet-fields.ts";

export const FacetFieldEnum = enumOf("FacetField", "What transactions can be counted by.", FACET_FIELDS, {
  ISSUER: "Of vouchers: who issued them.",
  PURSE: "Of vouchers: which purse of the card paid.",
  APPLICATION: "The application of the terminal.",
});

@Output("FacetValue", "How many transactions have one value.")
export class FacetValue {
  @Field(() => String, { nullable: true, description: "As the filter takes it; null where a transaction has none." })
  value!: string | null;

  @Field(() => BigIntScalar, { description: "How many, were this value alone chosen of its field." })
  count!: bigint;

  @Field(() => LocationReference, { nullable: true, description: "The location itself, of LOCATION." })
  location!: LocationReference | null;

  @Field(() => TerminalReference, { nullable: true, description: "The terminal itself, of TERMINAL." })
  terminal!: TerminalReference | null;
}

@Output("Facet", "The values of one field and how often each is found, the filter on the field itself left aside.")
export class Facet {
  @Field(() => FacetFieldEnum, { description: "The field." })
  field!: FacetField;

  @Field(() => [FacetValue], { description: "The most frequent values, the most frequent first." })
  values!: readonly FacetValue[];

  @Field(() => BigIntScalar, { description: "How many transactions have a value that is not among them." })
  others!: bigint;
}
