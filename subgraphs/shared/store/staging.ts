import { once } from "node:events";
import { from as copyFrom } from "pg-copy-streams";
import type { Transaction } from "../database/scope.ts";

/**
 * One row per event of a file, as wide as everything it may become: a transaction, its details, an event, a settlement
 * line. It lives in a temporary table of the import's transaction and is merged from there set by set.
 */
export type StagedRow = { readonly [C in StagedColumn]: StagedValue };
type StagedValue = string | bigint | number | boolean | null;

export const STAGED_COLUMNS = {
  line_number: "bigint",
  merchant_id: "text",
  fact_key: "text",
  content_hash: "text",
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
  transaction_id: "text",
  type: "text",
  occurred_at: "timestamptz",
  time_ambiguous: "boolean",
  business_date: "date",
  currency: "text",
  amount_minor: "bigint",
  authorised_minor: "bigint",
  payment_type: "text",
  payment_method: "text",
  brand: "text",
  entry_mode: "text",
  transaction_number: "text",
  provider_reference: "text",
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
  location_id: "text",
  terminal_id: "text",
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
export type StagedColumn = keyof typeof STAGED_COLUMNS;

/** Makes the staging table; it is gone when the transaction ends. */
export async function createStaging(transaction: Transaction): Promise<void> {
  const columns = COLUMNS.map((name) => `${name} ${STAGED_COLUMNS[name]}`).join(", ");
  await transaction.query(`create temporary table staged (${columns}) on commit drop`);
}

/** Sends encoded rows by COPY. */
export async function copyStaged(transaction: Transaction, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const copy = transaction.client.query(copyFrom(`copy staged (${COLUMNS.join(", ")}) from stdin`));
  const finished = once(copy, "finish");
  copy.end(`${lines.join("\n")}\n`);
  await finished;
}

/** A row as a line of COPY's text format. */
export function encodeStaged(row: StagedRow): string {
  let line = "";
  for (const column of COLUMNS) line += `${line && "\t"}${encodeValue(row[column])}`;
  return line;
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

const COLUMNS = Object.keys(STAGED_COLUMNS) as StagedColumn[];
const SPECIAL = /[\\\t\n\r]/;
const SPECIAL_ALL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
