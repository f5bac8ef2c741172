import type { Transaction } from "../../shared/database/scope.ts";
import { formatDecimal } from "../../shared/money.ts";
import { decimalSign, offsetText, type TableColumn } from "../export-formats/export-table.ts";
import { FACT_WORDS, inLocale, JOURNAL_WORDS } from "../export-formats/export-words.ts";
import { columnWidthOf } from "./export-columns.ts";
import type { ExportLease } from "./export-lease.ts";
import { JOURNAL_BOOKINGS, JOURNAL_CELLS, JOURNAL_ORDER } from "./journal-bookings.ts";
import type { Prepared } from "./prepare-list.ts";
import { readRows } from "./read-export.ts";

/**
 * The bookings of the payouts of a period, for an accounting program. Each payout's debits are its credits: what its
 * lines and its amount do not explain is a booking of its own.
 */
export async function prepareJournal(transaction: Transaction, lease: ExportLease, now: string): Promise<Prepared> {
  const { merchants, request } = lease;
  const { from = null, to = null } = request.period ?? {};
  const values = [merchants, from, to];
  const totals = await transaction.query<TotalRow>(TOTALS, values);
  const count = totals.reduce((sum, row) => sum + row.count, 0n);
  const word = (name: keyof typeof FACT_WORDS) => inLocale(FACT_WORDS[name], request.locale);
  const amount = (minor: string, currency: string) =>
    formatDecimal({ amountMinor: BigInt(minor), currency }).replace(".", decimalSign(request.locale));
  const madeAt = `${now.slice(0, 19)} ${offsetText(now)}`;
  return {
    head: {
      title: word("journal"),
      aboutTitle: word("about"),
      header: `${from ?? "…"} – ${to ?? "…"}`,
      footer: `${lease.id} · ${word("madeAt")} ${madeAt}`,
      locale: request.locale,
      bom: request.bom,
      columns: columnsOf(lease),
      rowCount: count,
      facts: [
        [word("exportId"), lease.epoch === 1 ? lease.id : `${lease.id}/${lease.epoch}`],
        [word("madeAt"), madeAt],
        [word("madeBy"), `${lease.requestedName} (${lease.requestedBy})`],
        [word("merchants"), merchants.join(", ")],
        [word("period"), `${from ?? "…"} – ${to ?? "…"}`],
        [word("rows"), `${count}`],
        ...totals.map(({ currency, debit, credit }): [string, string] => [
          `${word("total")} ${currency}`,
          `${word("debit")} ${amount(debit, currency)}; ${word("credit")} ${amount(credit, currency)}`,
        ]),
      ],
    },
    rows: readRows(transaction, ROWS, values),
    sums: { count, totals: [] },
    coverage: [],
  };
}

type TotalRow = { readonly currency: string; readonly count: bigint; readonly debit: string; readonly credit: string };

function columnsOf({ request }: ExportLease): readonly TableColumn[] {
  return JOURNAL_CELLS.map(({ name, kind }) => ({
    label: inLocale(JOURNAL_WORDS[name], request.locale),
    kind,
    width: columnWidthOf(kind, kind === "text"),
  }));
}

const TOTALS = `
  select currency, count(*) as count, coalesce(sum(debit), 0)::text as debit,
    coalesce(sum(credit), 0)::text as credit
  from (${JOURNAL_BOOKINGS}) booking group by currency order by currency`;

const ROWS = `
  select concat(booking.currency, chr(31), '', chr(31), ${JOURNAL_CELLS.map(({ sql }) => sql).join(", chr(31), ")})
  from (${JOURNAL_BOOKINGS}) booking order by ${JOURNAL_ORDER}`;
