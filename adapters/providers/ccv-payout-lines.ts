import { AppError } from "../../subgraphs/shared/errors.ts";
import { type Money, parseAmount, parseMinor } from "../../subgraphs/shared/money.ts";
import type { ControlTotal, Reading, SettlementAdapter } from "../adapter.ts";
import { type CcvPayout, headerOf, lineOf, type PayoutHeader, payoutOf, transferOf } from "../ccv-pay/payout-line.ts";
import { readingsOf } from "../readers/closed-list.ts";
import { type CsvRow, checkWidth, readCsv } from "../readers/csv.ts";
import { unknownRecord } from "../readers/drift.ts";
import { ofFile, rowOf } from "../readers/rows.ts";
import { firstLine } from "../readers/text.ts";

/**
 * What CCV paid out of the methods that it collects itself. The file is modelled: CCV publishes no layout, so this one is
 * ours, made of what its documentation says of payouts. There is one payout for each S3G account and day on which
 * money came in, that of Friday to Sunday on Monday; each is one credit on the merchant's bank account, and the sum of
 * its lines. UTF-8, semicolons, amounts in major units with a point, signed as they move the merchant's balance:
 *
 *     H;CCV-PAYOUT;1;account;from;to;currency;generated
 *     P;payout;S3G account;funds day;value date;lines;amount
 *     L;transaction;original;type;method;brand;time with offset;order;amount
 *     T;payouts;lines;amount
 *
 * A line books money and says nothing of a status: its transaction succeeds by claiming it. CCV's transaction objects
 * book too once they say that they were paid out; an account's payouts are fed in one of the two forms.
 */
export const adapter: SettlementAdapter = { name: "ccv-payout-lines", provider: "ccv-pay", accepts, read };

const WIDTHS: Readonly<Record<string, number>> = { H: 8, P: 7, L: 9, T: 4 };

function accepts(head: string): boolean {
  return /^H;CCV-PAYOUT;\d+;/.test(firstLine(head));
}

type Open = { readonly payout: CcvPayout; lines: bigint; minor: bigint };

class Statement {
  header: PayoutHeader | undefined;
  trailer: CsvRow | undefined;
  #open: Open | undefined;
  #payouts = 0n;
  #lines = 0n;
  #minor = 0n;
  readonly #days = new Set<string>();
  readonly #totals: ControlTotal[] = [];

  take(row: CsvRow): readonly Reading[] {
    const type = row.cells[0]!;
    if (this.trailer) throw misplaced(row);
    if ((type === "H") === (this.header !== undefined)) throw misplaced(row);
    const width = WIDTHS[type];
    if (width === undefined) return this.#unknown(row, type);
    checkWidth(row, width);
    if (type === "H") this.header = ofFile(row.line, () => headerOf(row));
    else if (type === "P") return this.#begin(row, this.header!);
    else if (type === "L") return this.#line(row, this.header!);
    else this.trailer = row;
    return [];
  }

  /** It may carry money, so it is kept aside; whether the rest is whole without it, the totals say. */
  #unknown({ line, raw }: CsvRow, type: string): readonly Reading[] {
    const problem = `the record "${type.slice(0, 40)}" is not known; add it to the adapter`;
    return [unknownRecord("record", type, line), { kind: "rejected", line, raw, problem }];
  }

  #begin(row: CsvRow, header: PayoutHeader): readonly Reading[] {
    this.#close();
    const payout = ofFile(row.line, () => payoutOf(row, header));
    const day = `${payout.collectedOn} of ${payout.fundsDay}`;
    if (this.#days.has(day)) {
      throw new AppError("FILE_REJECTED", `line ${row.line} pays S3G account ${day} twice; fetch the file again`);
    }
    this.#days.add(day);
    this.#open = { payout, lines: 0n, minor: 0n };
    this.#payouts += 1n;
    return [rowOf(row, () => transferOf(payout, header))];
  }

  #line(row: CsvRow, header: PayoutHeader): readonly Reading[] {
    const open = this.#open;
    if (!open) throw misplaced(row);
    // Summed before the rest is judged: a line with an unknown word is kept aside alone, and the file still foots.
    const amount = ofFile(row.line, (): Money => parseAmount(row.cells[8]!, header.currency, "."));
    open.lines += 1n;
    open.minor += amount.amountMinor;
    return readingsOf(row, () => lineOf(row, header, open.payout, amount));
  }

  #close(): void {
    if (!this.#open) return;
    const { payout, lines, minor } = this.#open;
    const { currency, amountMinor } = payout.amount;
    this.#totals.push(
      { name: `lines of payout ${payout.reference}`, expected: payout.lines, actual: lines },
      { name: `payout ${payout.reference}`, currency, expected: amountMinor, actual: minor },
    );
    this.#lines += lines;
    this.#minor += minor;
  }

  end(): readonly Reading[] {
    const { header, trailer } = this;
    if (!header || !trailer) {
      throw new AppError("FILE_REJECTED", "the record T is missing; the file is cut, fetch it again");
    }
    this.#close();
    const [, payouts = "", lines = "", amount = ""] = trailer.cells;
    const { currency } = header;
    const declared = (text: string) => ofFile(trailer.line, () => parseAmount(text, currency, ".").amountMinor);
    const counted = (text: string) => ofFile(trailer.line, () => parseMinor(text, currency).amountMinor);
    const totals: readonly ControlTotal[] = [
      ...this.#totals,
      { name: "payouts", expected: counted(payouts), actual: this.#payouts },
      { name: "lines", expected: counted(lines), actual: this.#lines },
      { name: "amount", currency, expected: declared(amount), actual: this.#minor },
    ];
    return totals.map((total) => ({ kind: "control", total }));
  }
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const statement = new Statement();
  for await (const rows of readCsv(file, { delimiter: ";", encoding: "utf-8" })) {
    const readings = rows.flatMap((row) => statement.take(row));
    if (readings.length > 0) yield readings;
  }
  yield statement.end();
}

function misplaced({ line, cells }: CsvRow): AppError {
  return new AppError("FILE_REJECTED", `line ${line} has the record "${cells[0]!.slice(0, 8)}" where none may stand`);
}
