import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { TransactionConnection } from "../transaction-list.ts";
import type { FacetField } from "./facet-fields.ts";
import { Facet, FacetFieldEnum } from "./facet-type.ts";
import { DEFAULT_VALUES, facetsOf, MOST_VALUES } from "./facets-of.ts";

@Resolver(() => TransactionConnection)
export class FacetResolver {
  @FieldResolver(() => [Facet], {
    description: "How many transactions each value of a field would find, with all else of the filter as it is.",
  })
  facets(
    @Ctx() context: RequestContext,
    @Root() { rows }: TransactionConnection,
    @Arg("fields", () => [FacetFieldEnum], { description: "Which fields; one facet each, in this order." })
    fields: FacetField[],
    @Arg("limit", () => Int, {
      defaultValue: DEFAULT_VALUES,
      description: `How many values of each, 1 to ${MOST_VALUES}.`,
    })
    limit: number,
  ) {
    return facetsOf(context, rows, fields, limit);
  }
}
