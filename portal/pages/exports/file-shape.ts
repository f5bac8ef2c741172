import type { ExportRowFragment } from "../../generated/pages/exports/exports.ts";
import type { ReportRowFragment } from "../../generated/pages/exports/reports.ts";

export type Column = ExportRowFragment["columns"][number];
export type Format = ExportRowFragment["format"];
export type Locale = ReportRowFragment["locale"];

export const FORMATS = ["CSV", "XLSX", "PDF"] as const satisfies readonly Format[];
export const LOCALES = ["EN", "FR", "NL", "DE"] as const satisfies readonly Locale[];

/** What an amount and a status cannot be read without. */
export const USUAL: readonly Column[] = [
  "DATE",
  "LOCATION",
  "DEVICE",
  "PAYMENT_TYPE",
  "PAYMENT_METHOD",
  "TRANSACTION_NUMBER",
  "MERCHANT_REFERENCE",
  "AUTHORISATION_CODE",
  "STATUS",
  "AMOUNT",
  "CURRENCY",
  "TYPE",
  "STATUS_ORIGIN",
];

/** Open to who may see settlements. */
export const SETTLEMENT: readonly Column[] = [
  "FEES",
  "NET",
  "SETTLEMENT_CURRENCY",
  "SETTLEMENT_STATE",
  "RECONCILIATION_STATE",
  "PAYOUT_REFERENCE",
];

export const COLUMNS: readonly Column[] = [
  ...USUAL,
  "UTC_OFFSET",
  "EVER_MANUAL",
  "PROVIDER",
  "BRAND",
  "LAST4",
  "CAPTURED",
  "REFUNDED",
  "CHARGED_BACK",
  ...SETTLEMENT,
  "BUSINESS_DATE",
  "PROVIDER_REFERENCE",
  "TRANSACTION_ID",
  "ORIGINAL_ID",
  "MERCHANT_ID",
  "LOCATION_ID",
  "TERMINAL_ID",
];
