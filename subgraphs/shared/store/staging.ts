import { once } from "node:events";
import { from as copyFrom } from "pg-copy-streams";
import type { Transaction } from "../database/scope.ts";
import type { CopyRows } from "./copy-writer.ts";

/**
 * What a row says about money that was booked. These columns are all there is of a row that only books; they come first
 * in every staging table, in this order, and are written in it.
 */
const BOOKED_COLUMNS = {
  family: "text",
  provider: "text",
  account: "text",
  kind: "text",
  occurred_at: "timestamptz(3)",
  batch_id: "text",
  payout_id: "text",
  booking_date: "date",
  value_date: "date",
  booking_currency: "char(3)",
  gross_minor: "bigint",
  interchange_minor: "bigint",
  scheme_fee_minor: "bigint",
  markup_minor: "bigint",
  commission_minor: "bigint",
  tax_minor: "bigint",
  fee_minor: "bigint",
  net_minor: "bigint",
  processing_minor: "bigint",
  processing_currency: "char(3)",
  exchange_rate: "text",
  payment_type: "text",
  payment_method: "text",
  brand: "text",
  entry_mode: "text",
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
  issuer: "text",
  purse: "text",
  requested_minor: "bigint",
  masked_pan: "text",
  raw_status: "text",
} as const;

/** What a row says about a transaction. */
const REPORTED_COLUMNS = {
  /** Makes the transaction row if it is not there. */
  creates: "boolean",
  /** Says what became of the transaction. */
  reports: "boolean",
  /** Books money on a settlement. */
  books: "boolean",
  type: "text",
  time_ambiguous: "boolean",
  currency: "text",
  amount_minor: "bigint",
  authorised_minor: "bigint",
  details: "jsonb",
  outcome: "text",
  certainty: "text",
  precedence: "smallint",
  outcome_rank: "smallint",
  sequence: "numeric",
  reason: "text",
} as const;

/** What we add to a row: where it stood, whose it is by our mapping, and the ids that follow from both. */
const PLACED_COLUMNS = {
  content_hash: "text",
  fact_key: 'text collate "C"',
  line_number: "bigint",
  merchant_id: 'text collate "C"',
  transaction_id: 'text collate "C"',
  business_date: "date",
  location_id: "text",
  terminal_id: "text",
  tid: "text",
} as const;

/** What we add to a row that reports. */
const NAMED_COLUMNS = { transaction_number: "text", provider_reference: "text" } as const;

/** The staging tables: rows that only book, and rows that report, which may book as well. */
export const STAGED = {
  staged_line: { ...BOOKED_COLUMNS, ...PLACED_COLUMNS },
  staged: { ...BOOKED_COLUMNS, ...REPORTED_COLUMNS, ...PLACED_COLUMNS, ...NAMED_COLUMNS },
} as const;

/**
 * Makes the temporary tables of an import; they are gone when its transaction ends. `booked` has the sums of the lines
 * that were added, `named_group` the names of batches and payouts, `fate` what becomes of the rows of `staged`, and
 * which of them are `fresh`. What became of rows so far is in `tally`, by kind where they are new; in `known_from`, by the
 * file that brought them before; and in `collision`, one by one. `reopened` has the merchants of which lines are open again.
 */
export async function createStaging(transaction: Transaction): Promise<void> {
  await transaction.query(SETTINGS);
  for (const [table, columns] of Object.entries(STAGED)) {
    const typed = Object.entries(columns).map((column) => column.join(" "));
    await transaction.query(`create temporary table ${table} (${typed.join(", ")}) on commit drop`);
  }
  await transaction.query(TALLIES);
}

/**
 * Rows come in the order of a file and are compared by ids that are hashes, so a merge join would first have to sort both
 * sides. To compile a statement costs more than to run it for a chunk of rows, and to look at all of them more than to plan
 * with a part. They are asked for by key in tables that grow meanwhile; to read one of these for each chunk is what must not be.
 */
const SETTINGS = `set local enable_mergejoin = off; set local jit = off; set local work_mem = '32MB';
  set local default_statistics_target = 10; set local random_page_cost = 1.1`;

const TALLIES = `
  create temporary table booked (direct boolean, merchant_id text, batch_id text, payout_id text, kind text,
    provider text, account text, currency text, lines bigint, gross_minor numeric, fee_minor numeric,
    net_minor numeric, booking_date date, value_date date, line_number bigint) on commit drop;
  create temporary table named_group (id text, name text) on commit drop;
  create temporary table fate (merchant_id text collate "C", line_number bigint, content_hash text, kind text, fate text,
    known_file text, fresh boolean not null) on commit drop;
  create temporary table tally (fate text, kind text, rows bigint) on commit drop;
  create temporary table known_from (file_id text, rows bigint) on commit drop;
  create temporary table collision (line_number bigint, content_hash text) on commit drop;
  create temporary table reopened (merchant_id text) on commit drop;`;

/** Sends rows by COPY; their memory may be used again once this has resolved. */
export async function copyRows(
  transaction: Transaction,
  table: keyof typeof STAGED,
  { rows, bytes }: CopyRows,
): Promise<void> {
  if (rows === 0) return;
  const columns = Object.keys(STAGED[table]).join(", ");
  const copy = transaction.client.query(copyFrom(`copy ${table} (${columns}) from stdin`));
  const finished = once(copy, "finish");
  copy.end(bytes);
  await finished;
}
