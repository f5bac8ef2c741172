import type { CsvRecord, Layout } from "../readers/records.ts";

const REQUIRED = {
  entity: "Client Entity ID",
  type: "Type",
  payment: "Payment ID",
  reference: "Reference",
  processed: "Processed On",
  currency: "Holding Currency",
  payout: "Payout ID",
  gross: "Gross In Holding Currency",
  deduction: "Deduction In Holding Currency",
  net: "Net In Holding Currency",
} as const;

const OPTIONAL = {
  processedUtc: "Processed On UTC",
  available: "Available On",
  payoutDate: "Payout Date",
  zone: "Timezone",
  scheme: "Scheme Fee In Holding Currency",
  interchange: "Interchange In Holding Currency",
  tax: "Tax In Holding Currency",
  reserve: "Reserve In Holding Currency",
  shopperCurrency: "Processing Currency",
  shopperGross: "Gross In Processing Currency",
  rate: "FX Rate Applied",
  method: "Payment Method",
  cardType: "Card Type",
  cardCategory: "Card Category",
  cardProduct: "Card Product Type",
  bin: "Bin",
  arn: "Acquirer Reference Number",
  action: "Action ID",
} as const;

/** What the report has and the adapter does not read; the names and the merchant's own fields may tell of people. */
const UNREAD = new Set([
  ..."Client Entity Name|Processing Channel ID|Processing Channel Name|Available On UTC|Issuer Country".split("|"),
  ..."Processing Fee In Holding Currency|Net In Processing Currency|Entity Country|Region|Payment Type".split("|"),
  ..."Issuing Bank|Invoice Number|Sub Entity ID|Sub Entity Name|Currency Account ID|Currency Account Name".split("|"),
  ..."Merchant Category Code|MCC|Segment|Entity Country Code|Acquirer Country|Breakdown Type|Payment Method Name".split(
    "|",
  ),
]);

export type BreakdownRecord = CsvRecord<keyof typeof REQUIRED | keyof typeof OPTIONAL>;

export const BREAKDOWN: Layout<keyof typeof REQUIRED, keyof typeof OPTIONAL> = {
  format: { delimiter: ",", encoding: "utf-8" },
  required: REQUIRED,
  optional: OPTIONAL,
  unread: (column) => UNREAD.has(column) || USER_FIELD.test(column),
  personal: (column) => USER_FIELD.test(column),
};

const USER_FIELD = /^UDF\d$/i;
