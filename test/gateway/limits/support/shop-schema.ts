import { buildSchema } from "graphql";

/** Paged and unpaged lists, an interface, and fields that lead back. */
export const SHOP = buildSchema(`
  type Query {
    orders(first: Int, after: String, last: Int, filter: Filter): OrderConnection
    tenths(first: Int = 10): [Order]
    search(text: String, texts: [String]): Order
    self: Query
  }
  type Mutation { cancel(id: ID!): Order }
  input Filter { text: String, ids: [ID!], inner: Filter }
  type OrderConnection { edges: [OrderEdge!]! total: Int }
  type OrderEdge { node: Order }
  interface Thing { id: ID parts(first: Int): OrderConnection }
  type Order implements Thing { id: ID tags: [String] parts(first: Int): OrderConnection notes: [Note] parent: Order }
  type Note { text: String order: Order }
`);
