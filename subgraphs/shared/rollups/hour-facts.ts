/** What an hour is summed by, as columns of `transactions.hour_sum`. */
export const SUMMED_BY = [
  "family",
  "provider",
  "location_id",
  "terminal_id",
  "payment_type",
  "payment_method",
  "brand",
  "issuer",
  "purse",
  "type",
  "base_status",
  "status",
  "status_origin",
  "reason",
  "currency",
  "settled_currency",
] as const;
export type SummedBy = (typeof SUMMED_BY)[number];

/** What is summed, each column by its name in the transaction. */
export const SUMMED = ["amount_minor", "captured_minor", "settled_fee_minor", "settled_net_minor"] as const;

/**
 * The rows that are counted at all: what waits for a person is in no figure, and neither is a provisional row that a
 * better one replaced.
 */
export const COUNTED = "t.superseded_by is null and t.base_status <> 'MANUAL_INTERVENTION'";

/** Columns that stand beside the transaction: what joins them to `t`, and what each is. */
const BESIDE = {
  issuer: "detail",
  purse: "detail",
  reason: "decider",
} as const satisfies Partial<Record<SummedBy, string>>;

const JOINS = {
  detail: `left join e_vouchers.detail detail
    on t.family = 'E_VOUCHER' and detail.merchant_id = t.merchant_id and detail.transaction_id = t.id`,
  // Why something succeeded is nobody's question; the events of the few that did not are asked for one by one.
  decider: `left join lateral (
      select e.reason from transactions.transaction_event e
      where t.base_status in ('REFUSED', 'FAILED') and e.merchant_id = t.merchant_id
        and e.transaction_id = t.id and e.id = t.deciding_event offset 0
    ) decider on true`,
} as const;

/** SQL of a column of a transaction `t`, with `joinsFor` it. */
export function factColumn(column: SummedBy): string {
  return column in BESIDE ? `${BESIDE[column as keyof typeof BESIDE]}.${column}` : `t.${column}`;
}

/** SQL: what has to be joined to `t` for those columns. */
export function joinsFor(columns: readonly SummedBy[]): string {
  const needed = new Set(
    columns.flatMap((column) => (column in BESIDE ? [BESIDE[column as keyof typeof BESIDE]] : [])),
  );
  return [...needed].map((name) => JOINS[name]).join("\n");
}

/** SQL: the sums of transactions, hour by hour, as they are kept; `rows` joins `transactions.transaction t`. */
export function sumsByHour(rows: string): string {
  return `
  select t.merchant_id, date_bin('1 hour', t.occurred_at, 'epoch') as hour,
    ${SUMMED_BY.map((column) => `${factColumn(column)} as ${column}`).join(", ")}, count(*) as count,
    ${SUMMED.map((column) => `coalesce(sum(t.${column}), 0) as ${column}`).join(", ")}
  from ${rows}
  ${joinsFor(SUMMED_BY)}
  where ${COUNTED}
  group by 1, 2, ${SUMMED_BY.map(factColumn).join(", ")}`;
}
