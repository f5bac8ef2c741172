import type { Transaction } from "../../shared/database/scope.ts";

/** What a file would do, beside the counts and totals that every file has. */
export type Preview = {
  /** Rows that would become facts, by kind of event; `BANK_ENTRY` for what a bank booked. */
  readonly kinds: readonly { readonly kind: string; readonly rows: bigint }[];
  /** The first rows that could not be taken. */
  readonly problems: readonly { readonly line: bigint; readonly code: string; readonly problem: string }[];
  /** Why rows could not be taken, the most frequent reason first: accounts that are mapped to nobody are among them. */
  readonly reasons: readonly { readonly code: string; readonly problem: string; readonly rows: bigint }[];
  /** The files that brought rows of it before. */
  readonly knownFrom: readonly { readonly fileId: string; readonly name: string | null; readonly rows: bigint }[];
  /** The merchant's accounts that it is about, and for which days, `YYYY-MM-DD`. */
  readonly accounts: readonly {
    readonly provider: string;
    readonly account: string;
    readonly firstDate: string | null;
    readonly lastDate: string | null;
  }[];
};

/** Reads it off the open transaction of an import that will be rolled back. */
export async function previewOf(transaction: Transaction, merchantId: string, fileId: string): Promise<Preview> {
  const file = [merchantId, fileId];
  return {
    kinds: await transaction.query<Preview["kinds"][number]>(KINDS),
    problems: await transaction.query<Preview["problems"][number]>(PROBLEMS, file),
    reasons: await transaction.query<Preview["reasons"][number]>(REASONS, file),
    knownFrom: await transaction.query<Preview["knownFrom"][number]>(KNOWN_FROM, [fileId]),
    accounts: await transaction.query<Preview["accounts"][number]>(ACCOUNTS, file),
  };
}

const KINDS = `
  select kind, sum(rows)::bigint as rows from (
    select kind, rows from tally where fate = 'NEW'
    union all
    select kind, lines from booked where direct
    union all
    select 'BANK_ENTRY', count(*) from bank_fate where fate = 'NEW' having count(*) > 0
  ) taken
  group by kind
  order by rows desc, kind`;

const PROBLEMS = `
  select line_number as line, code, problem from reconciliation.source_record
  where merchant_id = $1 and file_id = $2 and disposition = 'QUARANTINED'
  order by line_number limit 20`;

const REASONS = `
  select code, problem, count(*) as rows from reconciliation.source_record
  where merchant_id = $1 and file_id = $2 and disposition = 'QUARANTINED'
  group by code, problem order by rows desc, code, problem limit 20`;

const KNOWN_FROM = `
  with known as (
    select file_id, rows from known_from
    union all
    select b.file_id, 1
    from bank_fate f join reconciliation.bank_entry b on b.merchant_id = f.merchant_id and b.id = f.id
    where f.fate = 'DUPLICATE'
  )
  select k.file_id as "fileId", min(f.name) as name, sum(k.rows)::bigint as rows
  from known k left join reconciliation.source_file f on f.id = k.file_id
  where k.file_id <> $1
  group by k.file_id order by rows desc, k.file_id limit 20`;

const ACCOUNTS = `
  select provider, account, first_date::text as "firstDate", last_date::text as "lastDate"
  from reconciliation.file_account where merchant_id = $1 and file_id = $2 order by provider, account limit 100`;
