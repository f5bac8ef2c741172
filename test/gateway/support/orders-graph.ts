import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type GraphQLSchema, graphql, parse } from "graphql";
import { composeSupergraph } from "../../../gateway/composition/compose.ts";
import type { SubgraphCaller } from "../../../gateway/engine/subgraph.ts";

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])`;

const ORDERS = `${LINK}
  enum Sort { OLDEST NEWEST }
  type Query { orders(sort: Sort): [Order] parent: Parent }
  type Parent { parent: Parent }
  type Mutation { cancel(id: ID!): Boolean }
  type Subscription { orderChanged: Order }
  type Order @key(fields: "id") { id: ID! note: String }
`;

const PRICES = `${LINK}
  type Order @key(fields: "id") { id: ID! cents: Int }
`;

/** The addresses are those of real servers where a test starts them; no test calls the default ones. */
export function ordersSupergraph(urls: { orders?: string; prices?: string } = {}): string {
  const { orders = "http://orders.invalid/", prices = "http://prices.invalid/" } = urls;
  return composeSupergraph([
    { name: "orders", url: orders, sdl: ORDERS },
    { name: "prices", url: prices, sdl: PRICES },
  ]).supergraphSdl;
}

export type OrdersResolvers = {
  /** Replaces the list, for example to fail or to take its time. */
  readonly orders?: () => unknown;
  readonly cents?: (id: string) => unknown;
};

/** Two subgraphs: `orders` lists them, `prices` knows what each costs. */
export function ordersSchemas({ orders, cents }: OrdersResolvers = {}): Record<"orders" | "prices", GraphQLSchema> {
  const list = () => ["1", "2"].map((id) => ({ id, note: `order ${id}` }));
  return {
    orders: buildSubgraphSchema([
      { typeDefs: parse(ORDERS), resolvers: { Query: { orders: orders ?? list, parent: () => ({}) } } },
    ]),
    prices: buildSubgraphSchema([
      {
        typeDefs: parse(PRICES),
        resolvers: { Order: { cents: ({ id }: { id: string }) => (cents ? cents(id) : Number(id) * 100) } },
      },
    ]),
  };
}

/** What a subgraph was sent. */
export type SeenCall = { readonly subgraph: string; readonly headers: Readonly<Record<string, unknown>> };

export function inProcess(
  schemas: Record<string, GraphQLSchema>,
  seen: SeenCall[] = [],
): Record<string, SubgraphCaller> {
  const callers = Object.entries(schemas).map(([subgraph, schema]): [string, SubgraphCaller] => [
    subgraph,
    async ({ query, variables, headers }) => {
      seen.push({ subgraph, headers });
      const { data, errors } = await graphql({ schema, source: query, variableValues: variables });
      return { data, ...(errors && { errors: errors.map((error) => error.toJSON()) }) };
    },
  ]);
  return Object.fromEntries(callers);
}

/** One subgraph behind a real HTTP server. */
export async function overHttp(
  subgraph: string,
  schema: GraphQLSchema,
  { seen = [], port = 0 }: { seen?: SeenCall[]; port?: number } = {},
): Promise<{ url: string; port: number; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    seen.push({ subgraph, headers: request.headers });
    const { query, variables } = JSON.parse(await text(request)) as { query: string; variables?: object };
    const result = await graphql({ schema, source: query, variableValues: { ...variables } });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(result));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${taken}/`,
    port: taken,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
