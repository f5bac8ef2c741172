import pg from "pg";
import type { Transaction } from "../database/scope.ts";
import { type FileSource, keepKnownLines, keepLinesTakenSince } from "./known-lines.ts";
import type { LineSum } from "./line-sums.ts";

const LINE_COLUMNS = [
  ..."content_hash family provider account kind batch_id payout_id booking_date value_date occurred_at".split(" "),
  ..."business_date gross_minor interchange_minor scheme_fee_minor markup_minor commission_minor tax_minor".split(" "),
  ..."fee_minor net_minor processing_minor processing_currency exchange_rate reference original_reference original_id".split(
    " ",
  ),
  ..."merchant_reference authorisation_code last4 arn rrn stan ticket payment_type payment_method brand".split(" "),
  ..."entry_mode issuer purse requested_minor masked_pan location_id terminal_id tid raw_status".split(" "),
];

/** Adds what `staged_line` holds, so many rows that come to these sums, to the ledger, and empties it. */
export type LineAdder = (staged: number, sums: readonly LineSum[]) => Promise<void>;

/**
 * Adds the rows that only book, chunk by chunk. The ledger's key judges them: one that is there already is a duplicate if
 * its content is the same and a collision if it is not. To ask for each row costs half as much again as to add it, so a
 * chunk is taken for new unless the one before had a known row.
 */
export function createLineAdder(transaction: Transaction, file: FileSource): LineAdder {
  let isNew = true;
  return async (staged, sums) => {
    if (staged === 0) return;
    isNew &&= await addNewLines(transaction, file.id, sums);
    if (isNew) return;
    isNew = await addUnknownLines(transaction, file, staged);
    await transaction.query("truncate staged_line");
  };
}

/**
 * False if one of them is known; none is added then. All of it is one message: a process that reads rows meanwhile is slow
 * to answer, and the database would wait for it after each statement.
 */
async function addNewLines(transaction: Transaction, fileId: string, sums: readonly LineSum[]): Promise<boolean> {
  try {
    await transaction.query(`
      savepoint new_lines;
      ${insertLines("staged_line s", pg.escapeLiteral(fileId))};
      ${addSums(sums)};
      release savepoint new_lines;
      truncate staged_line`);
    return true;
  } catch (error) {
    if ((error as { readonly code?: string }).code !== UNIQUE_VIOLATION) throw error;
    await transaction.query("rollback to savepoint new_lines");
    return false;
  }
}

const UNIQUE_VIOLATION = "23505";

/**
 * True if none of them was known. A row may also be known from the same chunk, or from another import that has ended
 * meanwhile.
 */
async function addUnknownLines(transaction: Transaction, file: FileSource, staged: number): Promise<boolean> {
  const known = await keepKnownLines(transaction, file, staged);
  if (known === staged) return false;
  const added = await addLines(transaction, file.id, {
    from: "staged_line s",
    isDirect: true,
    conflict: "on conflict (merchant_id, id) do nothing",
  });
  if (known + added < staged) await keepLinesTakenSince(transaction, file);
  return known === 0;
}

/** Adds the lines of rows that report as well; `newRows` joins the staging table as `s`. */
export async function addReportedLines(transaction: Transaction, fileId: string, newRows: string): Promise<void> {
  await addLines(transaction, fileId, { from: `${newRows} where s.books`, isDirect: false });
}

type Lines = {
  readonly from: string;
  readonly isDirect: boolean;
  /** What to do about a row whose key is taken; without it, such a row is an error. */
  readonly conflict?: string;
};

async function addLines(transaction: Transaction, fileId: string, lines: Lines): Promise<number> {
  const { from, isDirect, conflict = "" } = lines;
  const [row] = await transaction.query<{ added: number }>(
    `with s as (
      ${insertLines(from, "$1")}
      ${conflict}
      returning merchant_id, batch_id, payout_id, kind, provider, account, currency, gross_minor, fee_minor, net_minor,
        booking_date, value_date, line_number
    ), summed as (
      ${SUMS(String(isDirect), "s")}
      returning lines
    )
    select coalesce(sum(lines), 0)::int as added from summed`,
    [fileId],
  );
  return row?.added ?? 0;
}

/** They share one place in the order of what came in: a number for each costs as much as half of the row. */
const insertLines = (from: string, fileId: string) => `
  insert into reconciliation.settlement_line (merchant_id, id, file_id, line_number, currency, expected_id,
    ${LINE_COLUMNS.join(", ")}, ingest_seq)
  select s.merchant_id, 'lin_' || s.fact_key, ${fileId}, s.line_number, s.booking_currency, s.transaction_id,
    ${LINE_COLUMNS.map((column) => `s.${column}`).join(", ")}, (select nextval('transactions.ingest_seq'))
  from ${from}`;

/** The sums of a chunk of which every line was added, as they were worked out while it was staged. */
function addSums(sums: readonly LineSum[]): string {
  const rows = JSON.stringify(
    sums.map((sum) => ({ direct: true, ...sum })),
    (_, value: unknown) => (typeof value === "bigint" ? String(value) : value),
  );
  return `insert into booked select * from json_populate_recordset(null::booked, ${pg.escapeLiteral(rows)})`;
}

/** The sums of lines by what they are summed for; rows that report and those that do not are counted apart. */
const SUMS = (isDirect: string, lines: string) => `
  insert into booked
  select ${isDirect}, merchant_id, batch_id, payout_id, kind, min(provider), min(account), min(currency),
    count(*), sum(gross_minor), sum(fee_minor), sum(net_minor), max(booking_date), max(value_date), min(line_number)
  from ${lines}
  group by merchant_id, batch_id, payout_id, kind`;
