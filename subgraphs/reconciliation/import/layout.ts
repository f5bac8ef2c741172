import { maskCards } from "../../shared/card-detector.ts";
import type { Transaction } from "../../shared/database/scope.ts";

/** A column that stands elsewhere than in the last good file, both counted from 1. */
export type MovedColumn = { readonly column: string; readonly from: number; readonly to: number };

/**
 * The columns that stand in another order than before; none where columns were only added or left out, which shifts the
 * rest without moving it.
 */
export function movedColumns(before: readonly string[], after: readonly string[]): readonly MovedColumn[] {
  const common = (columns: readonly string[], others: readonly string[]) =>
    columns.filter((name) => others.includes(name));
  const [old, now] = [common(before, after), common(after, before)];
  return now.flatMap((column, index) =>
    old[index] === column ? [] : [{ column, from: before.indexOf(column) + 1, to: after.indexOf(column) + 1 }],
  );
}

/** A header as it may be kept: not endless, and without the card numbers that someone may have written there. */
export function keptLayout(columns: readonly string[]): readonly string[] {
  return columns.slice(0, MOST_COLUMNS).map((name) => maskCards(name.slice(0, LONGEST_NAME)).text);
}

/** The header of the last file of this adapter and merchant that was taken; undefined if none is known. */
export async function lastLayout(
  transaction: Transaction,
  merchantId: string,
  of: { readonly adapter: string; readonly fileId: string },
): Promise<readonly string[] | undefined> {
  const [row] = await transaction.query<{ layout: readonly string[] }>(LAST, [merchantId, of.adapter, of.fileId]);
  return row?.layout;
}

const MOST_COLUMNS = 500;
const LONGEST_NAME = 100;

const LAST = `
  select layout from reconciliation.source_file
  where merchant_id = $1 and adapter = $2 and id <> $3 and layout is not null
    and status in ('APPLIED', 'PARTIALLY_APPLIED')
  order by received_at desc limit 1`;
