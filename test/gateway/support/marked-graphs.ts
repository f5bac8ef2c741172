import { buildSubgraphSchema } from "@apollo/subgraph";
import type { GraphQLSchema } from "graphql";
import { parse } from "graphql";
import { composeSupergraph } from "../../../gateway/composition/compose.ts";
import { overHttp, type SeenCall } from "./orders-graph.ts";

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])`;

/** A graph of two subgraphs behind HTTP whose every answer, and whose schema, bear its mark. */
export type MarkedGraph = {
  readonly supergraphSdl: string;
  close(): Promise<void>;
};

/**
 * `orders` tells its mark in `note` and `prices` in `price`; the type Order has a field that is named after the mark, so
 * that the schema tells it as well.
 */
export async function startMarkedGraph(mark: string, seen?: SeenCall[]): Promise<MarkedGraph> {
  const orders = `${LINK}
    type Query { orders: [Order] }
    type Order @key(fields: "id") { id: ID! note: String ${mark}: String }`;
  const prices = `${LINK}
    type Order @key(fields: "id") { id: ID! price: String }`;
  const list = () => ["1", "2"].map((id) => ({ id, note: mark, [mark]: mark }));
  const schemas: Record<"orders" | "prices", GraphQLSchema> = {
    orders: buildSubgraphSchema([{ typeDefs: parse(orders), resolvers: { Query: { orders: list } } }]),
    prices: buildSubgraphSchema([{ typeDefs: parse(prices), resolvers: { Order: { price: () => mark } } }]),
  };
  const options = seen ? { seen } : {};
  const servers = {
    orders: await overHttp("orders", schemas.orders, options),
    prices: await overHttp("prices", schemas.prices, options),
  };
  const { supergraphSdl } = composeSupergraph([
    { name: "orders", url: servers.orders.url, sdl: orders },
    { name: "prices", url: servers.prices.url, sdl: prices },
  ]);
  return {
    supergraphSdl,
    close: async () => {
      await Promise.all([servers.orders.close(), servers.prices.close()]);
    },
  };
}

/** Asks for the mark in three ways: of the schema, of the subgraph that lists and of the one that completes. */
export const MARKS_QUERY = `{ __type(name: "Order") { fields { name } } orders { id note price } }`;

/** The one mark of an answer to `MARKS_QUERY`. @throws when it bears two, or is no whole answer */
export function markOf(body: unknown): string {
  const { data, errors } = body as {
    readonly data?: {
      readonly __type: { readonly fields: readonly { readonly name: string }[] };
      readonly orders: readonly { readonly note: string; readonly price: string }[];
    };
    readonly errors?: unknown;
  };
  if (!data || errors) throw new Error(`no whole answer: ${JSON.stringify(body)}`);
  const ofSchema = data.__type.fields.map(({ name }) => name).filter((name) => /^mark/.test(name));
  const marks = new Set([...ofSchema, ...data.orders.flatMap(({ note, price }) => [note, price])]);
  if (marks.size !== 1 || data.orders.length !== 2) throw new Error(`mixed: ${JSON.stringify(body)}`);
  return [...marks][0] ?? "";
}
