import type { Transaction } from "../../shared/database/scope.ts";
import type { Conditions } from "../../shared/subgraph/conditions.ts";
import type { TransactionList } from "../list-conditions.ts";
import { sortOf } from "../transaction-list.ts";
import { COLUMN_JOINS, EXPORT_COLUMN_SOURCES, type ExportColumn } from "./export-columns.ts";
import type { ExportRequest } from "./export-type.ts";

/** Stands between the cells of a row on its way here, and in none of them. */
const MARK = "\u001f";

/** Few enough to stay small in memory, and enough that asking for them costs nothing. */
const BATCH = 2_000;

/**
 * The rows of a statement as the transaction's snapshot has them, a batch at a time. A cursor and not pages: there is no
 * limit, and nothing that arrives meanwhile is seen. Each row comes as one text, since a value for each cell is most of
 * what reading a million rows costs. The next batch is fetched while this one is written.
 */
export async function* readRows(
  transaction: Transaction,
  statement: string,
  values: readonly unknown[],
): AsyncGenerator<readonly (readonly string[])[]> {
  await transaction.query(`declare export_rows no scroll cursor for ${statement}`, values);
  const fetch = async () => {
    const answer = await transaction.client.query<[string]>({
      text: `fetch ${BATCH} from export_rows`,
      rowMode: "array",
    });
    return answer.rows;
  };
  let next = fetch();
  try {
    for (;;) {
      const rows = await next;
      if (rows.length === 0) return;
      next = fetch();
      next.catch(() => undefined);
      yield rows.map(([row]) => row.split(MARK));
    }
  } finally {
    await next.catch(() => undefined);
  }
}

/** The statement of an export of transactions; conditions are the list's own, and so are sort and ties. */
export function rowsOf(
  { from, where }: TransactionList,
  { columns, order }: Pick<ExportRequest, "columns" | "order">,
): string {
  const cells = ["t.currency", "t.settled_currency", ...columns.map((column) => EXPORT_COLUMN_SOURCES[column].sql)];
  const { column, direction, second, join = "" } = sortOf(order);
  const ties = second ? `${second.column} desc, t.id desc` : `t.id ${direction}`;
  return `select concat(${cells.join(", chr(31), ")}) from ${from} ${join} ${joinsFor(columns)}
    where ${merchantIs(where)} and ${where.text()}
    order by ${column} ${direction}, ${ties}`;
}

function joinsFor(columns: readonly ExportColumn[]): string {
  return COLUMN_JOINS.filter(([of]) => of.some((column) => columns.includes(column)))
    .map(([, join]) => join)
    .join(" ");
}

/** Of one merchant the index has the order already; a list of one would be sorted again. */
function merchantIs(where: Conditions): string {
  const [merchants] = where.values() as readonly [readonly string[]];
  return merchants.length === 1 ? "t.merchant_id = ($1::text[])[1]" : "t.merchant_id = any($1::text[])";
}
