import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, PaymentFacts, ProviderEvent, VoucherFacts } from "../../subgraphs/shared/event.ts";
import { currencyOf, formatDecimal, type Money, parseMinor } from "../../subgraphs/shared/money.ts";
import { calendarDate, zonedInstant } from "../../subgraphs/shared/time.ts";
import type { Reading, Row, SettlementAdapter } from "../adapter.ts";
import { cardDigits } from "../readers/card.ts";
import { type CsvRow, checkWidth, readCsv } from "../readers/csv.ts";
import { unknownValue } from "../readers/drift.ts";
import { ofFile, rowOf } from "../readers/rows.ts";
import { firstLine } from "../readers/text.ts";
import { edenredPurse, voucherPayment } from "../vouchers/purses.ts";
import { isKnownResponse, refusalOf } from "../vouchers/response.ts";

/**
 * A reimbursement of Edenred Belgium. The file is modelled: Edenred publishes none, so this layout is ours, made of what
 * its merchants are told. UTF-8, semicolons, whole cents, local time of Brussels; one header, one line a voucher, one
 * trailer, which counts the lines and sums them:
 *
 *     H;affiliate;VAT number;from;to;currency;generated
 *     D;sequence;transaction;terminal;acceptor;date;time;product;requested;approved;C|D;authorisation;card;response;commission;net;payout;original
 *     T;count;gross;commission;VAT on the commission (invoiced apart, not deducted);net;payout
 *
 * An approved payment carries a booking and no outcome: the terminal reported it, and it succeeds by claiming this line.
 */
export const adapter: SettlementAdapter = { name: "edenred", provider: "edenred", accepts, read };

const WIDTHS: Readonly<Record<string, number>> = { H: 7, D: 18, T: 7 };
const ZONE = "Europe/Brussels";

type Header = {
  readonly account: string;
  readonly currency: string;
  readonly batch: string;
  readonly bookingDate: string;
};
type Sums = { count: bigint; gross: bigint; commission: bigint; net: bigint; readonly payouts: Set<string> };

function accepts(head: string): boolean {
  return /^H;\d+;BE\d{10};\d{8};\d{8};[A-Z]{3};\d{8}$/.test(firstLine(head));
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const sums: Sums = { count: 0n, gross: 0n, commission: 0n, net: 0n, payouts: new Set() };
  let header: Header | undefined;
  let trailer: CsvRow | undefined;
  for await (const rows of readCsv(file, { delimiter: ";", encoding: "utf-8" })) {
    const readings: Reading[] = [];
    for (const row of rows) {
      const type = row.cells[0]!;
      checkOrder(row, { header, trailer });
      if (type === "H") header = ofFile(row.line, () => headerOf(row));
      else if (type === "T") trailer = row;
      else readings.push(...driftOf(row), readRow(row, header!, sums));
    }
    if (readings.length > 0) yield readings;
  }
  if (!header || !trailer)
    throw new AppError("FILE_REJECTED", "the trailer is missing; the file is cut, fetch it again");
  yield endOf({ row: trailer, header, sums });
}

function checkOrder(row: CsvRow, seen: { header: Header | undefined; trailer: CsvRow | undefined }): void {
  const type = row.cells[0]!;
  const width = WIDTHS[type];
  const misplaced = (type === "H") === (seen.header !== undefined) || seen.trailer !== undefined;
  if (width === undefined || misplaced) {
    throw new AppError("FILE_REJECTED", `line ${row.line} has the record "${type.slice(0, 8)}" where none may stand`);
  }
  checkWidth(row, width);
}

function headerOf({ cells }: CsvRow): Header {
  const [, account = "", , , to = "", currency = "", generated = ""] = cells;
  return {
    account,
    currency: currencyOf(currency),
    batch: `${account}-${to}`,
    bookingDate: calendarDate(generated, "YYYYMMDD"),
  };
}

/** A new product is money like the others and a new response no approval, so both are taken, and told. */
function driftOf({ cells, line }: CsvRow): readonly Reading[] {
  const [product = "", response = ""] = [cells[7], cells[13]];
  return [
    ...(edenredPurse(product) === "UNKNOWN" ? [unknownValue("product", product, line)] : []),
    ...(isKnownResponse(response) ? [] : [unknownValue("response", response, line)]),
  ];
}

function readRow(row: CsvRow, header: Header, sums: Sums): Row {
  sums.count += 1n;
  return rowOf(row, () => eventOf(row, header, sums));
}

function eventOf({ cells }: CsvRow, header: Header, sums: Sums): ProviderEvent {
  const [, , transaction = "", terminal = "", , date = "", time = "", product = "", requested = "", approved = ""] =
    cells;
  const [
    sign = "",
    authorisationCode = "",
    card = "",
    response = "",
    commission = "",
    net = "",
    payout = "",
    original = "",
  ] = cells.slice(10);
  const amounts = amountsOf({ requested, approved, sign, commission, net, currency: header.currency });
  const refusal = refusalOf(response);
  const isRefund = sign === "D";
  if (payout !== "") sums.payouts.add(payout);
  if (!refusal) addUp(sums, amounts);
  if (transaction === "") throw new AppError("INVALID_INPUT", "the line has no transaction number");
  const voucher: VoucherFacts = { issuer: "EDENRED", purse: edenredPurse(product), requestedAmount: amounts.requested };
  return {
    kind: isRefund ? "REFUND" : "SALE",
    family: "E_VOUCHER",
    provider: "edenred",
    account: header.account,
    ...(terminal !== "" && { terminal }),
    identity: `${transaction}|${sign}`,
    reference: transaction,
    ...(isRefund && original !== "" && { originalReference: original }),
    occurredAt: zonedInstant(localTime(date, time), ZONE),
    amount: refusal ? amounts.requested : amounts.approved,
    ...(refusal && { outcome: refusal }),
    ...(!refusal && isRefund && { outcome: { status: "SUCCESS" as const, certainty: "DEFINITIVE" as const } }),
    ...(!refusal && { booking: bookingOf(amounts, header, payout) }),
    payment: paymentOf(voucher, { card, authorisationCode, response }),
    voucher,
    rawStatus: `${sign} ${response}`,
  };
}

type CardCells = { readonly card: string; readonly authorisationCode: string; readonly response: string };

function paymentOf(voucher: VoucherFacts, { card, authorisationCode, response }: CardCells): PaymentFacts {
  return {
    ...voucherPayment(voucher),
    ...cardDigits(card),
    ...(authorisationCode !== "" && { authorisationCode }),
    responseCode: response,
  };
}

type Amounts = {
  readonly requested: Money;
  readonly approved: Money;
  readonly gross: Money;
  readonly commission: Money;
  readonly net: Money;
};

/** Gross is the approved amount with its sign, commission is negative to the merchant; together they must make net. */
function amountsOf(row: {
  requested: string;
  approved: string;
  sign: string;
  commission: string;
  net: string;
  currency: string;
}): Amounts {
  const { currency, sign } = row;
  if (sign !== "C" && sign !== "D") throw new AppError("INVALID_INPUT", `the sign "${sign}" is neither C nor D`);
  const approved = parseMinor(row.approved, currency);
  const gross = { amountMinor: sign === "C" ? approved.amountMinor : -approved.amountMinor, currency };
  const commission = { amountMinor: -parseMinor(row.commission, currency).amountMinor, currency };
  const net = parseMinor(row.net, currency);
  if (gross.amountMinor + commission.amountMinor !== net.amountMinor) {
    const [from, by, to] = [gross, commission, net].map(formatDecimal);
    throw new AppError("INVALID_AMOUNT", `gross ${from} and commission ${by} do not make net ${to} ${currency}`);
  }
  return { requested: parseMinor(row.requested, currency), approved, gross, commission, net };
}

function addUp(sums: Sums, { gross, commission, net }: Amounts): void {
  sums.gross += gross.amountMinor;
  sums.commission += commission.amountMinor;
  sums.net += net.amountMinor;
}

function bookingOf({ gross, commission, net }: Amounts, header: Header, payout: string): Booking {
  return {
    batch: payout || header.batch,
    bookingDate: header.bookingDate,
    ...(payout !== "" && { payoutReference: payout }),
    gross,
    fees: { commission: commission.amountMinor },
    net,
  };
}

function localTime(date: string, time: string): string {
  const [, hours, minutes, seconds] = /^(\d\d)(\d\d)(\d\d)$/.exec(time) ?? [];
  if (!seconds) throw new AppError("INVALID_INPUT", `"${time.slice(0, 20)}" is not a time: write it as HHMMSS`);
  return `${calendarDate(date, "YYYYMMDD")} ${hours}:${minutes}:${seconds}`;
}

/** The payout that the trailer announces, if any, and the file's own totals. */
function endOf({ row, header, sums }: { row: CsvRow; header: Header; sums: Sums }): readonly Reading[] {
  const [, count = "", gross = "", commission = "", , net = "", payout = ""] = row.cells;
  const { currency } = header;
  const foreign = [...sums.payouts].find((reference) => reference !== payout);
  if (foreign !== undefined) {
    throw new AppError("FILE_REJECTED", `lines are paid with ${foreign}, the trailer with "${payout}"; fetch it again`);
  }
  const declared = (text: string) => ofFile(row.line, () => parseMinor(text, currency).amountMinor);
  const total = (name: string, expected: bigint, actual: bigint): Reading => {
    return { kind: "control", total: { name, currency, expected, actual } };
  };
  const paid = { payout, batch: sums.payouts.size > 0 ? payout : header.batch, net: declared(net) };
  return [
    ...(payout === "" ? [] : [rowOf(row, () => payoutOf(paid, header))]),
    { kind: "control", total: { name: "lines", expected: declared(count), actual: sums.count } },
    total("gross", declared(gross), sums.gross),
    total("commission", declared(commission), -sums.commission),
    total("net", paid.net, sums.net),
  ];
}

function payoutOf(paid: { payout: string; batch: string; net: bigint }, header: Header): ProviderEvent {
  const { payout, batch, net } = paid;
  const amount = { amountMinor: -net, currency: header.currency };
  const day = zonedInstant(`${header.bookingDate} 00:00:00`, ZONE);
  return {
    kind: "PAYOUT",
    family: "E_VOUCHER",
    provider: "edenred",
    account: header.account,
    identity: `payout|${payout}`,
    occurredAt: day,
    amount: { amountMinor: net < 0n ? -net : net, currency: header.currency },
    booking: {
      batch,
      bookingDate: header.bookingDate,
      payoutReference: payout,
      gross: amount,
      fees: {},
      net: amount,
    },
    rawStatus: "T",
  };
}
