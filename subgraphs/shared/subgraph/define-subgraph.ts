import type { DocumentNode, GraphQLSchema } from "graphql";
import type { EntityClass } from "../database/connection.ts";
import { inSpan, markFailed } from "../trace.ts";
import { type Answer, executeOperation, type Operation } from "./execute-operation.ts";
import { executeSubscription } from "./execute-subscription.ts";
import type { Services } from "./request-context.ts";
import { type Federation, type GraphClass, type ReferenceResolver, subgraphSchema } from "./subgraph-schema.ts";

export type SubgraphDefinition = {
  readonly name: string;
  /** Classes with `@Resolver`; at least one. */
  readonly resolvers: readonly [GraphClass, ...GraphClass[]];
  /** Types that no root field reaches: entities that other subgraphs refer to. */
  readonly orphanedTypes?: readonly GraphClass[];
  /** How a reference of another subgraph becomes the entity, by type name; null means that there is none to see. */
  readonly references?: Readonly<Record<string, ReferenceResolver>>;
  /** TypeORM entities that its resolvers read. */
  readonly entities?: readonly EntityClass[];
  /** Only where it needs more of federation than our own subgraphs do. */
  readonly federation?: Federation;
};

export type Subgraph = {
  readonly name: string;
  /** For composition, and to be committed. */
  readonly sdl: string;
  /** With `_entities` and `_service`. */
  readonly schema: GraphQLSchema;
  readonly entities: readonly EntityClass[];
  /** Runs an operation that was validated against `schema`; every way in uses it, so all answer alike. */
  readonly execute: (document: DocumentNode, operation: Operation, services: Services) => Promise<Answer>;
  /** The same for a subscription: an answer for each event. */
  readonly subscribe: (document: DocumentNode, operation: Operation, services: Services) => AsyncGenerator<Answer>;
};

/** Turns decorated classes into a subgraph. */
export function defineSubgraph(definition: SubgraphDefinition): Subgraph {
  const { name, entities = [] } = definition;
  const { sdl, schema } = subgraphSchema(definition);
  return {
    name,
    sdl,
    schema,
    entities,
    execute: (document, operation, services) =>
      inSpan(`subgraph ${name}`, { attributes: { "concord.subgraph": name } }, async (span) => {
        const answer = await executeOperation(schema, document, operation, services);
        const [error] = answer.errors ?? [];
        if (error) markFailed(span, String(error.extensions?.["code"]));
        return answer;
      }),
    subscribe: (document, operation, services) => executeSubscription(schema, document, operation, services),
  };
}
