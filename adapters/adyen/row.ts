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
} as const;
