import { formatDecimal } from "../../subgraphs/shared/money.ts";

/** One row of Adyen's settlement detail report; amounts in minor units, signed from the merchant's side. */
export type AdyenLine = {
  readonly type?: string;
  readonly psp?: string;
  readonly modification?: string;
  readonly gross: number;
  /** What the acquirer keeps, positive. */
  readonly fee?: number;
  readonly currency?: string;
  readonly created?: string;
  readonly booked?: string;
  readonly arn?: string;
  readonly authorisation?: string;
  readonly method?: string;
  readonly merchantReference?: string;
};

/** A report whose batch nets to zero by its payout, unless told otherwise. */
export function adyenReport(
  account: string,
  lines: readonly AdyenLine[],
  { batch = "7", payout = true, columns = ADYEN_COLUMNS as readonly AdyenColumn[], lineEnd = "\n" } = {},
): string {
  const rows = lines.map((line) => adyenCells(account, batch, line));
  const net = lines.reduce((sum, { gross, fee = 0 }) => sum + gross - fee, 0);
  if (payout) {
    rows.push({
      ...adyenCells(account, batch, {
        type: "MerchantPayout",
        ...(lines[0]?.currency && { currency: lines[0].currency }),
        gross: 0,
        modification: `TX${batch}XT batch ${batch}`,
      }),
      ...EMPTY_GROSS,
      "Net Debit (NC)": net > 0 ? decimal(net) : "",
      "Net Credit (NC)": net > 0 ? "" : decimal(-net),
    });
  }
  const text = [columns.join(","), ...rows.map((row) => columns.map((column) => row[column]).join(","))];
  return `${text.join(lineEnd)}${lineEnd}`;
}

export const ADYEN_COLUMNS = [
  "Batch Number",
  "Type",
  "Psp Reference",
  "Modification Reference",
  "Merchant Account",
  "Merchant Reference",
  "Payment Method",
  "Creation Date",
  "TimeZone",
  "Booking Date",
  "Booking Date TimeZone",
  "Net Currency",
  "Net Debit (NC)",
  "Net Credit (NC)",
  "Gross Currency",
  "Gross Debit (GC)",
  "Gross Credit (GC)",
  "Commission (NC)",
  "Markup (NC)",
  "Scheme Fees (NC)",
  "Interchange (NC)",
  "ARN",
  "Authorisation Code",
] as const;
type AdyenColumn = (typeof ADYEN_COLUMNS)[number];

const EMPTY_GROSS = { "Gross Currency": "", "Gross Debit (GC)": "", "Gross Credit (GC)": "", "Markup (NC)": "" };

function adyenCells(account: string, batch: string, line: AdyenLine): Record<AdyenColumn, string> {
  const { type = "Settled", psp = "", gross, fee = 0, currency = "EUR" } = line;
  const net = gross - fee;
  return {
    "Batch Number": batch,
    Type: type,
    "Psp Reference": psp,
    "Modification Reference": line.modification ?? (psp && `C${psp}`),
    "Merchant Account": account,
    "Merchant Reference": line.merchantReference ?? "",
    "Payment Method": line.method ?? "mc",
    "Creation Date": line.created ?? "2026-11-02 12:00:00",
    TimeZone: "CET",
    "Booking Date": line.booked ?? "2026-11-09 06:00:00",
    "Booking Date TimeZone": "CET",
    "Net Currency": currency,
    "Net Debit (NC)": net < 0 ? decimal(-net, currency) : "",
    "Net Credit (NC)": net < 0 ? "" : decimal(net, currency),
    "Gross Currency": currency,
    "Gross Debit (GC)": gross < 0 ? decimal(-gross, currency) : "",
    "Gross Credit (GC)": gross < 0 ? "" : decimal(gross, currency),
    "Commission (NC)": "",
    "Markup (NC)": fee === 0 ? "" : decimal(fee, currency),
    "Scheme Fees (NC)": "",
    "Interchange (NC)": "",
    ARN: line.arn ?? "",
    "Authorisation Code": line.authorisation ?? "",
  };
}

function decimal(amountMinor: number, currency = "EUR"): string {
  return formatDecimal({ amountMinor: BigInt(amountMinor), currency });
}

/** One payment as a terminal tells it. */
export type JournalEntry = {
  readonly amount: number;
  readonly circuit?: string;
  readonly account?: string;
  readonly type?: "sale" | "refund" | "void";
  readonly status?: string;
  readonly time?: string;
  readonly stan?: string;
  readonly pspReference?: string;
  readonly originalReference?: string;
  readonly arn?: string;
  readonly authCode?: string;
  readonly maskedPan?: string;
  readonly merchantReference?: string;
  readonly ticket?: string;
  readonly product?: string;
};

export function terminalJournal(terminal: string, entries: readonly JournalEntry[]): string {
  const header = { from: "2026-11-01", to: "2026-11-30", zone: "Europe/Brussels", generatedAt: "2026-12-01T02:00:00Z" };
  const sum = entries.reduce((total, { amount, type = "sale" }) => total + (type === "sale" ? amount : -amount), 0);
  const records = [
    { record: "journal", merchant: "Shop", ...header },
    ...entries.map(({ amount, ...entry }) => ({
      terminal,
      time: "2026-11-02 12:00:00",
      circuit: "ADYEN",
      type: "sale",
      status: "processing",
      amount: decimal(amount),
      currency: "EUR",
      brand: "mastercard",
      ...entry,
    })),
    { record: "end", count: `${entries.length}`, totals: [{ currency: "EUR", amountMinor: `${sum}` }] },
  ];
  return `${records.map((record) => JSON.stringify(record)).join("\n")}\n`;
}

/** One voucher of a reimbursement; `sign` D takes money back. */
export type EdenredLine = {
  readonly transaction: string;
  readonly amount: number;
  readonly sign?: "C" | "D";
  readonly commission?: number;
  readonly terminal?: string;
  readonly authorisation?: string;
  readonly original?: string;
};

export function edenredFile(affiliate: string, lines: readonly EdenredLine[], payout = "EDR-1"): string {
  const signed = lines.map(({ amount, commission = 0, sign = "C" }) => {
    const way = sign === "C" ? 1 : -1;
    return { gross: way * amount, commission: way * commission };
  });
  const total = (key: "gross" | "commission") => signed.reduce((sum, each) => sum + each[key], 0);
  const rows = lines.map(
    ({ transaction, amount, sign = "C", terminal = "", authorisation = "", original = "" }, index) => {
      const { gross, commission } = signed[index]!;
      const facts = [terminal, affiliate, "20261102", "120000", "ETR", amount, amount, sign, authorisation];
      return [
        "D",
        index + 1,
        transaction,
        ...facts,
        "534123XXXXXX4321",
        "00",
        commission,
        gross - commission,
        payout,
        original,
      ];
    },
  );
  return [
    ["H", affiliate, "BE0123456749", "20261102", "20261108", "EUR", "20261110"],
    ...rows,
    ["T", lines.length, total("gross"), total("commission"), 0, total("gross") - total("commission"), payout],
  ]
    .map((cells) => cells.join(";"))
    .join("\n");
}
