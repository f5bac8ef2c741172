import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, formatDecimal } from "../../subgraphs/shared/money.ts";
import { calendarDate, zonedInstant } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { type Columns, columnsOf, unknownColumns } from "../readers/columns.ts";
import { type CsvRow, checkWidth, readCsv } from "../readers/csv.ts";
import { minorUnitsOf } from "../readers/decimal.ts";
import { unknownValue } from "../readers/drift.ts";
import { ofFile, rowOf } from "../readers/rows.ts";
import { firstLine } from "../readers/text.ts";

/**
 * The settlement report of skeleton: UTF-8, semicolons, major units, local time of Brussels, one line a payment, a last
 * line with the count and the net. TODO: say what the provider's format really is, with a link to where it says so.
 */
export const adapter: SettlementAdapter = { name: "skeleton", provider: "skeleton", accepts, read };

const ZONE = "Europe/Brussels";

/** TODO: the names in the provider's header. A file without one of these is refused. */
const COLUMNS = {
  account: "skeleton account",
  type: "type",
  reference: "reference",
  original: "original",
  time: "time",
  currency: "currency",
  gross: "gross",
  fee: "fee",
  net: "net",
  batch: "batch",
} as const;

/** TODO: the provider's words. One that is not here rejects its row, and is told as drift. */
const KINDS: Readonly<Record<string, EventKind>> = { sale: "SALE", refund: "REFUND", fee: "FEE" };

type Column = keyof typeof COLUMNS;
type Cells = (column: Column) => string;

/** TODO: true for this format's files and for no other's. */
function accepts(head: string): boolean {
  const names = new Set(firstLine(head).split(";"));
  return Object.values(COLUMNS).every((name) => names.has(name));
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const sums = { count: 0n, net: 0n };
  let at: Columns<Column> | undefined;
  let width = 0;
  let total: CsvRow | undefined;
  for await (const rows of readCsv(file, { delimiter: ";", encoding: "utf-8" })) {
    const header = at ? undefined : rows[0]!;
    const readings: Reading[] = header ? [...unknownColumns(header, new Set(Object.values(COLUMNS)))] : [];
    if (header) width = header.cells.length;
    const columns: Columns<Column> = at ?? columnsOf(rows[0]!, COLUMNS, {});
    at = columns;
    for (const row of header ? rows.slice(1) : rows) {
      checkWidth(row, width);
      if (total) throw new AppError("FILE_REJECTED", `line ${row.line} follows the total; the file is damaged`);
      if (row.cells[columns.account] === "total") total = row;
      else readings.push(...readRow(row, (column) => row.cells[columns[column]]!.trim(), sums));
    }
    if (readings.length > 0) yield readings;
  }
  if (!at || !total) throw new AppError("FILE_REJECTED", "the last line, with the total, is missing; fetch it again");
  yield totalsOf(total, at, sums);
}

function readRow(row: CsvRow, cell: Cells, sums: { count: bigint; net: bigint }): readonly Reading[] {
  sums.count += 1n;
  const type = cell("type");
  const drift = type in KINDS ? [] : [unknownValue("type", type, row.line)];
  return [...drift, rowOf(row, () => eventOf(cell, sums))];
}

function eventOf(cell: Cells, sums: { net: bigint }): ProviderEvent {
  const booking = bookingOf(cell, sums);
  const rawStatus = cell("type");
  const kind = KINDS[rawStatus];
  if (!kind) throw new AppError("INVALID_INPUT", `the type "${rawStatus}" is not known; add it to the adapter`);
  const { amountMinor, currency } = booking.gross;
  const reference = cell("reference");
  return {
    kind,
    family: "ACQUIRER",
    provider: "skeleton",
    account: cell("account"),
    // TODO: the provider's own id of this line, so that the same line in two files is one.
    identity: `${rawStatus} ${reference}`,
    ...(kind !== "FEE" && { reference }),
    ...(cell("original") !== "" && { originalReference: cell("original") }),
    occurredAt: zonedInstant(cell("time"), ZONE),
    amount: { amountMinor: amountMinor < 0n ? -amountMinor : amountMinor, currency },
    // A settlement books a sale; that it succeeded is for matching to say. A refund is reported by nobody else.
    ...(kind === "REFUND" && { outcome: { status: "SUCCESS" as const, certainty: "DEFINITIVE" as const } }),
    booking,
    rawStatus,
  };
}

function bookingOf(cell: Cells, sums: { net: bigint }): Booking {
  const currency = currencyOf(cell("currency"));
  const net = minorUnitsOf(cell("net"), currency);
  // Before anything can reject the row: the file's own total counts it too.
  sums.net += net;
  const [gross, fee] = [minorUnitsOf(cell("gross"), currency), minorUnitsOf(cell("fee"), currency)];
  if (gross + fee !== net) {
    const [from, by, to] = [gross, fee, net].map((amountMinor) => formatDecimal({ amountMinor, currency }));
    throw new AppError("INVALID_AMOUNT", `gross ${from} and fee ${by} do not make net ${to} ${currency}`);
  }
  return {
    batch: cell("batch"),
    bookingDate: calendarDate(cell("time").slice(0, 10), "YYYY-MM-DD"),
    gross: { amountMinor: gross, currency },
    fees: { commission: fee },
    net: { amountMinor: net, currency },
  };
}

function totalsOf({ line, cells }: CsvRow, at: Columns<Column>, sums: { count: bigint; net: bigint }): Reading[] {
  return ofFile(line, () => {
    const count = cells[at.type]!;
    const currency = currencyOf(cells[at.currency]!);
    if (!/^\d{1,9}$/.test(count)) throw new AppError("INVALID_INPUT", `"${count}" is no number of lines`);
    return [
      { kind: "control", total: { name: "lines", expected: BigInt(count), actual: sums.count } },
      {
        kind: "control",
        total: { name: "net", currency, expected: minorUnitsOf(cells[at.net]!, currency), actual: sums.net },
      },
    ];
  });
}
