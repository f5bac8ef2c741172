import type { Transaction } from "../database/scope.ts";

const LINE_COLUMNS = [
  ..."content_hash family provider account kind batch_id payout_id booking_date value_date occurred_at".split(" "),
  ..."business_date gross_minor interchange_minor scheme_fee_minor markup_minor commission_minor tax_minor".split(" "),
  ..."fee_minor net_minor processing_minor processing_currency exchange_rate reference original_reference original_id".split(
    " ",
  ),
  ..."merchant_reference authorisation_code last4 arn rrn stan ticket payment_type payment_method brand".split(" "),
  ..."entry_mode issuer purse requested_minor masked_pan location_id terminal_id raw_status".split(" "),
];

/** Adds what `staged_line` holds, so many rows, to the ledger, and empties it. */
export type LineAdder = (staged: number) => Promise<void>;

/**
 * Adds the rows that only book, chunk by chunk. The ledger's key judges them: one that is there already is a duplicate if
 * its content is the same and a collision if it is not. To ask for each row costs half as much again as to add it, so a
 * file is taken for new until its first known row.
 */
export function createLineAdder(transaction: Transaction, fileId: string): LineAdder {
  let isNew = true;
  return async (staged) => {
    if (staged === 0) return;
    isNew &&= await addNewLines(transaction, fileId);
    if (!isNew) await addUnknownLines(transaction, fileId, staged);
    await transaction.query("truncate staged_line");
  };
}

/** False if one of them is known; none is added then. */
async function addNewLines(transaction: Transaction, fileId: string): Promise<boolean> {
  await transaction.query("savepoint new_lines");
  try {
    await addLines(transaction, { fileId, from: "staged_line s", isDirect: true });
  } catch (error) {
    if ((error as { readonly code?: string }).code !== UNIQUE_VIOLATION) throw error;
    await transaction.query("rollback to savepoint new_lines");
    return false;
  }
  await transaction.query("release savepoint new_lines");
  return true;
}

const UNIQUE_VIOLATION = "23505";

/** A row may also be known from the same chunk, or from another import that has ended meanwhile. */
async function addUnknownLines(transaction: Transaction, fileId: string, staged: number): Promise<void> {
  const known = await transaction.change(knownLines("true"), [fileId]);
  if (known === staged) return;
  const conflict = "on conflict (merchant_id, id) do nothing";
  const added = await addLines(transaction, { fileId, from: "staged_line s", isDirect: true, conflict });
  if (known + added < staged) await transaction.query(knownLines(NOT_JUDGED), [fileId]);
}

/** Adds the lines of rows that report as well; `newRows` joins the staging table as `s`. */
export async function addReportedLines(transaction: Transaction, fileId: string, newRows: string): Promise<void> {
  await addLines(transaction, { fileId, from: `${newRows} where s.books`, isDirect: false });
}

type Source = {
  readonly fileId: string;
  readonly from: string;
  readonly isDirect: boolean;
  /** What to do about a row whose key is taken; without it, such a row is an error. */
  readonly conflict?: string;
};

async function addLines(transaction: Transaction, source: Source): Promise<number> {
  const { fileId, from, isDirect, conflict = "" } = source;
  const [row] = await transaction.query<{ added: number }>(
    `with added as (
      insert into reconciliation.settlement_line (merchant_id, id, file_id, line_number, currency, expected_id,
        ${LINE_COLUMNS.join(", ")})
      select s.merchant_id, 'lin_' || s.fact_key, $1, s.line_number, s.booking_currency, s.transaction_id,
        ${LINE_COLUMNS.map((column) => `s.${column}`).join(", ")}
      from ${from}
      ${conflict}
      returning merchant_id, batch_id, payout_id, kind, provider, account, currency, gross_minor, fee_minor, net_minor,
        booking_date, value_date, line_number
    ), summed as (
      insert into booked
      select ${isDirect}, merchant_id, batch_id, payout_id, kind, min(provider), min(account), min(currency),
        count(*), sum(gross_minor), sum(fee_minor), sum(net_minor), max(booking_date), max(value_date), min(line_number)
      from added
      group by merchant_id, batch_id, payout_id, kind
      returning lines
    )
    select coalesce(sum(lines), 0)::int as added from summed`,
    [fileId],
  );
  return row?.added ?? 0;
}

/**
 * Rows whose line is there, though not from themselves. Each is looked up by the key: a hash join would read the whole
 * ledger for every chunk. The key is put together beforehand, because row level security lets no index be asked for
 * what a function makes of another table's column.
 */
const knownLines = (condition: string) => `
  insert into fate
  select s.merchant_id, s.line_number, s.content_hash,
    case when l.content_hash = s.content_hash then 'DUPLICATE' else 'COLLISION' end, l.file_id
  from (select *, 'lin_' || fact_key as line_id from staged_line offset 0) s
  cross join lateral (
    select k.content_hash, k.file_id, k.line_number from reconciliation.settlement_line k
    where k.merchant_id = s.merchant_id and k.id = s.line_id offset 0
  ) l
  where not (l.file_id = $1 and l.line_number = s.line_number) and ${condition}`;

const NOT_JUDGED =
  "not exists (select from fate f where f.merchant_id = s.merchant_id and f.line_number = s.line_number)";
