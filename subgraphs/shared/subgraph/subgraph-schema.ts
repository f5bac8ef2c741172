import { buildSubgraphSchema } from "@apollo/subgraph";
import { getDocumentNodeFromSchema } from "@graphql-tools/utils";
import { type DocumentNode, type GraphQLFieldResolver, type GraphQLSchema, Kind, parse, print } from "graphql";
import { buildSchemaSync, createResolversMap, type PubSub } from "type-graphql";
import { auditDenials } from "./audit-denials.ts";
import type { RequestContext } from "./request-context.ts";

/** A class with type-graphql's decorators. */
export type GraphClass = new (...args: never[]) => object;

/** `reference` is what another part of the graph sent: check what you read of it. */
export type ReferenceResolver = (
  reference: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => Promise<object | null> | object | null;

/** What a schema takes of the federation specification, and what stands beside its types. */
export type Federation = {
  /** Version of the specification, as in its URL. */
  readonly version: `2.${number}`;
  /** Directives of it that the types use. */
  readonly directives: readonly `@${string}`[];
  /** SDL of the subgraph's own: further links, definitions of its directives, types that classes cannot say. */
  readonly beside?: string;
};

type Sources = {
  readonly resolvers: readonly [GraphClass, ...GraphClass[]];
  readonly orphanedTypes?: readonly GraphClass[];
  readonly references?: Readonly<Record<string, ReferenceResolver>>;
  readonly federation?: Federation;
};

/**
 * type-graphql keeps the metadata of all subgraphs in one global store, so each build names its own classes. It knows
 * nothing of federation: the schema is printed with its directives and built anew by @apollo/subgraph.
 */
export function subgraphSchema(sources: Sources): { readonly sdl: string; readonly schema: GraphQLSchema } {
  const { resolvers, orphanedTypes = [], references = {}, federation = USUAL } = sources;
  const plain = buildSchemaSync({
    resolvers: [...resolvers] as [GraphClass, ...GraphClass[]],
    orphanedTypes: [...orphanedTypes],
    validate: false,
    pubSub: NO_TOPICS,
    // Its check would refuse federation's directives.
    skipCheck: true,
  });
  const sdl = `${headOf(federation)}\n\n${print(withoutEmptyRoots(getDocumentNodeFromSchema(plain)))}\n`;
  const resolverMap = createResolversMap(plain) as ResolverMap;
  for (const [type, fields] of Object.entries(resolverMap)) {
    if (Object.keys(fields).length === 0) delete resolverMap[type];
  }
  for (const fields of Object.values(resolverMap)) {
    const nameLater = fields["__resolveType"];
    if (nameLater) fields["__resolveType"] = namedAtOnce(nameLater);
  }
  for (const [type, resolve] of Object.entries(references)) {
    resolverMap[type] = { ...resolverMap[type], __resolveReference: resolve as unknown as Resolver };
  }
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolverMap }]);
  auditDenials(schema);
  return { sdl, schema };
}

/** type-graphql names the type of a value a promise later, and all of its fields with it: of a row of a list, for each row. */
function namedAtOnce(nameLater: Resolver): Resolver {
  return (value, ...rest) => {
    const name = (value as { readonly __typename?: unknown } | null)?.__typename;
    return typeof name === "string" ? name : nameLater(value, ...rest);
  };
}

/** type-graphql wants one before it builds a subscription; ours bring their own source and never ask it. */
const NO_TOPICS: PubSub = {
  publish: () => {},
  subscribe: (topic) => {
    throw new Error(`a subscription asked for topic ${topic}: give it a source of its own`);
  },
};

type Resolver = GraphQLFieldResolver<unknown, unknown>;
type ResolverMap = Record<string, Record<string, Resolver>>;

const USUAL: Federation = { version: "2.9", directives: ["@key", "@shareable", "@interfaceObject"] };

function headOf({ version, directives, beside }: Federation): string {
  const link = `extend schema
  @link(
    url: "https://specs.apollo.dev/federation/v${version}"
    import: [${directives.map((directive) => `"${directive}"`).join(", ")}]
  )`;
  return beside === undefined ? link : `${link}\n\n${beside.trim()}`;
}

/** A provider subgraph has no root field; `type Query` without fields is no GraphQL, and federation adds its own. */
function withoutEmptyRoots(document: DocumentNode): DocumentNode {
  const definitions = document.definitions.filter(
    (node) =>
      node.kind !== Kind.SCHEMA_DEFINITION &&
      !(node.kind === Kind.OBJECT_TYPE_DEFINITION && (node.fields ?? []).length === 0),
  );
  return { ...document, definitions };
}
