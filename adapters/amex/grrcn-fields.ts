/** The records of GRRCN: how few cells each has in any version, how many in the newest, and where we find what. */
export const RECORDS = {
  HEADER: { fewest: 7, most: 8 },
  SUMMARY: { fewest: 18, most: 19 },
  TAXRECORD: { fewest: 12, most: 13 },
  SUBMISSION: { fewest: 32, most: 33 },
  TRANSACTN: { fewest: 40, most: 41 },
  TXNPRICING: { fewest: 19, most: 25 },
  CHARGEBACK: { fewest: 28, most: 29 },
  ADJUSTMENT: { fewest: 28, most: 29 },
  FEEREVENUE: { fewest: 15, most: 17 },
  TRAILER: { fewest: 3, most: 4 },
} as const;
export type GrrcnRecord = keyof typeof RECORDS;

/** The cells that every record between header and trailer begins with, fees and revenues excepted. */
const PAYMENT = { payee: 1, accountType: 2, payment: 3, day: 4, currency: 5 } as const;

export const SUMMARY = {
  ...PAYMENT,
  reference: 6,
  net: 7,
  gross: 8,
  opening: 13,
} as const;

export const SUBMISSION = {
  ...PAYMENT,
  submissionCurrency: 10,
  exchangeRate: 12,
  submittedGross: 13,
  gross: 14,
  discount: 15,
  serviceFee: 16,
  tax: 17,
  net: 18,
} as const;

export const TRANSACTION = {
  ...PAYMENT,
  submissionCurrency: 10,
  invoice: 12,
  card: 14,
  amount: 17,
  date: 18,
  time: 19,
  id: 20,
  approval: 21,
  terminal: 22,
  acquirerReference: 25,
  /** One cell further in version 1, which has a cell before the data quality indicator that later versions dropped. */
  rejected: 32,
} as const;

/** Chargebacks and adjustments alike. */
export const DISPUTE = {
  ...PAYMENT,
  invoice: 9,
  card: 11,
  processed: 13,
  number: 16,
  reason: 18,
  gross: 19,
  discount: 20,
  serviceFee: 21,
  tax: 22,
  net: 23,
} as const;

export const FEE = { payee: 1, payment: 2, day: 3, currency: 4, amount: 7, reason: 8, asset: 9, assetTax: 11 } as const;
