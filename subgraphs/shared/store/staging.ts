import { once } from "node:events";
import { from as copyFrom } from "pg-copy-streams";
import type { Transaction } from "../database/scope.ts";

/**
 * The staging table has one row per event of a file, as wide as everything the event may become: a transaction, its
 * details, an entry of its history, a settlement line. It is a temporary table of the import's transaction and is merged
 * from there set by set. These columns are what the row itself says; their text is hashed to tell one fact from another.
 */
export const FACT_COLUMNS = {
  family: "text",
  provider: "text",
  account: "text",
  kind: "text",
  /** Makes the transaction row if it is not there. */
  creates: "boolean",
  /** Says what became of the transaction. */
  reports: "boolean",
  /** Books money on a settlement. */
  books: "boolean",
  type: "text",
  occurred_at: "timestamptz",
  time_ambiguous: "boolean",
  currency: "text",
  amount_minor: "bigint",
  authorised_minor: "bigint",
  payment_type: "text",
  payment_method: "text",
  brand: "text",
  entry_mode: "text",
  psp_reference: "text",
  reference: "text",
  original_reference: "text",
  original_id: "text",
  merchant_reference: "text",
  authorisation_code: "text",
  last4: "text",
  arn: "text",
  rrn: "text",
  stan: "text",
  ticket: "text",
  details: "jsonb",
  outcome: "text",
  certainty: "text",
  precedence: "smallint",
  outcome_rank: "smallint",
  sequence: "numeric",
  reason: "text",
  raw_status: "text",
  batch_id: "text",
  batch: "text",
  payout_id: "text",
  payout_reference: "text",
  booking_date: "date",
  value_date: "date",
  booking_currency: "text",
  gross_minor: "bigint",
  interchange_minor: "bigint",
  scheme_fee_minor: "bigint",
  markup_minor: "bigint",
  commission_minor: "bigint",
  tax_minor: "bigint",
  fee_minor: "bigint",
  net_minor: "bigint",
  processing_minor: "bigint",
  processing_currency: "text",
  exchange_rate: "text",
  issuer: "text",
  purse: "text",
  requested_minor: "bigint",
  masked_pan: "text",
} as const;

/** What we add to a row: where it stood, whose it is by our mapping, and the ids that follow from both. */
export const PLACED_COLUMNS = {
  line_number: "bigint",
  merchant_id: "text",
  fact_key: "text",
  content_hash: "text",
  transaction_id: "text",
  transaction_number: "text",
  provider_reference: "text",
  business_date: "date",
  location_id: "text",
  terminal_id: "text",
} as const;

export type FactRow = { readonly [C in keyof typeof FACT_COLUMNS]: StagedValue };
export type PlacedRow = { readonly [C in keyof typeof PLACED_COLUMNS]: StagedValue };
type StagedValue = string | bigint | number | boolean | null;

/** Makes the staging table; it is gone when the transaction ends. */
export async function createStaging(transaction: Transaction): Promise<void> {
  const columns = Object.entries({ ...PLACED_COLUMNS, ...FACT_COLUMNS }).map((column) => column.join(" "));
  await transaction.query(`create temporary table staged (${columns.join(", ")}) on commit drop`);
}

/** Sends encoded rows by COPY. */
export async function copyStaged(transaction: Transaction, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const copy = transaction.client.query(copyFrom(`copy staged (${COLUMNS.join(", ")}) from stdin`));
  const finished = once(copy, "finish");
  copy.end(`${lines.join("\n")}\n`);
  await finished;
}

/** What a row says, as the part of a COPY line that is hashed. */
export function encodeFacts(row: FactRow): string {
  let line = "";
  for (const column of FACT_NAMES) line += `\t${encodeValue(row[column])}`;
  return line;
}

/** A whole COPY line: what we add, then what the row says. */
export function encodeStaged(row: PlacedRow, facts: string): string {
  let line = "";
  for (const column of PLACED_NAMES) line += `${line && "\t"}${encodeValue(row[column])}`;
  return line + facts;
}

/** `value` in COPY's text format: NULL is `\N`; backslash, tab and line ends are escaped, nothing else. */
function encodeValue(value: StagedValue): string {
  if (value === null) return "\\N";
  if (typeof value === "string") return SPECIAL.test(value) ? value.replace(SPECIAL_ALL, escapeOf) : value;
  if (typeof value === "boolean") return value ? "t" : "f";
  return value.toString();
}

function escapeOf(character: string): string {
  return ESCAPES[character] ?? character;
}

const FACT_NAMES = Object.keys(FACT_COLUMNS) as (keyof FactRow)[];
const PLACED_NAMES = Object.keys(PLACED_COLUMNS) as (keyof PlacedRow)[];
const COLUMNS = [...PLACED_NAMES, ...FACT_NAMES];
const SPECIAL = /[\\\t\n\r]/;
const SPECIAL_ALL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
