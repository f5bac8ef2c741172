import { formatDecimal } from "../../subgraphs/shared/money.ts";

/** One row of the report; amounts are minor units of EUR unless told, signed from the merchant's side, fees negative. */
export type AdyenFacts = {
  readonly account: string;
  readonly batch: string;
  readonly type: string;
  readonly created: string;
  readonly booked: string;
  readonly psp?: string;
  readonly modification?: string;
  readonly merchantReference?: string;
  readonly method?: string;
  readonly variant?: string;
  readonly arn?: string;
  readonly authCode?: string;
  readonly grossMinor?: bigint;
  /** The currency of the gross amount, where it is not EUR, and how many EUR a unit of it is. */
  readonly foreign?: { readonly currency: string; readonly euroPerUnit: string };
  readonly netMinor: bigint;
  readonly fees?: Partial<Readonly<Record<"commission" | "markup" | "schemeFee" | "interchange", bigint>>>;
};

const COLUMNS = [
  "Company Account",
  "Merchant Account",
  "Psp Reference",
  "Merchant Reference",
  "Payment Method",
  "Creation Date",
  "TimeZone",
  "Type",
  "Modification Reference",
  "Gross Currency",
  "Gross Debit (GC)",
  "Gross Credit (GC)",
  "Exchange Rate",
  "Net Currency",
  "Net Debit (NC)",
  "Net Credit (NC)",
  "Commission (NC)",
  "Markup (NC)",
  "Scheme Fees (NC)",
  "Interchange (NC)",
  "Payment Method Variant",
  "Batch Number",
  "Booking Date",
  "Booking Date TimeZone",
  "ARN",
  "Authorisation Code",
];

export const ADYEN_HEADER = COLUMNS.join(",");

/** A row of the report without its line end. */
export function adyenLine(facts: AdyenFacts): string {
  const { grossMinor, netMinor, foreign, fees = {} } = facts;
  return [
    "KorenaarGroup",
    facts.account,
    facts.psp ?? "",
    quoted(facts.merchantReference ?? ""),
    facts.method ?? "",
    facts.created,
    "CET",
    facts.type,
    quoted(facts.modification ?? ""),
    grossMinor === undefined ? "" : (foreign?.currency ?? "EUR"),
    debit(grossMinor),
    credit(grossMinor),
    grossMinor === undefined ? "" : (foreign?.euroPerUnit ?? "1"),
    "EUR",
    debit(netMinor),
    credit(netMinor),
    fee(fees.commission),
    fee(fees.markup),
    fee(fees.schemeFee),
    fee(fees.interchange),
    facts.variant ?? "",
    facts.batch,
    facts.booked,
    "CET",
    facts.arn ?? "",
    facts.authCode ?? "",
  ].join(",");
}

function debit(minor: bigint | undefined): string {
  return minor !== undefined && minor < 0n ? decimal(-minor) : "";
}

function credit(minor: bigint | undefined): string {
  return minor !== undefined && minor >= 0n ? decimal(minor) : "";
}

/** The report shows what a fee takes, so a fee of ours, negative, has no minus there. */
function fee(minor: bigint | undefined): string {
  return minor === undefined ? "" : decimal(-minor);
}

function decimal(amountMinor: bigint): string {
  return formatDecimal({ amountMinor, currency: "EUR" });
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
