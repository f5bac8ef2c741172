import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Fees, Instant, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, formatDecimal, parseAmount } from "../../subgraphs/shared/money.ts";
import { calendarDate, zonedInstant, zoneFor } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import type { ControlTotal, Reading, Row, SettlementAdapter } from "../adapter.ts";
import { kindOf, OUTCOMES } from "../adyen/journal.ts";
import { adyenPayment } from "../adyen/payment.ts";
import { type Cells, type Layout, layoutOf } from "../readers/columns.ts";
import { type CsvRow, checkWidth, readCsv } from "../readers/csv.ts";
import { firstLine } from "../readers/text.ts";

/**
 * Adyen's Settlement detail report: CSV in UTF-8, columns by name in any order, amounts in major units as separate
 * debit and credit columns, local times with a zone label. Every row is money; a batch with its payout nets to zero.
 */
export const adapter: SettlementAdapter = { name: "adyen-settlement-detail", provider: "adyen", accepts, read };

const REQUIRED = {
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

const OPTIONAL = {
  exchangeRate: "Exchange Rate",
  variant: "Payment Method Variant",
  booked: "Booking Date",
  bookedZone: "Booking Date TimeZone",
  arn: "ARN",
  authorisationCode: "Authorisation Code",
} as const;

type Column = keyof typeof REQUIRED | keyof typeof OPTIONAL;
type Cell = Cells<Column>;

/** Σ net per account, batch and currency, over every row whose amount can be read, rejected ones included. */
type Sums = Map<string, { account: string; batch: string; currency: string; net: bigint }>;

function accepts(head: string): boolean {
  const names = new Set(firstLine(head).replaceAll('"', "").split(","));
  return Object.values(REQUIRED).every((name) => names.has(name));
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const sums: Sums = new Map();
  let layout: Layout<Column> | undefined;
  let count = 0;
  for await (const rows of readCsv(file, { delimiter: ",", encoding: "utf-8" })) {
    const body = layout ? rows : rows.slice(1);
    layout ??= layoutOf(rows[0]!, REQUIRED, OPTIONAL);
    const readings: Reading[] = [];
    for (const row of body) {
      checkWidth(row, layout.width);
      readings.push(readRow(row, layout.cellsOf(row), sums));
    }
    count += readings.length;
    if (readings.length > 0) yield readings;
  }
  if (count === 0) throw new AppError("FILE_REJECTED", "the report has no rows, not even a payout; fetch it again");
  yield controlTotals(sums);
}

function readRow({ line, raw }: CsvRow, cell: Cell, sums: Sums): Row {
  try {
    return { kind: "event", line, raw, event: eventOf(cell, sums) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: "rejected", line, raw, problem: error.message };
  }
}

function eventOf(cell: Cell, sums: Sums): ProviderEvent {
  const account = cell("account");
  const netCurrency = currencyOf(cell("netCurrency"));
  const net = amountOf(cell("netCredit"), netCurrency) - amountOf(cell("netDebit"), netCurrency);
  addToBatch(sums, { account, batch: cell("batch"), currency: netCurrency, net });
  const rawStatus = cell("type").trim();
  const kind = kindOf(rawStatus, net);
  const booking = bookingOf(cell, { currency: netCurrency, net });
  const shopper = booking.processingAmount ?? booking.gross;
  const outcome = OUTCOMES[kind];
  return {
    kind,
    family: "ACQUIRER",
    provider: "adyen",
    account,
    ...referencesOf(cell, kind, booking),
    occurredAt: occurredAt(cell, kind),
    amount: { amountMinor: magnitude(shopper.amountMinor), currency: shopper.currency },
    ...(outcome && { outcome }),
    booking,
    ...(cell("psp") !== "" && { payment: adyenPayment(cell) }),
    rawStatus,
  };
}

/** Blank is zero; spreadsheets write ".11" for "0.11". */
function amountOf(text: string, currency: string): bigint {
  if (text === "") return 0n;
  return parseAmount(text.startsWith(".") ? `0${text}` : text, currency, ".").amountMinor;
}

function addToBatch(sums: Sums, row: { account: string; batch: string; currency: string; net: bigint }): void {
  if (row.batch === "") throw new AppError("INVALID_INPUT", "the row has no batch number; it belongs to no settlement");
  const key = `${row.account}|${row.batch}|${row.currency}`;
  const sum = sums.get(key);
  if (sum) sum.net += row.net;
  else sums.set(key, { ...row });
}

function bookingOf(cell: Cell, { currency, net }: { currency: string; net: bigint }): Booking {
  const { fees, total } = feesOf(cell, currency);
  const hasGross = cell("grossDebit") !== "" || cell("grossCredit") !== "";
  const grossCurrency = hasGross ? currencyOf(cell("grossCurrency")) : currency;
  const given = amountOf(cell("grossCredit"), grossCurrency) - amountOf(cell("grossDebit"), grossCurrency);
  // Rows without a shopper (fees, payouts) fill only the net side; converted ones say their gross in another currency.
  const derived = net - total;
  const gross = hasGross && grossCurrency === currency ? given : derived;
  if (gross !== derived) checkFees(fees, { gross, total, net, currency });
  const rate = cell("exchangeRate");
  return {
    batch: cell("batch"),
    bookingDate: dayOf(cell("booked") || cell("created")),
    ...payoutReference(cell),
    gross: { amountMinor: gross, currency },
    // Some rows, chargebacks above all, leave the parts blank; the whole difference is then a fee of unknown make-up.
    fees: gross === derived ? fees : { commission: net - gross },
    net: { amountMinor: net, currency },
    ...(grossCurrency !== currency && { processingAmount: { amountMinor: given, currency: grossCurrency } }),
    ...(grossCurrency !== currency && rate !== "" && { exchangeRate: rate }),
  };
}

function feesOf(cell: Cell, currency: string): { fees: Fees; total: bigint } {
  const fees: { -readonly [Part in keyof Fees]: Fees[Part] } = {};
  let total = 0n;
  for (const part of FEE_PARTS) {
    const text = cell(part);
    if (text === "") continue;
    const amount = -amountOf(text, currency);
    fees[part] = amount;
    total += amount;
  }
  return { fees, total };
}

const FEE_PARTS = ["commission", "markup", "schemeFee", "interchange"] as const;

/** Throws when the row names its fees and they do not explain the difference between gross and net. */
function checkFees(fees: Fees, row: { gross: bigint; total: bigint; net: bigint; currency: string }): void {
  if (Object.keys(fees).length === 0) return;
  const [gross, total, net] = [row.gross, row.total, row.net].map((amountMinor) =>
    formatDecimal({ amountMinor, currency: row.currency }),
  );
  throw new AppError("INVALID_AMOUNT", `gross ${gross} and fees ${total} do not make net ${net} ${row.currency}`);
}

const PAYOUT = /^TX\w+XT(?= |$)/;

function payoutReference(cell: Cell): { payoutReference?: string } {
  const reference = PAYOUT.exec(cell("modification"))?.[0];
  return reference === undefined ? {} : { payoutReference: reference };
}

/**
 * A PSP reference is shared by a sale and all that happens to it, and a dispute's reference by the chargeback, its
 * reversal and a second one. Each of those moves money on its own, so the later two are told apart by a suffix.
 */
function referencesOf(cell: Cell, kind: EventKind, booking: Booking): Partial<ProviderEvent> {
  const psp = cell("psp").trim();
  const modification = cell("modification").trim();
  if (psp === "") {
    // Fees repeat their text from row to row, so only a payout has an identity of its own.
    return booking.payoutReference === undefined ? {} : { identity: identityOf(cell, booking.payoutReference) };
  }
  const identity = identityOf(cell, modification || psp);
  if (kind === "SALE" || kind === "CANCELLATION") return { identity, reference: psp };
  if (modification === "") return { identity, originalReference: psp };
  return { identity, reference: modification + (SUFFIXES[kind] ?? ""), originalReference: psp };
}

const SUFFIXES: Partial<Readonly<Record<EventKind, string>>> = {
  CHARGEBACK_REVERSAL: "-reversed",
  SECOND_CHARGEBACK: "-second",
};

function identityOf(cell: Cell, reference: string): string {
  return [cell("batch"), cell("type").trim().toLowerCase(), reference, cell("netCurrency")].join("|");
}

/** The creation date of a refund or dispute is that of the sale; when it happened is when it was booked. */
function occurredAt(cell: Cell, kind: EventKind): Instant {
  const booked = kind === "SALE" ? "" : cell("booked");
  const hasTime = booked.length > 10;
  const zone = hasTime ? cell("bookedZone") || cell("createdZone") : cell("createdZone");
  return zonedInstant(hasTime ? booked : cell("created"), zoneFor(zone));
}

function dayOf(local: string): string {
  return calendarDate(local.slice(0, 10), "YYYY-MM-DD");
}

function magnitude(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}

function controlTotals(sums: Sums): readonly Reading[] {
  const severalAccounts = new Set([...sums.values()].map(({ account }) => account)).size > 1;
  return [...sums.values()].map(({ account, batch, currency, net }): Reading => {
    const name = `batch ${batch}${severalAccounts ? ` of ${account}` : ""} nets to zero`;
    const total: ControlTotal = { name, currency, expected: 0n, actual: net };
    return { kind: "control", total };
  });
}
