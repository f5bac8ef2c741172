import type { Columns } from "../readers/columns.ts";
import { minorUnitsOf } from "../readers/decimal.ts";

/** A row and where its columns stand, which is the same for all rows of a file. */
export class AdyenRow {
  readonly #cells: readonly string[];
  readonly at: Columns<keyof typeof REQUIRED_COLUMNS | keyof typeof OPTIONAL_COLUMNS>;

  constructor(cells: readonly string[], at: AdyenRow["at"]) {
    this.#cells = cells;
    this.at = at;
  }

  /** The text of a column; blank where the file does not have it. */
  text(column: number): string {
    return column === -1 ? "" : this.#cells[column]!;
  }

  /** Minor units of a debit and a credit column together, signed from the merchant's side. */
  signed(debit: number, credit: number, currency: string): bigint {
    return minorUnitsOf(this.text(credit), currency) - minorUnitsOf(this.text(debit), currency);
  }
}

export const REQUIRED_COLUMNS = {
  account: "Merchant Account",
  psp: "Psp Reference",
  merchantReference: "Merchant Reference",
  method: "Payment Method",
  created: "Creation Date",
  createdZone: "TimeZone",
  type: "Type",
  modification: "Modification Reference",
  grossCurrency: "Gross Currency",
  grossDebit: "Gross Debit (GC)",
  grossCredit: "Gross Credit (GC)",
  netCurrency: "Net Currency",
  netDebit: "Net Debit (NC)",
  netCredit: "Net Credit (NC)",
  commission: "Commission (NC)",
  markup: "Markup (NC)",
  schemeFee: "Scheme Fees (NC)",
  interchange: "Interchange (NC)",
  batch: "Batch Number",
} as const;

export const OPTIONAL_COLUMNS = {
  exchangeRate: "Exchange Rate",
  variant: "Payment Method Variant",
  booked: "Booking Date",
  bookedZone: "Booking Date TimeZone",
  arn: "ARN",
  authorisationCode: "Authorisation Code",
  metadata: "Metadata",
} as const;

/** Columns that the report may have and that say nothing we need; Adyen adds them on request. */
const UNREAD_COLUMNS = `
  Company Account, Modification Merchant Reference, Merchant Order Reference, Reserved4, Reserved5, Reserved6,
  Reserved7, Reserved8, Reserved9, Reserved10, Acquirer, Acquirer Auth Code, Advanced (NC), AdvancementCode,
  Advancement Code, Advancement Batch, Airline, Balance Platform Credit, Balance Platform Debit, BIN, Booking Type,
  Card Number, CHB Reason Code, Commercial Card, DCC Markup (NC), Dispute Reference, Funds Destination,
  Global Card Brand, Gratuity Amount, Installments, Invoice Number, Issuer Country, Issuer Name, MCC,
  Payable Batch, Payment Received Date, Payment Received TimeZone, POS Transaction Date, Risk Scoring, Rebate (NC),
  Shopper Country, Shopper Email, Shopper Interaction, Shopper Name, Shopper Reference, Split Payment Data,
  Split Settlement, Store, Submerchant Identifier, Surcharge Amount, Terminal ID, Traffic Source, Unique Terminal ID,
  User Name, Value Date, Value Date TimeZone`;

export const KNOWN_COLUMNS: ReadonlySet<string> = new Set([
  ...Object.values(REQUIRED_COLUMNS),
  ...Object.values(OPTIONAL_COLUMNS),
  ...UNREAD_COLUMNS.split(",").map((name) => name.trim()),
]);
