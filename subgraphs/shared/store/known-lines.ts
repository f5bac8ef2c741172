import type { Transaction } from "../database/scope.ts";
import { saysTheSame } from "./content-recipe.ts";

/** Whose record a file is, the merchant's or the platform's, and its id. */
export type FileSource = { readonly merchantId: string; readonly id: string };

/**
 * Finds the rows of `staged_line`, so many, whose line is in the ledger, keeps each as the duplicate or the collision that
 * it is, and returns how many there are. Rows that came in one file mostly come together in the next: where the first
 * and the last of them are known, what stands between these two in the ledger is read in one go, for a fifth of the price,
 * and only the rest is looked up row by row.
 */
export async function keepKnownLines(transaction: Transaction, file: FileSource, staged: number): Promise<number> {
  const [ends] = await transaction.query<Ends>(ENDS, [staged - 1]);
  const isNear = ends && ends.found === 2 && ends.pages <= FEWEST_PAGES + staged * MOST_PAGES_A_ROW;
  const found = isNear ? FOUND_BETWEEN : FOUND;
  const [row] = await transaction.query<{ known: number }>(KEEP(found), [
    file.merchantId,
    file.id,
    ...(isNear ? [ends.first, ends.last] : []),
  ]);
  return row?.known ?? 0;
}

/** Keeps those that were not known to `keepKnownLines` but are by now, though not from themselves. */
export async function keepLinesTakenSince(transaction: Transaction, file: FileSource): Promise<void> {
  await transaction.query(KEEP(`${FOUND} and ${NOT_JUDGED}`), [file.merchantId, file.id]);
}

/** Keeps rows as duplicates: their text is in the stored file, and the row that we have says the same. */
export const keepDuplicates = (rows: string) => `
  insert into reconciliation.source_record (merchant_id, file_id, line_number, disposition, code, problem, raw,
    content_hash)
  select $1, $2, line_number, 'DUPLICATE', 'DUPLICATE', 'we have this row already, from an earlier file or line', '',
    content_hash
  from ${rows}`;

type Ends = { readonly first: string; readonly last: string; readonly found: number; readonly pages: number };

const STAGED = `select merchant_id, line_number, content_hash, 'lin_' || fact_key as line_id, kind,
  booking_currency as currency, gross_minor, net_minor from staged_line`;

const SAME = (kept: string) =>
  saysTheSame(
    `${kept}.content_hash`,
    "s.content_hash",
    ["kind", "currency", "gross_minor", "net_minor"].map((column) => [`${kept}.${column}`, `s.${column}`] as const),
  );

/**
 * Each is looked up by the key: a hash join would read the whole ledger for every chunk. The key is put together
 * beforehand, because row level security lets no index be asked for what a function makes of another table's column.
 */
const LOOKED_UP = `
  cross join lateral (
    select k.ctid, k.content_hash, k.file_id, k.line_number, k.kind, k.currency, k.gross_minor, k.net_minor
    from reconciliation.settlement_line k
    where k.merchant_id = s.merchant_id and k.id = s.line_id offset 0
  ) l`;

const ENDS = `
  select min(l.ctid)::text as first, max(l.ctid)::text as last, count(*)::int as found,
    coalesce(max((l.ctid::text::point)[0]) - min((l.ctid::text::point)[0]), 0) as pages
  from ((${STAGED} limit 1) union all (${STAGED} offset $1 limit 1)) s ${LOOKED_UP}`;

const FOUND = `
  select s.merchant_id, s.line_number, s.content_hash, ${SAME("l")} as is_same, l.file_id
  from (${STAGED} offset 0) s ${LOOKED_UP}
  where not (l.file_id = $2 and l.line_number = s.line_number)`;

const FOUND_BETWEEN = `
  with near as materialized (
    select merchant_id, id, content_hash, file_id, kind, currency, gross_minor, net_minor
    from reconciliation.settlement_line
    where ctid >= $3::tid and ctid <= $4::tid
  ), compared as materialized (
    select s.*, n.file_id, ${SAME("n")} as is_same
    from (${STAGED} offset 0) s left join near n on n.merchant_id = s.merchant_id and n.id = s.line_id
  )
  select merchant_id, line_number, content_hash, is_same, file_id from compared
  where file_id is not null
  union all
  select s.merchant_id, s.line_number, s.content_hash, ${SAME("l")}, l.file_id
  from (select * from compared where file_id is null offset 0) s ${LOOKED_UP}`;

const NOT_JUDGED = `
  not exists (select from collision c where c.line_number = s.line_number)
  and not exists (
    select from reconciliation.source_record r
    where r.merchant_id = $1 and r.file_id = $2 and r.line_number = s.line_number)`;

const KEEP = (found: string) => `
  with found as materialized (${found}),
  duplicate as (${keepDuplicates("found where is_same")}),
  collided as (
    insert into collision select line_number, content_hash from found where not is_same
  ), counted as (
    insert into tally select 'DUPLICATE', null, count(*) from found where is_same
  ), told as (
    insert into known_from select file_id, count(*) from found where is_same group by file_id
  )
  select count(*)::int as known from found`;

/** Lines of others may stand between those of a file that was read at the same time as theirs. */
const FEWEST_PAGES = 1_000;
const MOST_PAGES_A_ROW = 0.2;
