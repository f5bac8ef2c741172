/** The columns of both reports of PayPal's; the transaction detail report says the status beside them. */
export const REQUIRED = {
  id: "Transaction ID",
  invoice: "Invoice ID",
  reference: "PayPal Reference ID",
  referenceType: "PayPal Reference ID Type",
  code: "Transaction Event Code",
  initiated: "Transaction Initiation Date",
  completed: "Transaction Completion Date",
  direction: "Transaction Debit or Credit",
  gross: "Gross Transaction Amount",
  currency: "Gross Transaction Currency",
  feeDirection: "Fee Debit or Credit",
  fee: "Fee Amount",
  feeCurrency: "Fee Currency",
} as const;

export const OPTIONAL = {
  custom: "Custom Field",
  store: "Store ID",
  bank: "Bank Reference ID",
  creditFee: "Credit Transactional Fee",
  promotionalFee: "Credit Promotional Fee",
} as const;

/** In the transaction detail report alone, and how the two are told apart. */
export const STATUS = { status: "Transactional Status" } as const;

/** Columns that say who paid, where they live and what they wrote: blanked before a row is kept. */
export const PERSONAL: readonly string[] = [
  "Consumer ID",
  "Payer's Account ID",
  "Payer Address Status",
  "Transaction Subject",
  "Transaction Note",
  "Auction Buyer ID",
  "Shipping Name",
  "First Name",
  "Last Name",
  "Consumer Business Name",
  "Loyalty Card Number",
  ...["Shipping", "Secondary Shipping", "Billing"].flatMap((kind) =>
    ["Line1", "Line2", "City", "State", "Zip", "Country"].map((part) => `${kind} Address ${part}`),
  ),
];

/** Every column either report has or had. */
export const KNOWN: ReadonlySet<string> = new Set([
  "CH",
  ...Object.values(REQUIRED),
  ...Object.values(OPTIONAL),
  ...Object.values(STATUS),
  ...PERSONAL,
  "Payment Tracking ID",
  "Credit Term",
  "Insurance Amount",
  "Sales Tax Amount",
  "Shipping Amount",
  "Item Name",
  "Item ID",
  "Option 1 Name",
  "Option 1 Value",
  "Option 2 Name",
  "Option 2 Value",
  "Auction Site",
  "Auction Closing Date",
  "Shipping Method",
  "Card Type",
  "Payment Source",
  "Authorization Review Status",
  "Protection Eligibility",
  "Coupons",
  "Special Offers",
  "Checkout Type",
  "3PL Reference ID",
  "Gift Card ID",
  "Terminal ID",
]);
