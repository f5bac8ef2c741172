/** What a list can be counted by, and what of a row `t` that is. */
export const FACET_COLUMNS = {
  STATUS: "t.status",
  STATUS_ORIGIN: "t.status_origin",
  TYPE: "t.type",
  FAMILY: "t.family",
  PROVIDER: "t.provider",
  ISSUER: ofVoucher("issuer"),
  PURSE: ofVoucher("purse"),
  PAYMENT_TYPE: "t.payment_type",
  PAYMENT_METHOD: "t.payment_method",
  BRAND: "t.brand",
  ENTRY_MODE: "t.entry_mode",
  LOCATION: "t.location_id",
  TERMINAL: "t.terminal_id",
  APPLICATION: `(select x.application from accounts.terminal x
    where x.merchant_id = t.merchant_id and x.id = t.terminal_id)`,
  REFUND_STATE: "t.refund_state",
  DISPUTE_STATE: "t.dispute_state",
  SETTLEMENT_STATE: "t.settlement_state",
  RECONCILIATION_STATE: "t.reconciliation_state",
} as const satisfies Record<string, string>;

export type FacetField = keyof typeof FACET_COLUMNS;
export const FACET_FIELDS = Object.keys(FACET_COLUMNS) as readonly FacetField[];

function ofVoucher(column: string): string {
  return `(select d.${column} from e_vouchers.detail d
    where t.family = 'E_VOUCHER' and d.merchant_id = t.merchant_id and d.transaction_id = t.id)`;
}
