import { idOf } from "./rows.ts";

/** What one request asks; `rows` is how many transactions its answer has. */
export type Case = {
  readonly name: string;
  readonly query: string;
  readonly rows: number;
  /** New variables for each request: gateways that share the answer of equal requests would else be measured doing so. */
  readonly variables: () => Readonly<Record<string, string | number>>;
};

const OWN = "__typename id provider status type occurredAt reference amount { amountMinor currency }";

/** By type: the fields that only its own subgraph knows. */
export const DETAILS = {
  CcvPayTransaction: "maskedPan entryMode brand terminal",
  VoucherTransaction: "issuer purse vouchers",
  AcquirerTransaction: "scheme acquirerReference fee { amountMinor currency }",
} as const;

const SELECTION = `${OWN} ${Object.entries(DETAILS)
  .map(([type, fields]) => `... on ${type} { ${fields} }`)
  .join(" ")}`;

export const OWN_LIST = `query List($first: Int!, $after: Int!) { transactions(first: $first, after: $after) { ${OWN} } }`;
export const OWN_ONE = `query One($id: ID!) { transaction(id: $id) { ${OWN} } }`;

const LIST = `query List($first: Int!, $after: Int!) { transactions(first: $first, after: $after) { ${SELECTION} } }`;
const ONE = `query One($id: ID!) { transaction(id: $id) { ${SELECTION} } }`;

export const CASES: readonly Case[] = [
  { name: "trivial", query: ONE, rows: 1, variables: () => ({ id: idOf(anywhere()) }) },
  { name: "list50", query: LIST, rows: 50, variables: () => ({ first: 50, after: anywhere() }) },
  { name: "list500", query: LIST, rows: 500, variables: () => ({ first: 500, after: anywhere() }) },
];

function anywhere(): number {
  return Math.floor(Math.random() * 1_000_000_000);
}
