import { hash } from "node:crypto";
import type { BankEntry } from "../../shared/bank-entry.ts";
import { maskCards } from "../../shared/card-detector.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { PREFIXES, stableId } from "../../shared/ids.ts";
import { keptHash, saysTheSame } from "../../shared/store/content-recipe.ts";
import type { MergeResult } from "../../shared/store/merge-staged.ts";

/** The provider name under which accounts at banks are mapped to merchants. */
export const BANK = "bank";

/** A bank entry as the staging table takes it; amounts are text, so that none passes through a float. */
export type BankRow = Readonly<Record<(typeof COLUMNS)[number], string | number | boolean | null | readonly object[]>>;

/**
 * Turns the entries of one file into rows. Equal entries that the bank gave no reference are told apart by counting
 * them within their statement: one stager per file.
 */
export function createBankStager(): (entry: BankEntry, line: number, merchantId: string) => BankRow {
  const occurrences = new Map<string, number>();
  return (entry, line, merchantId) => {
    const booked = [entry.account, entry.bookingDate, ...money(entry.amount), entry.reversal];
    // A notification and a statement tell of one entry in different words; what they must agree on is the money.
    const content = contentHash(entry.identity === undefined ? wholeOf(entry) : booked);
    const nth = (occurrences.get(content) ?? 0) + 1;
    occurrences.set(content, nth);
    return {
      line_number: line,
      merchant_id: merchantId,
      id: stableId(PREFIXES.bankEntry, entry.account, entry.identity ?? `${content}\n${nth}`),
      content_hash: keptHash(content),
      account: entry.account,
      statement: entry.statement,
      identity: entry.identity ?? null,
      booking_date: entry.bookingDate,
      value_date: entry.valueDate ?? null,
      currency: entry.amount.currency,
      amount_minor: entry.amount.amountMinor.toString(),
      reversal: entry.reversal,
      code: entry.code,
      end_to_end_id: entry.endToEndId === undefined ? null : maskCards(entry.endToEndId).text,
      remittance: maskCards(entry.remittance).text,
      structured_type: entry.structured?.type ?? null,
      structured_value: entry.structured?.value ?? null,
      pos_number: entry.pos?.posNumber ?? null,
      pos_period: entry.pos?.period ?? null,
      pos_sequence: entry.pos?.sequence ?? null,
      pos_local_time: entry.pos?.localTime ?? null,
      parts: (entry.parts ?? []).map(partOf),
    };
  };
}

/** Makes the staging table of bank entries; it is gone when the transaction ends. */
export async function createBankStaging(transaction: Transaction): Promise<void> {
  await transaction.query(`create temporary table staged_bank (${TYPED.join(", ")}) on commit drop`);
}

export async function stageBankEntries(transaction: Transaction, rows: readonly BankRow[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction.query(`insert into staged_bank select * from jsonb_to_recordset($1::jsonb) as r (${TYPED})`, [
    JSON.stringify(rows),
  ]);
}

/** Merges the staged entries: one we have is a duplicate if its money is the same and a collision if it is not. */
export async function mergeBankEntries(
  transaction: Transaction,
  file: { readonly merchantId: string; readonly id: string },
): Promise<MergeResult> {
  await transaction.query(FATES);
  const accepted = await transaction.change(ADD, [file.id]);
  await transaction.query(FILL);
  const duplicate = await transaction.change(DUPLICATES, [file.merchantId, file.id]);
  const collisions = await transaction.query<{ line_number: bigint; content_hash: string }>(
    "select line_number, content_hash from bank_fate where fate = 'COLLISION' order by line_number",
  );
  return {
    accepted: BigInt(accepted),
    duplicate: BigInt(duplicate),
    collisions: collisions.map((row) => ({ lineNumber: row.line_number, contentHash: row.content_hash })),
  };
}

function wholeOf({ account, statement, bookingDate, valueDate, amount, reversal, code, ...texts }: BankEntry) {
  const { endToEndId, remittance, structured } = texts;
  const words = [valueDate, code, endToEndId, remittance, structured?.type, structured?.value];
  return [account, statement, bookingDate, ...money(amount), reversal, ...words.map((word) => word ?? null)];
}

function money({ amountMinor, currency }: BankEntry["amount"]): readonly string[] {
  return [amountMinor.toString(), currency];
}

function contentHash(content: readonly unknown[]): string {
  return hash("sha256", JSON.stringify(content), "base64url").slice(0, 24);
}

function partOf({ amount, endToEndId, reference, remittance }: NonNullable<BankEntry["parts"]>[number]) {
  return {
    amountMinor: amount.amountMinor.toString(),
    currency: amount.currency,
    endToEndId: endToEndId === undefined ? null : maskCards(endToEndId).text,
    reference: reference ?? null,
    remittance: maskCards(remittance).text,
  };
}

const COLUMNS = [
  ..."line_number merchant_id id content_hash account statement identity booking_date value_date currency".split(" "),
  ..."amount_minor reversal code end_to_end_id remittance structured_type structured_value pos_number".split(" "),
  ..."pos_period pos_sequence pos_local_time parts".split(" "),
] as const;

const TYPES: Readonly<Record<string, string>> = {
  line_number: "bigint",
  booking_date: "date",
  value_date: "date",
  amount_minor: "bigint",
  reversal: "boolean",
  parts: "jsonb",
};
const TYPED = COLUMNS.map((column) => `${column} ${TYPES[column] ?? "text"}`);

const SAME = saysTheSame(
  "b.content_hash",
  "r.content_hash",
  ["booking_date", "currency", "amount_minor", "reversal"].map((column) => [`b.${column}`, `r.${column}`] as const),
);

const FATES = `
  create temporary table bank_fate on commit drop as
  with ranked as (
    select merchant_id, id, line_number, content_hash, booking_date, currency, amount_minor, reversal,
      row_number() over fact as nth,
      first_value(content_hash) over fact as first_hash
    from staged_bank window fact as (partition by merchant_id, id order by line_number)
  ), known as (
    select r.*, coalesce(b.content_hash, case when nth > 1 then first_hash end) as known_hash,
      case when b.id is not null then ${SAME} else first_hash = r.content_hash end as is_same
    from ranked r
    left join reconciliation.bank_entry b on b.merchant_id = r.merchant_id and b.id = r.id
  )
  select merchant_id, id, line_number, content_hash,
    case when known_hash is null then 'NEW' when is_same then 'DUPLICATE' else 'COLLISION' end as fate
  from known`;

const STAGED = "staged_bank s join bank_fate f on f.merchant_id = s.merchant_id and f.line_number = s.line_number";
const KEPT = COLUMNS.filter((column) => column !== "merchant_id" && column !== "line_number");

const ADD = `
  insert into reconciliation.bank_entry (merchant_id, file_id, line_number, ${KEPT.join(", ")})
  select s.merchant_id, $1, s.line_number, ${KEPT.map((column) => `s.${column}`).join(", ")}
  from ${STAGED}
  where f.fate = 'NEW'`;

const FILLED = ["value_date", "end_to_end_id", "structured_type", "structured_value", "pos_number", "pos_period"];

/**
 * A notification lists the payments that a statement only sums up, so each adds what the other left out. Of two texts
 * the longer stands, of two that are equally long the smaller, so that it does not matter which came first.
 */
const FILL = `
  update reconciliation.bank_entry b set
    ${[...FILLED, "pos_sequence", "pos_local_time"].map((column) => `${column} = coalesce(b.${column}, s.${column})`).join(",\n    ")},
    remittance = case when (length(b.remittance), s.remittance) < (length(s.remittance), b.remittance)
      then s.remittance else b.remittance end,
    parts = case when jsonb_array_length(s.parts) > jsonb_array_length(b.parts) then s.parts else b.parts end
  from ${STAGED}
  where f.fate = 'DUPLICATE' and b.merchant_id = s.merchant_id and b.id = s.id`;

const DUPLICATES = `
  insert into reconciliation.source_record (merchant_id, file_id, line_number, disposition, code, problem, raw,
    content_hash)
  select $1, $2, line_number, 'DUPLICATE', 'DUPLICATE', 'we have this entry already, from an earlier file or line', '',
    content_hash
  from bank_fate where fate = 'DUPLICATE'`;
