import { formatDecimal } from "../../subgraphs/shared/money.ts";

/** One row; amounts are cents, `grossMinor` negative where money goes back, commission and VAT as the file shows them. */
export type PluxeeFacts = {
  readonly account: string;
  readonly terminal: string;
  /** Clock of Brussels, "YYYY-MM-DD HH:MM:SS". */
  readonly time: string;
  readonly product: string;
  readonly transaction: string;
  readonly grossMinor: bigint;
  readonly commissionMinor: bigint;
  readonly taxMinor: bigint;
  readonly status: string;
  readonly payout?: string;
  readonly requestedMinor?: bigint;
  readonly authCode?: string;
  readonly original?: string;
  readonly ticket?: string;
};

export type PluxeeTransfer = { readonly reference: string; readonly account: string; readonly paidOn: string };

const COLUMNS = [
  ...["Datum/Date", "Uur/Heure", "Affiliatie/Affiliation", "Terminal", "Product/Produit", "Transactie/Transaction"],
  ...["Bruto/Brut", "Commissie/Commission", "BTW/TVA", "Netto/Net", "Status/Statut"],
  ...["Stortingsreferentie/Référence virement", "Gevraagd/Demandé", "Autorisatie/Autorisation"],
  ...["Oorspronkelijke transactie/Transaction d'origine", "Kasticket/Ticket"],
];

/** A whole statement, as the bytes of ISO-8859-1 that it is sent in. */
export function pluxeeStatement(facts: readonly PluxeeFacts[], transfers: readonly PluxeeTransfer[]): Buffer {
  const totals = transfers.map((transfer) => totalOf(transfer, facts));
  const end = row({ status: "Einde/Fin", transaction: String(facts.length) });
  const lines = [COLUMNS.join(";"), ...facts.map(factsRow), ...totals, end];
  return Buffer.from(lines.map((line) => `${line}\r\n`).join(""), "latin1");
}

/** Three percent, and 21 percent VAT on it, each to the nearest cent. */
export function pluxeeFees(grossMinor: bigint): Pick<PluxeeFacts, "commissionMinor" | "taxMinor"> {
  const sign = grossMinor < 0n ? -1n : 1n;
  const commission = (grossMinor * sign * 3n + 50n) / 100n;
  return { commissionMinor: sign * commission, taxMinor: sign * ((commission * 21n + 50n) / 100n) };
}

type Cells = Partial<Record<keyof typeof ORDER, string>>;
const ORDER = {
  date: 0,
  time: 1,
  account: 2,
  terminal: 3,
  product: 4,
  transaction: 5,
  gross: 6,
  commission: 7,
  tax: 8,
  net: 9,
  status: 10,
  payout: 11,
  requested: 12,
  authCode: 13,
  original: 14,
  ticket: 15,
} as const;

function row(cells: Cells): string {
  return Object.keys(ORDER)
    .map((column) => quoted(cells[column as keyof Cells] ?? ""))
    .join(";");
}

function factsRow(facts: PluxeeFacts): string {
  const { grossMinor, commissionMinor, taxMinor, requestedMinor } = facts;
  return row({
    date: day(facts.time),
    time: facts.time.slice(11),
    account: facts.account,
    terminal: facts.terminal,
    product: facts.product,
    transaction: facts.transaction,
    ...amounts({ gross: grossMinor, commission: commissionMinor, tax: taxMinor }),
    status: facts.status,
    payout: facts.payout ?? "",
    requested: requestedMinor === undefined ? "" : decimal(requestedMinor),
    authCode: facts.authCode ?? "",
    original: facts.original ?? "",
    ticket: facts.ticket ?? "",
  });
}

function totalOf({ reference, account, paidOn }: PluxeeTransfer, facts: readonly PluxeeFacts[]): string {
  const own = facts.filter(({ payout }) => payout === reference);
  const sum = (pick: (each: PluxeeFacts) => bigint) => own.reduce((total, each) => total + pick(each), 0n);
  const sums = {
    gross: sum((f) => f.grossMinor),
    commission: sum((f) => f.commissionMinor),
    tax: sum((f) => f.taxMinor),
  };
  const place = { date: day(paidOn), account, transaction: String(own.length), payout: reference };
  return row({ ...place, ...amounts(sums), status: "Totaal/Total" });
}

function amounts({ gross, commission, tax }: { gross: bigint; commission: bigint; tax: bigint }) {
  const net = gross - commission - tax;
  return { gross: decimal(gross), commission: decimal(commission), tax: decimal(tax), net: decimal(net) };
}

/** Decimal comma, and dots between thousands. */
function decimal(amountMinor: bigint): string {
  const [units = "", cents] = formatDecimal({ amountMinor, currency: "EUR" }).split(".");
  return `${units.replace(/\B(?=(?:\d{3})+$)/g, ".")},${cents}`;
}

function day(date: string): string {
  return date.slice(0, 10).split("-").reverse().join("-");
}

function quoted(text: string): string {
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
