import { buildSubgraphSchema } from "@apollo/subgraph";
import type { GraphQLSchema } from "graphql";
import { parse } from "graphql";
import { composeSupergraph } from "../../gateway/composition/compose.ts";
import { type Family, indexOf, rowOf } from "./rows.ts";

/** The graph that every gateway serves: an entity interface, and three subgraphs that each know one of its types. */
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])`;
const MONEY = "type Money @shareable { amountMinor: String! currency: String! }";
const OWN_FIELDS = `
  id: ID!
  provider: String!
  status: TransactionStatus!
  type: String!
  occurredAt: String!
  reference: String
  amount: Money!`;

const TRANSACTIONS = `${LINK}
  ${MONEY}
  enum TransactionStatus { PROCESSING SUCCESS FAILED REFUNDED }
  type Query {
    transactions(first: Int!, after: Int!): [Transaction!]!
    transaction(id: ID!): Transaction
  }
  interface Transaction @key(fields: "id") { ${OWN_FIELDS} }
  type CcvPayTransaction implements Transaction @key(fields: "id") { ${OWN_FIELDS} }
  type VoucherTransaction implements Transaction @key(fields: "id") { ${OWN_FIELDS} }
  type AcquirerTransaction implements Transaction @key(fields: "id") { ${OWN_FIELDS} }`;

const CCV_PAY = `${LINK}
  type CcvPayTransaction @key(fields: "id") {
    id: ID! maskedPan: String entryMode: String brand: String terminal: String
  }`;

const E_VOUCHERS = `${LINK}
  type VoucherTransaction @key(fields: "id") { id: ID! issuer: String! purse: String vouchers: Int! }`;

const ACQUIRERS = `${LINK}
  ${MONEY}
  type AcquirerTransaction @key(fields: "id") { id: ID! scheme: String acquirerReference: String fee: Money }`;

const byReference = { __resolveReference: ({ id }: { id: string }) => rowOf(indexOf(id)) };

const RESOLVERS = {
  transactions: {
    Query: {
      transactions: (_: unknown, { first, after }: { first: number; after: number }) =>
        Array.from({ length: first }, (_, index) => rowOf(after + index)),
      transaction: (_: unknown, { id }: { id: string }) => rowOf(indexOf(id)),
    },
    Transaction: byReference,
    CcvPayTransaction: byReference,
    VoucherTransaction: byReference,
    AcquirerTransaction: byReference,
  },
  "ccv-pay": { CcvPayTransaction: byReference },
  "e-vouchers": { VoucherTransaction: byReference },
  acquirers: { AcquirerTransaction: byReference },
};

const SDL = { transactions: TRANSACTIONS, "ccv-pay": CCV_PAY, "e-vouchers": E_VOUCHERS, acquirers: ACQUIRERS };

export type SubgraphName = keyof typeof SDL;

export const SUBGRAPHS = Object.keys(SDL) as readonly SubgraphName[];

export const SUBGRAPH_OF: Readonly<Record<Family, SubgraphName>> = {
  CcvPayTransaction: "ccv-pay",
  VoucherTransaction: "e-vouchers",
  AcquirerTransaction: "acquirers",
};

export function sdlOf(name: SubgraphName): string {
  return SDL[name];
}

export function schemaOf(name: SubgraphName): GraphQLSchema {
  return buildSubgraphSchema([{ typeDefs: parse(SDL[name]), resolvers: RESOLVERS[name] }]);
}

export function supergraphOf(urls: Readonly<Record<SubgraphName, string>>): string {
  return composeSupergraph(SUBGRAPHS.map((name) => ({ name, url: urls[name], sdl: SDL[name] }))).supergraphSdl;
}
