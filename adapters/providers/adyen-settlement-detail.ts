import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Fees, Instant, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, formatDecimal } from "../../subgraphs/shared/money.ts";
import { calendarDate, zonedInstant, zoneFor } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import type { Reading, Row, SettlementAdapter } from "../adapter.ts";
import { BatchSums } from "../adyen/batch-sums.ts";
import { isKnownType, kindOf, OUTCOMES, REFERENCE_SUFFIXES } from "../adyen/journal.ts";
import { instrumentOf, isArn, type MutablePayment, voucherOf } from "../adyen/payment.ts";
import { AdyenRow, KNOWN_COLUMNS, OPTIONAL_COLUMNS, REQUIRED_COLUMNS } from "../adyen/row.ts";
import { columnsOf, unknownColumns } from "../readers/columns.ts";
import { type CsvRow, checkWidth, readCsv } from "../readers/csv.ts";
import { minorUnitsOf } from "../readers/decimal.ts";
import { unknownValue } from "../readers/drift.ts";
import { rawWithout } from "../readers/personal.ts";
import { firstLine } from "../readers/text.ts";

/**
 * Adyen's Settlement detail report: CSV in UTF-8, columns by name in any order, amounts in major units as separate
 * debit and credit columns, local times with a zone label. Every row is money; a batch with its payout nets to zero.
 */
export const adapter: SettlementAdapter = {
  name: "adyen-settlement-detail",
  provider: "adyen",
  accepts,
  numberOf: (batch) => (/^\d{1,9}$/.test(batch) ? { series: "", number: Number(batch) } : undefined),
  read,
};

function accepts(head: string): boolean {
  const names = new Set(firstLine(head).replaceAll('"', "").split(","));
  return Object.values(REQUIRED_COLUMNS).every((name) => names.has(name));
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const sums = new BatchSums();
  let header: CsvRow | undefined;
  let at: AdyenRow["at"] | undefined;
  let count = 0;
  for await (const rows of readCsv(file, { delimiter: ",", encoding: "utf-8" })) {
    const body = header ? rows : rows.slice(1);
    const readings: Reading[] = header ? [] : [...unknownColumns(rows[0]!, KNOWN_COLUMNS)];
    header ??= rows[0]!;
    at ??= columnsOf(header, REQUIRED_COLUMNS, OPTIONAL_COLUMNS);
    for (const row of body) {
      checkWidth(row, header.cells.length);
      const cells = new AdyenRow(row.cells, at);
      const read = readRow(row, cells, sums);
      if (read.kind === "event") readings.push(read);
      else readings.push(...refused(read, row, cells));
    }
    count += body.length;
    if (readings.length > 0) yield readings;
  }
  if (count === 0) throw new AppError("FILE_REJECTED", "the report has no rows, not even a payout; fetch it again");
  yield sums.controlTotals();
}

function readRow({ line, raw }: CsvRow, row: AdyenRow, sums: BatchSums): Row {
  try {
    return { kind: "event", line, raw, event: eventOf(row, sums) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: "rejected", line, raw, problem: error.message };
  }
}

/** A row that is kept to be looked at: without what a shop attached to the payment, which may be an address. */
function refused(read: Row, row: CsvRow, cells: AdyenRow): readonly Reading[] {
  const type = cells.text(cells.at.type);
  const raw = rawWithout(row, new Set([cells.at.metadata]), ",");
  return [...(isKnownType(type) ? [] : [unknownValue("Type", type, row.line)]), { ...read, raw }];
}

type MutableEvent = { -readonly [Field in keyof ProviderEvent]: ProviderEvent[Field] };

function eventOf(row: AdyenRow, sums: BatchSums): ProviderEvent {
  const { at } = row;
  const account = row.text(at.account);
  const currency = currencyOf(row.text(at.netCurrency));
  const net = row.signed(at.netDebit, at.netCredit, currency);
  sums.add({ account, batch: row.text(at.batch), currency }, net);
  const rawStatus = row.text(at.type).trim();
  const kind = kindOf(rawStatus, net);
  const booking = bookingOf(row, currency, net);
  const { amountMinor, currency: shopperCurrency } = booking.processingAmount ?? booking.gross;
  const event: MutableEvent = {
    kind,
    family: "ACQUIRER",
    provider: "adyen",
    account,
    occurredAt: occurredAt(row, kind),
    amount: { amountMinor: amountMinor < 0n ? -amountMinor : amountMinor, currency: shopperCurrency },
    booking,
    rawStatus,
  };
  const outcome = OUTCOMES[kind];
  if (outcome) event.outcome = outcome;
  refer(event, row);
  return event;
}

type MutableBooking = { -readonly [Field in keyof Booking]: Booking[Field] };

/** Rows without a shopper (fees, payouts) fill only the net side; converted ones say their gross in another currency. */
function bookingOf(row: AdyenRow, currency: string, net: bigint): Booking {
  const { at } = row;
  const hasGross = row.text(at.grossDebit) !== "" || row.text(at.grossCredit) !== "";
  const grossCurrency = hasGross ? currencyOf(row.text(at.grossCurrency)) : currency;
  const given = row.signed(at.grossDebit, at.grossCredit, grossCurrency);
  const fees = feesOf(row, currency);
  const explained = net - totalOf(fees);
  const gross = hasGross && grossCurrency === currency ? given : explained;
  const booking: MutableBooking = {
    batch: row.text(at.batch),
    bookingDate: calendarDate((row.text(at.booked) || row.text(at.created)).slice(0, 10), "YYYY-MM-DD"),
    gross: { amountMinor: gross, currency },
    fees: gross === explained ? fees : unnamedFee(fees, { gross, net, currency }),
    net: { amountMinor: net, currency },
  };
  const modification = row.text(at.modification);
  const payout = modification.startsWith("TX") ? PAYOUT.exec(modification)?.[0] : undefined;
  if (payout !== undefined) booking.payoutReference = payout;
  if (grossCurrency !== currency) {
    booking.processingAmount = { amountMinor: given, currency: grossCurrency };
    if (row.text(at.exchangeRate) !== "") booking.exchangeRate = row.text(at.exchangeRate);
  }
  return booking;
}

const PAYOUT = /^TX\w+XT(?= |$)/;
const FEE_PARTS = ["commission", "markup", "schemeFee", "interchange"] as const;

function feesOf(row: AdyenRow, currency: string): Fees {
  const fees: { -readonly [Part in keyof Fees]: Fees[Part] } = {};
  for (const part of FEE_PARTS) {
    const text = row.text(row.at[part]);
    if (text !== "") fees[part] = -minorUnitsOf(text, currency);
  }
  return fees;
}

function totalOf({ commission = 0n, markup = 0n, schemeFee = 0n, interchange = 0n }: Fees): bigint {
  return commission + markup + schemeFee + interchange;
}

/**
 * Some rows, chargebacks above all, leave every part blank: the whole difference is then a fee of unknown make-up. A
 * row that names its parts and does not add up is refused with its figures.
 */
function unnamedFee(fees: Fees, { gross, net, currency }: { gross: bigint; net: bigint; currency: string }): Fees {
  if (Object.keys(fees).length === 0) return { commission: net - gross };
  const [from, by, to] = [gross, totalOf(fees), net].map((amountMinor) => formatDecimal({ amountMinor, currency }));
  throw new AppError("INVALID_AMOUNT", `gross ${from} and fees ${by} do not make net ${to} ${currency}`);
}

/** Says which transaction the row is about. A PSP reference is shared by a sale and all that happens to it. */
function refer(event: MutableEvent, row: AdyenRow): void {
  const psp = row.text(row.at.psp).trim();
  const modification = row.text(row.at.modification).trim();
  // Fees repeat their text from row to row; without a PSP reference only a payout has an identity of its own.
  const own = psp === "" ? event.booking?.payoutReference : modification || psp;
  if (own !== undefined) {
    event.identity = `${row.text(row.at.batch)}|${event.rawStatus.toLowerCase()}|${own}|${row.text(row.at.netCurrency)}`;
  }
  if (psp === "") return;
  event.payment = paymentOf(row);
  const voucher = voucherOf(row.text(row.at.method), row.text(row.at.variant));
  if (voucher) {
    event.family = "E_VOUCHER";
    event.voucher = voucher;
  }
  if (event.kind === "SALE" || event.kind === "CANCELLATION") {
    event.reference = psp;
    return;
  }
  event.originalReference = psp;
  if (modification !== "") event.reference = modification + (REFERENCE_SUFFIXES[event.kind] ?? "");
}

function paymentOf(row: AdyenRow): MutablePayment {
  const { at } = row;
  const { type, method, brand } = instrumentOf(row.text(at.method), row.text(at.variant));
  const payment: MutablePayment = { type, method, acquirer: "adyen" };
  if (brand !== undefined) payment.brand = brand;
  if (row.text(at.merchantReference) !== "") payment.merchantReference = row.text(at.merchantReference);
  if (row.text(at.authorisationCode) !== "") payment.authorisationCode = row.text(at.authorisationCode);
  if (isArn(row.text(at.arn))) payment.arn = row.text(at.arn);
  return payment;
}

/** The creation date of a refund or dispute is that of the sale; when it happened is when it was booked. */
function occurredAt(row: AdyenRow, kind: EventKind): Instant {
  const { at } = row;
  const booked = kind === "SALE" ? "" : row.text(at.booked);
  // Some reports have a booking day without a time.
  if (booked.length <= 10) return zonedInstant(row.text(at.created), zoneFor(row.text(at.createdZone)));
  return zonedInstant(booked, zoneFor(row.text(at.bookedZone) || row.text(at.createdZone)));
}
