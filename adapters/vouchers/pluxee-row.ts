import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Outcome, ProviderEvent, VoucherFacts } from "../../subgraphs/shared/event.ts";
import { formatDecimal, parseAmount } from "../../subgraphs/shared/money.ts";
import { calendarDate, zonedInstant } from "../../subgraphs/shared/time.ts";
import { meaningIn } from "../readers/closed-list.ts";
import type { CsvRecord } from "../readers/records.ts";
import { pluxeePurse, voucherPayment } from "./purses.ts";

export const CURRENCY = "EUR";
const ZONE = "Europe/Brussels";

export const PLUXEE_COLUMNS = {
  date: "Datum/Date",
  time: "Uur/Heure",
  account: "Affiliatie/Affiliation",
  terminal: "Terminal",
  product: "Product/Produit",
  transaction: "Transactie/Transaction",
  gross: "Bruto/Brut",
  commission: "Commissie/Commission",
  tax: "BTW/TVA",
  net: "Netto/Net",
  status: "Status/Statut",
  payout: "Stortingsreferentie/Référence virement",
} as const;

/** What the till asked for, where the pass held less; the code of the approval; for money going back, its purchase. */
export const PLUXEE_OPTIONAL_COLUMNS = {
  requested: "Gevraagd/Demandé",
  authorisation: "Autorisatie/Autorisation",
  original: "Oorspronkelijke transactie/Transaction d'origine",
  ticket: "Kasticket/Ticket",
} as const;

export type PluxeeColumn = keyof typeof PLUXEE_COLUMNS | keyof typeof PLUXEE_OPTIONAL_COLUMNS;
export type PluxeeRow = CsvRecord<PluxeeColumn>;

/** Signed from the merchant's side; commission and tax are what is kept, so negative where money came in. */
export type PluxeeAmounts = {
  readonly gross: bigint;
  readonly commission: bigint;
  readonly tax: bigint;
  readonly net: bigint;
};

export function amountsOf(row: PluxeeRow): PluxeeAmounts {
  const read = (column: PluxeeColumn) => parseAmount(row.text(column), CURRENCY, ",").amountMinor;
  return { gross: read("gross"), commission: -read("commission"), tax: -read("tax"), net: read("net") };
}

/** What a row is: a voucher with what became of it, a correction, the sum of a payout, or the end. */
export type PluxeeKind = "approved" | "refused" | "cancelled" | "failed" | "correction" | "total" | "end";

/** Statements are in two languages at once; a word of either is enough. */
export function kindOf(row: PluxeeRow): PluxeeKind {
  const words = row.text("status").toLowerCase().split("/");
  const kinds = new Set(words.map((word) => (Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined)));
  const [kind] = kinds;
  return kinds.size === 1 && kind !== undefined ? kind : meaningIn(STATUSES, "status", row.text("status"));
}

const STATUSES: Readonly<Record<string, PluxeeKind>> = {
  ...{ goedgekeurd: "approved", approuvé: "approved", geweigerd: "refused", refusé: "refused" },
  ...{ geannuleerd: "cancelled", annulé: "cancelled", mislukt: "failed", échoué: "failed" },
  ...{ correctie: "correction", correction: "correction", totaal: "total", total: "total", einde: "end", fin: "end" },
};

const OUTCOMES: Readonly<Partial<Record<PluxeeKind, Outcome>>> = {
  refused: { status: "REFUSED", certainty: "DEFINITIVE" },
  cancelled: { status: "CANCELLED", certainty: "DEFINITIVE" },
  failed: { status: "FAILED", certainty: "INDETERMINATE" },
};

const UNPAID: Outcome = { status: "PROCESSING", certainty: "INDETERMINATE" };
const PAID: Outcome = { status: "SUCCESS", certainty: "DEFINITIVE" };

/** A voucher. An approved purchase on a payout has no outcome: the terminal reported it, and it succeeds by claiming this row. */
export function voucherEvent(row: PluxeeRow, kind: PluxeeKind, amounts: PluxeeAmounts): ProviderEvent {
  const reference = row.text("transaction");
  if (reference === "") throw new AppError("INVALID_INPUT", "the row has no transaction");
  const isRefund = amounts.gross < 0n;
  const booking = bookingOf(row, amounts);
  const refusal = OUTCOMES[kind];
  if (refusal && booking) throw new AppError("INVALID_INPUT", `a voucher that was ${kind} is paid out`);
  const outcome = refusal ?? (booking ? (isRefund ? PAID : undefined) : UNPAID);
  const voucher = voucherOf(row);
  const original = row.text("original");
  return {
    kind: isRefund ? "REFUND" : "SALE",
    ...baseOf(row),
    ...(row.text("terminal") !== "" && { terminal: row.text("terminal") }),
    identity: [reference, kind, row.text("payout")].join("|"),
    reference,
    ...(isRefund && original !== "" && { originalReference: original }),
    amount: { amountMinor: isRefund ? -amounts.gross : amounts.gross, currency: CURRENCY },
    ...(outcome && { outcome }),
    ...(booking && { booking }),
    payment: {
      ...voucherPayment(voucher),
      ...(row.text("authorisation") !== "" && { authorisationCode: row.text("authorisation") }),
      ...(row.text("ticket") !== "" && { ticket: row.text("ticket") }),
    },
    voucher,
  };
}

/** Money that the issuer gives or takes without a voucher. */
export function correctionEvent(row: PluxeeRow, amounts: PluxeeAmounts): ProviderEvent {
  const booking = bookingOf(row, amounts);
  if (!booking) throw new AppError("INVALID_INPUT", "a correction is on no payout");
  const { gross } = amounts;
  return {
    kind: "ADJUSTMENT",
    ...baseOf(row),
    identity: ["correction", row.text("transaction"), row.text("payout"), row.text("date")].join("|"),
    amount: { amountMinor: gross < 0n ? -gross : gross, currency: CURRENCY },
    booking,
  };
}

/** The money leaving for the bank, from the row that sums a payout. */
export function transferEvent(row: PluxeeRow, { net }: PluxeeAmounts): ProviderEvent {
  const leaving = { amountMinor: -net, currency: CURRENCY };
  const payout = row.text("payout");
  return {
    kind: "PAYOUT",
    ...baseOf(row),
    identity: `payout|${payout}`,
    amount: { amountMinor: net < 0n ? -net : net, currency: CURRENCY },
    booking: { ...bookedOn(row), valueDate: dateOf(row), gross: leaving, fees: {}, net: leaving },
  };
}

function baseOf(row: PluxeeRow) {
  const account = row.text("account");
  if (account === "") throw new AppError("INVALID_INPUT", "the row has no affiliation");
  const time = row.text("time") === "" ? "00:00:00" : row.text("time");
  const occurredAt = zonedInstant(`${dateOf(row)} ${time}`, ZONE);
  return { family: "E_VOUCHER", provider: "pluxee", account, occurredAt, rawStatus: row.text("status") } as const;
}

function dateOf(row: PluxeeRow): string {
  return calendarDate(row.text("date"), "DD-MM-YYYY");
}

function bookedOn(row: PluxeeRow) {
  const payout = row.text("payout");
  return { batch: payout, bookingDate: dateOf(row), payoutReference: payout };
}

/** Undefined while the voucher is on no payout. The three parts must make the net. */
function bookingOf(row: PluxeeRow, { gross, commission, tax, net }: PluxeeAmounts): Booking | undefined {
  if (row.text("payout") === "") return undefined;
  if (gross + commission + tax !== net) {
    const [from, by, and, to] = [gross, commission, tax, net].map((amountMinor) =>
      formatDecimal({ amountMinor, currency: CURRENCY }),
    );
    throw new AppError("INVALID_AMOUNT", `gross ${from}, commission ${by} and VAT ${and} do not make net ${to} EUR`);
  }
  const money = (amountMinor: bigint) => ({ amountMinor, currency: CURRENCY });
  return { ...bookedOn(row), gross: money(gross), fees: { commission, tax }, net: money(net) };
}

function voucherOf(row: PluxeeRow): VoucherFacts {
  const requested = row.text("requested");
  return {
    issuer: "PLUXEE",
    purse: pluxeePurse(row.text("product")),
    ...(requested !== "" && { requestedAmount: parseAmount(requested, CURRENCY, ",") }),
  };
}
