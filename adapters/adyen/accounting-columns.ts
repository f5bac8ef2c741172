/** The columns of the payment accounting report that the adapter reads; amounts are (PC) the shopper's, (SC) settled. */
export const REQUIRED = {
  account: "Merchant Account",
  psp: "Psp Reference",
  merchantReference: "Merchant Reference",
  method: "Payment Method",
  booked: "Booking Date",
  zone: "TimeZone",
  type: "Record Type",
  modification: "Modification Psp Reference",
  mainCurrency: "Main Currency",
  mainAmount: "Main Amount",
  currency: "Payment Currency",
  received: "Received (PC)",
  authorised: "Authorised (PC)",
  captured: "Captured (PC)",
} as const;

export const OPTIONAL = {
  variant: "Payment Method Variant",
  settlementCurrency: "Settlement Currency",
  payable: "Payable (SC)",
  commission: "Commission (SC)",
  markup: "Markup (SC)",
  schemeFee: "Scheme Fees (SC)",
  interchange: "Interchange (SC)",
  original: "Original Amount",
  authorisationCode: "Acquirer Auth Code",
  arn: "ARN",
} as const;

/** Who paid, and what shops attach to a payment, which may be an address: blanked before a row is kept. */
export const PERSONAL: readonly string[] = ["Shopper Reference", "Metadata", "Shopper Name", "Shopper Email"];

/** Adyen writes this one twice into some reports. The two agree, or the row says which it means to nobody. */
export const TWICE = "Settlement Currency";

export const KNOWN: ReadonlySet<string> = new Set([
  ...Object.values(REQUIRED),
  ...Object.values(OPTIONAL),
  ...PERSONAL,
  "Company Account",
  "Creation Date",
  "Payable Batch",
  "Payout Date",
  "Exchange Rate",
  "Processing Fee Currency",
  "Processing Fee (FC)",
  "Shopper Country",
  "Modification Merchant Reference",
  "Advancement Batch",
  "Advancement Code",
  "Merchant Order Reference",
  "Payment Account Reference",
  "DCC Markup (SC)",
  "Surcharge Amount",
  "Booking Type",
  "Gross Fees (SC)",
  "Payment Fees (SC)",
  "Dispute Reference",
  ...Array.from({ length: 10 }, (_, index) => `Reserved${index + 1}`),
]);
