import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { TransactionConnection } from "../transaction-list.ts";
import { coverageOf } from "./coverage-of.ts";
import { Coverage } from "./coverage-type.ts";

@Resolver(() => TransactionConnection)
export class ListCoverageResolver {
  @FieldResolver(() => [Coverage], {
    description: "Which providers the list and its figures cover, by name, and how far each can be trusted.",
  })
  coverage(@Ctx() context: RequestContext, @Root() { filter, rows: { asOf } }: TransactionConnection) {
    const reach = context.requireReach("transactions:view");
    return coverageOf(context, reach, filter, undefined, asOf);
  }
}
