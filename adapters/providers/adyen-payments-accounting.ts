import { AppError } from "../../subgraphs/shared/errors.ts";
import type { PaymentFacts, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, formatDecimal, type Money } from "../../subgraphs/shared/money.ts";
import { zonedInstant, zoneFor } from "../../subgraphs/shared/time.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { KNOWN, OPTIONAL, PERSONAL, REQUIRED, TWICE } from "../adyen/accounting-columns.ts";
import { REFERENCE_SUFFIXES } from "../adyen/journal.ts";
import { instrumentOf, isArn, voucherOf } from "../adyen/payment.ts";
import { type RecordMeaning, recordMeaning } from "../adyen/record-types.ts";
import { columnsOf, unknownColumns } from "../readers/columns.ts";
import { type CsvRow, checkWidth, readCsv } from "../readers/csv.ts";
import { minorUnitsOf } from "../readers/decimal.ts";
import { unknownValue } from "../readers/drift.ts";
import { exactOf, rounded } from "../readers/exact.ts";
import { rawWithout } from "../readers/personal.ts";
import { rowOf } from "../readers/rows.ts";
import { firstLine } from "../readers/text.ts";

/**
 * Adyen's Payment accounting report: CSV in UTF-8, columns by name in any order, one row for each step of a payment, in
 * no order. It says what became of payments and books nothing: the settlement detail report books the same money, and
 * both speak of a payment, a refund and a dispute by the same references.
 */
export const adapter: SettlementAdapter = {
  name: "adyen-payments-accounting",
  provider: "adyen",
  unmarkedEnd: true,
  accepts,
  read,
};

type Column = keyof typeof REQUIRED | keyof typeof OPTIONAL;
type Cells = (column: Column) => string;

function accepts(head: string): boolean {
  const names = new Set(firstLine(head).replaceAll('"', "").split(","));
  return Object.values(REQUIRED).every((name) => names.has(name));
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  let layout: Layout | undefined;
  let count = 0;
  for await (const rows of readCsv(file, { delimiter: ",", encoding: "utf-8" })) {
    const body = layout ? rows : rows.slice(1);
    const readings: Reading[] = layout ? [] : [...unknownColumns(rows[0]!, KNOWN)];
    layout ??= layoutOf(rows[0]!);
    for (const row of body) readings.push(...readRow(row, layout));
    count += body.length;
    if (readings.length > 0) yield readings;
  }
  if (count === 0) throw new AppError("FILE_REJECTED", "the report has a header and no rows; fetch it again");
}

type Layout = ReturnType<typeof layoutOf>;

function layoutOf(header: CsvRow) {
  const names = header.cells.map((name) => name.trim());
  const [settlement, again] = [...names.keys()].filter((index) => names[index] === TWICE);
  const cells = names.map((name, index) => (index === again ? "" : name));
  return {
    columns: columnsOf({ ...header, cells }, REQUIRED, OPTIONAL),
    width: names.length,
    personal: new Set([...names.keys()].filter((index) => PERSONAL.includes(names[index]!))),
    twice: settlement !== undefined && again !== undefined ? ([settlement, again] as const) : undefined,
  };
}

function readRow(row: CsvRow, { columns, width, personal, twice }: Layout): readonly Reading[] {
  checkWidth(row, width);
  const text: Cells = (column) => (columns[column] === -1 ? "" : row.cells[columns[column]]!.trim());
  const type = text("type");
  const meaning = recordMeaning(type);
  const source = { line: row.line, raw: rawWithout(row, personal, ",") };
  if (!meaning) {
    const problem = `the record type "${type.slice(0, 40)}" is not known; add it to the adapter`;
    return [unknownValue("Record Type", type, row.line), { kind: "rejected", ...source, problem }];
  }
  return [
    rowOf(source, () => {
      if (twice && row.cells[twice[0]] !== row.cells[twice[1]]) {
        throw new AppError("INVALID_INPUT", `"${TWICE}" stands twice and differs; ask Adyen which of the two holds`);
      }
      return "skipped" in meaning ? meaning : eventOf(text, meaning);
    }),
  ];
}

function eventOf(text: Cells, { kind, outcome }: Exclude<RecordMeaning, { skipped: string }>): ProviderEvent {
  const [psp, modification, booked, rawStatus] = [text("psp"), text("modification"), text("booked"), text("type")];
  if (psp === "") throw new AppError("INVALID_INPUT", "the row has no PSP reference; it belongs to no payment");
  const isOfSale = OF_SALE.has(kind);
  if (!isOfSale && modification === "") {
    throw new AppError("INVALID_INPUT", `the ${rawStatus} has no reference of its own; ask Adyen for the report again`);
  }
  const voucher = voucherOf(text("method"), text("variant"));
  return {
    kind,
    family: voucher ? "E_VOUCHER" : "ACQUIRER",
    provider: "adyen",
    account: text("account"),
    identity: ["accounting", rawStatus.toLowerCase(), psp, modification, booked].join("|"),
    reference: isOfSale ? psp : modification + (REFERENCE_SUFFIXES[kind] ?? ""),
    ...(!isOfSale && { originalReference: psp }),
    occurredAt: zonedInstant(booked, zoneFor(text("zone"))),
    amount: amountOf(text),
    outcome,
    payment: paymentOf(text),
    ...(voucher && { voucher }),
    rawStatus,
  };
}

/** Kinds that are about the payment itself; the others are about a refund or a dispute of it. */
const OF_SALE: ReadonlySet<string> = new Set(["AUTHORISATION", "CAPTURE", "CANCELLATION"]);

/**
 * The shopper's amount. A step moves it from one column to the next, so that it stands in one or two of them; a dispute
 * stands in none and says it as the original amount.
 */
function amountOf(text: Cells): Money {
  const currency = currencyOf(text("currency"));
  const column = (["captured", "authorised", "received", "original"] as const).find((name) => text(name) !== "");
  const given = column ? minorUnitsOf(text(column), currency) : undefined;
  const main = currencyOf(text("mainCurrency"));
  const amount =
    given === undefined
      ? { amountMinor: minorUnitsOf(text("mainAmount"), main), currency: main }
      : { amountMinor: given, currency };
  const magnitude = { ...amount, amountMinor: amount.amountMinor < 0n ? -amount.amountMinor : amount.amountMinor };
  checkPayable(text, magnitude);
  return magnitude;
}

/** Where the payment is settled in its own currency, what is payable and its fees make the amount. */
function checkPayable(text: Cells, { amountMinor, currency }: Money): void {
  if (text("payable") === "" || text("settlementCurrency") !== currency) return;
  const parts = ["payable", "commission", "markup", "schemeFee", "interchange"] as const;
  const exact = parts.reduce((sum, part) => sum + (text(part) === "" ? 0n : exactOf(text(part))), 0n);
  const gross = rounded(exact, currency);
  if (gross.amountMinor === amountMinor || gross.amountMinor === -amountMinor) return;
  const amounts = [gross, { amountMinor, currency }].map(formatDecimal);
  throw new AppError("INVALID_AMOUNT", `payable and fees make ${amounts.join(", the amount is ")} ${currency}`);
}

function paymentOf(text: Cells): PaymentFacts {
  const merchantReference = text("merchantReference");
  const authorisationCode = text("authorisationCode");
  return {
    ...instrumentOf(text("method"), text("variant")),
    acquirer: "adyen",
    ...(merchantReference !== "" && { merchantReference }),
    ...(authorisationCode !== "" && { authorisationCode }),
    ...(isArn(text("arn")) && { arn: text("arn") }),
  };
}
