import { Directive, Field, ID } from "type-graphql";
import { Output } from "../shared/subgraph/output.ts";

/** Entities of the accounts subgraph, named here by their key alone. */
@Directive('@key(fields: "id", resolvable: false)')
@Output("Merchant", "A company that takes money.")
export class MerchantReference {
  @Field(() => ID, { description: "Stable id, `mer_…`." })
  id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@Output("Location", "A place where a merchant takes money.")
export class LocationReference {
  @Field(() => ID, { description: "Stable id, `loc_…`." })
  id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@Output("Terminal", "A device, or an application on one, that takes payments.")
export class TerminalReference {
  @Field(() => ID, { description: "Stable id, `ter_…`." })
  id!: string;
}
