import type { Transaction } from "../../shared/database/scope.ts";
import { coverageOf } from "../coverage/coverage-of.ts";
import type { Coverage } from "../coverage/coverage-type.ts";
import type { ExportTable } from "../export-formats/export-table.ts";
import { spanOf } from "../filter-span.ts";
import { listConditions } from "../list-conditions.ts";
import { type Sums, sumsOf } from "../totals.ts";
import type { ExportLease } from "./export-lease.ts";
import { filterOf } from "./kept-filter.ts";
import { readRows, rowsOf } from "./read-export.ts";
import { tableHead } from "./table-head.ts";

/** What a file will be, all of it from the transaction's snapshot; its rows are read while they are written. */
export type Prepared = {
  readonly head: Omit<ExportTable, "rows">;
  readonly rows: ExportTable["rows"];
  readonly sums: Sums;
  readonly coverage: readonly Coverage[];
};

/** Everything that the list shows, with the list's own conditions, sort and totals. */
export async function prepareList(transaction: Transaction, lease: ExportLease, now: string): Promise<Prepared> {
  const { merchants, limits, request, requestedAt } = lease;
  const reach = { merchants, whole: merchants.filter((merchant) => !Object.hasOwn(limits, merchant)), limits };
  const filter = filterOf(request.filter);
  const asOf = request.asOf ? new Date(request.asOf) : null;
  const relativeTo = asOf ?? requestedAt;
  const list = await listConditions(transaction, reach, filter, asOf, relativeTo);
  const sums = await sumsOf(transaction, list);
  const coverage = await coverageOf(
    transaction,
    reach,
    filter,
    await spanOf(transaction, reach, filter, relativeTo),
    asOf,
  );
  return {
    head: tableHead(lease, { now, sums, coverage }),
    rows: readRows(transaction, rowsOf(list, request), list.where.values()),
    sums,
    coverage,
  };
}
