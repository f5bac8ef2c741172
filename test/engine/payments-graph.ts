import type { SubgraphSource } from "./test-graph.ts";

type Row = { readonly id: string; readonly __typename: string; readonly cents: number | null; readonly payer: string };

/** Rows 1 and 3 are paid by the same person; only the card rows are known to the `cards` subgraph. */
const ROWS: readonly Row[] = [
  { id: "c1", __typename: "CardPayment", cents: 100, payer: "ann" },
  { id: "v1", __typename: "VoucherPayment", cents: 200, payer: "bob" },
  { id: "c2", __typename: "CardPayment", cents: 300, payer: "ann" },
];

/** An entity interface with two types, one subgraph per type's own fields, and one that adds to all of them. */
export const PAYMENTS_GRAPH = {
  payments: {
    sdl: `
      type Query { payments: [Payment!]! payment(id: ID!): Payment firstCard: CardPayment strict: CardPayment! }
      type Mutation { open(name: String!): Step! close(name: String!): Step! }
      type Step { name: String! }
      interface Payment @key(fields: "id") { id: ID! cents: Int payer: Person! }
      type CardPayment implements Payment @key(fields: "id") { id: ID! cents: Int payer: Person! }
      type VoucherPayment implements Payment @key(fields: "id") { id: ID! cents: Int payer: Person! }
      type Person @key(fields: "name") { name: ID! }
    `,
    resolvers: {
      Query: {
        payments: () => ROWS,
        payment: (_: unknown, { id }: { id: string }) => ROWS.find((row) => row.id === id),
        firstCard: () => ROWS[0],
        strict: () => ROWS[0],
      },
      Mutation: {
        open: (_: unknown, { name }: { name: string }) => ({ name }),
        close: (_: unknown, { name }: { name: string }) => ({ name }),
      },
      Payment: { __resolveReference: ({ id }: { id: string }) => ROWS.find((row) => row.id === id) },
      CardPayment: { __resolveReference: ({ id }: { id: string }) => ROWS.find((row) => row.id === id), payer },
      VoucherPayment: { __resolveReference: ({ id }: { id: string }) => ROWS.find((row) => row.id === id), payer },
      Person: { __resolveReference: (reference: object) => reference },
    },
  },
  cards: {
    sdl: `
      type Mutation { charge(name: String!): Charge! }
      type Charge { name: String! }
      type CardPayment @key(fields: "id") { id: ID! maskedPan: String brand: Brand! }
      type Brand { label: String! }
    `,
    resolvers: {
      Mutation: { charge: (_: unknown, { name }: { name: string }) => ({ name }) },
      CardPayment: {
        __resolveReference: (reference: object) => reference,
        maskedPan: ({ id }: { id: string }) => `****${id}`,
        brand: () => ({ label: "Maestro" }),
      },
    },
  },
  people: {
    sdl: `type Person @key(fields: "name") { name: ID! email: String phone: Phone city(long: Boolean): String } type Phone { digits: String }`,
    resolvers: {
      Person: {
        __resolveReference: (reference: object) => reference,
        email: ({ name }: { name: string }) => `${name}@example.org`,
        phone: () => ({ digits: "123" }),
        city: (_: unknown, { long }: { long?: boolean }) => (long ? "Amsterdam" : "A"),
      },
    },
  },
  reconciliation: {
    sdl: `
      type Query { doubts: [Doubt!]! finding(about: String): Finding }
      union Finding = Doubt | Verdict
      type Doubt { reason: String! payment: Payment! others: [Payment!]! }
      type Verdict { reason: String! payment: Payment! }
      type Payment @interfaceObject @key(fields: "id") {
        id: ID!
        cents: Int @external
        state: String
        fee: Int @requires(fields: "cents")
      }
    `,
    resolvers: {
      Query: {
        doubts: () => [
          { reason: "late", payment: { id: "c1" }, others: [{ id: "v1" }, { id: "c2" }] },
          { reason: "twice", payment: { id: "v1" }, others: [] },
        ],
        finding: () => ({ __typename: "Verdict", reason: "paid", payment: { id: "c2" } }),
      },
      Payment: {
        __resolveReference: (reference: object) => reference,
        state: ({ id }: { id: string }) => `matched ${id}`,
        fee: ({ cents }: { cents: number | null }) => (cents ?? 0) / 100,
      },
    },
  },
} satisfies Record<string, SubgraphSource>;

function payer(row: Row): { name: string } {
  return { name: row.payer };
}
