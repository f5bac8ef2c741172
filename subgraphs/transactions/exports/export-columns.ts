/** What a cell holds. Money is minor units of the row's own currency, or of the one that it was settled in. */
export type CellKind = "text" | "word" | "boolean" | "date" | "time" | "offset" | "money" | "settledMoney";

type ColumnSource = { readonly kind: CellKind; readonly sql: string };

/** SQL: a text that a person or a provider wrote, without the mark that stands between cells. */
const written = (column: string) => `translate(${column}, chr(31), ' ')`;

/**
 * The columns of an export, in the order of a file that names none: what the overview shows, then what it does not.
 * `time` and `offset` are PostgreSQL's own text of an instant in the export's zone, so that both are of that clock.
 */
export const EXPORT_COLUMN_SOURCES = {
  DATE: { kind: "time", sql: "t.occurred_at::text" },
  UTC_OFFSET: { kind: "offset", sql: "t.occurred_at::text" },
  LOCATION: { kind: "text", sql: written("location.name") },
  DEVICE: { kind: "text", sql: written("concat_ws(' / ', terminal.tid, terminal.application)") },
  PAYMENT_TYPE: { kind: "word", sql: "t.payment_type" },
  PAYMENT_METHOD: { kind: "text", sql: written("t.payment_method") },
  TRANSACTION_NUMBER: { kind: "text", sql: written("t.transaction_number") },
  MERCHANT_REFERENCE: { kind: "text", sql: written("t.merchant_reference") },
  AUTHORISATION_CODE: { kind: "text", sql: written("t.authorisation_code") },
  STATUS: { kind: "word", sql: "t.status" },
  AMOUNT: { kind: "money", sql: "t.amount_minor" },
  CURRENCY: { kind: "text", sql: "t.currency" },
  TYPE: { kind: "word", sql: "t.type" },
  STATUS_ORIGIN: { kind: "word", sql: "t.status_origin" },
  EVER_MANUAL: { kind: "boolean", sql: "t.ever_manual" },
  PROVIDER: { kind: "text", sql: "t.provider" },
  BRAND: { kind: "text", sql: written("t.brand") },
  LAST4: { kind: "text", sql: written("t.last4") },
  CAPTURED: { kind: "money", sql: "t.captured_minor" },
  REFUNDED: { kind: "money", sql: "t.refunded_minor" },
  CHARGED_BACK: { kind: "money", sql: "t.charged_back_minor" },
  FEES: { kind: "settledMoney", sql: "t.settled_fee_minor" },
  NET: { kind: "settledMoney", sql: "t.settled_net_minor" },
  SETTLEMENT_CURRENCY: { kind: "text", sql: "t.settled_currency" },
  SETTLEMENT_STATE: { kind: "word", sql: "t.settlement_state" },
  RECONCILIATION_STATE: { kind: "word", sql: "t.reconciliation_state" },
  PAYOUT_REFERENCE: { kind: "text", sql: written("payout.reference") },
  BUSINESS_DATE: { kind: "date", sql: "t.business_date" },
  PROVIDER_REFERENCE: { kind: "text", sql: written("t.provider_reference") },
  TRANSACTION_ID: { kind: "text", sql: "t.id" },
  ORIGINAL_ID: { kind: "text", sql: "t.original_id" },
  MERCHANT_ID: { kind: "text", sql: "t.merchant_id" },
  LOCATION_ID: { kind: "text", sql: "t.location_id" },
  TERMINAL_ID: { kind: "text", sql: "t.terminal_id" },
} as const satisfies Record<string, ColumnSource>;

export type ExportColumn = keyof typeof EXPORT_COLUMN_SOURCES;
export const EXPORT_COLUMNS = Object.keys(EXPORT_COLUMN_SOURCES) as readonly ExportColumn[];

/** What the overview shows, and what its amounts and statuses cannot be read without. */
export const OVERVIEW_COLUMNS = [
  "DATE",
  "LOCATION",
  "DEVICE",
  "PAYMENT_TYPE",
  "PAYMENT_METHOD",
  "TRANSACTION_NUMBER",
  "MERCHANT_REFERENCE",
  "AUTHORISATION_CODE",
  "STATUS",
  "STATUS_ORIGIN",
  "TYPE",
  "AMOUNT",
  "CURRENCY",
] as const satisfies readonly ExportColumn[];

/** In points of a printed page, by what a cell holds; ids and references are as long as they are. */
export function columnWidth(column: ExportColumn): number {
  if (column === "CURRENCY" || column === "LAST4") return 34;
  return columnWidthOf(EXPORT_COLUMN_SOURCES[column].kind, /_ID$|REFERENCE$|NUMBER$|DEVICE|LOCATION/.test(column));
}

export function columnWidthOf(kind: CellKind, isLong: boolean): number {
  return isLong ? 112 : WIDTHS[kind];
}

const WIDTHS = {
  text: 76,
  word: 68,
  boolean: 34,
  date: 44,
  time: 74,
  offset: 44,
  money: 58,
  settledMoney: 58,
} as const satisfies Record<CellKind, number>;

/** What settlements tell: to be had by who may see those. */
export const SETTLEMENT_COLUMNS = [
  "FEES",
  "NET",
  "SETTLEMENT_CURRENCY",
  "SETTLEMENT_STATE",
  "RECONCILIATION_STATE",
  "PAYOUT_REFERENCE",
] as const satisfies readonly ExportColumn[];

export const tellsOfSettlements = (column: ExportColumn) => SETTLEMENT_COLUMNS.some((known) => known === column);

/** What stands beside the transactions, and is not kept as it was. */
export const isOfNowAlone = (column: ExportColumn) => column === "PAYOUT_REFERENCE";

/** What a column's cells need beside the transaction itself; nothing else is joined. */
export const COLUMN_JOINS: readonly (readonly [columns: readonly ExportColumn[], join: string])[] = [
  [
    ["LOCATION"],
    "left join accounts.location location on location.merchant_id = t.merchant_id and location.id = t.location_id",
  ],
  [
    ["DEVICE"],
    "left join accounts.terminal terminal on terminal.merchant_id = t.merchant_id and terminal.id = t.terminal_id",
  ],
  [
    ["PAYOUT_REFERENCE"],
    `left join lateral (
      select string_agg(distinct p.reference, ', ' order by p.reference) as reference
      from reconciliation.claim c
      join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
      join reconciliation.settlement_batch b on b.merchant_id = l.merchant_id and b.id = l.batch_id
      join reconciliation.payout p on p.merchant_id = b.merchant_id and p.id = b.payout_id
      where c.merchant_id = t.merchant_id and c.transaction_id = t.id and c.released_at is null
    ) payout on true`,
  ],
];
