import { AppError } from "../../subgraphs/shared/errors.ts";
import { currencyOf } from "../../subgraphs/shared/money.ts";
import type { Reading, Row } from "../adapter.ts";
import { type CsvRow, checkWidth } from "../readers/csv.ts";
import { unknownRecord, unknownValue } from "../readers/drift.ts";
import { Occurrences } from "../readers/occurrences.ts";
import { type Meaning, ofFile, rowOf } from "../readers/rows.ts";
import {
  amountAt,
  disputeEvent,
  disputeSum,
  feeEvent,
  submissionEvent,
  submissionSum,
  summaryEvent,
  transactionEvent,
} from "./grrcn-events.ts";
import { FEE, type GrrcnRecord, RECORDS, SUBMISSION, SUMMARY, TRANSACTION } from "./grrcn-fields.ts";
import { addTo, GrrcnPayment } from "./grrcn-payment.ts";

/** A GRRCN file as it is read, record by record. */
export class GrrcnFile {
  readonly #payments = new Map<string, GrrcnPayment>();
  readonly #widened = new Set<string>();
  readonly #occurrences = new Occurrences();
  #header: readonly string[] | undefined;
  #trailer: CsvRow | undefined;
  #records = 0n;
  #current: GrrcnPayment | undefined;

  take(row: CsvRow): readonly Reading[] {
    const record = row.cells[0]!;
    this.#records += 1n;
    if (this.#trailer)
      throw new AppError("FILE_REJECTED", `line ${row.line} stands after the trailer; send one file a day`);
    if (!this.#header && record !== "HEADER") {
      throw new AppError(
        "FILE_REJECTED",
        "the file does not begin with its header; it is a part of one, fetch it again",
      );
    }
    if (!isKnown(record)) return [unknownRecord("record", record, row.line), unknown(row)];
    const drift = this.#checkCells(row, record);
    if (record === "HEADER") this.#header = row.cells;
    else if (record === "TRAILER") this.#trailer = row;
    if (record === "HEADER") return drift;
    if (record === "TRAILER") return [...drift, ...this.#flush(undefined)];
    return [...drift, ...this.#read(row, record)];
  }

  end(): readonly Reading[] {
    const trailer = this.#trailer;
    if (!this.#header || !trailer) {
      throw new AppError("FILE_REJECTED", "the trailer is missing; the file is cut, fetch it again");
    }
    const [, sequence = "", count = ""] = trailer.cells;
    if (sequence !== this.#header[3]) {
      throw new AppError(
        "FILE_REJECTED",
        `the header is of file ${this.#header[3]}, the trailer of ${sequence}; fetch it again`,
      );
    }
    const expected = /^\d{1,10}$/.test(count) ? BigInt(count) : -1n;
    const totals = [...this.#payments.values()].flatMap((payment) => payment.totals());
    return [{ name: "records", expected, actual: this.#records }, ...totals].map((total) => ({
      kind: "control",
      total,
    }));
  }

  #read(row: CsvRow, record: Exclude<GrrcnRecord, "HEADER" | "TRAILER">): readonly Reading[] {
    const payment = ofFile(row.line, () => this.#paymentOf(row.cells, record));
    const flushed = this.#flush(payment);
    if (record === "FEEREVENUE") {
      payment.pending.push({ row, amount: readable(() => amountAt(row.cells, FEE.amount, payment.currency)) });
      return flushed;
    }
    return [...flushed, ...this.#line(row, record, payment)];
  }

  #line(row: CsvRow, record: GrrcnRecord, payment: GrrcnPayment): readonly Reading[] {
    const { cells } = row;
    const read = (meaning: () => Meaning) => [this.#rowOf(row, meaning)];
    switch (record) {
      case "SUMMARY":
        return read(() => summaryEvent(cells, payment));
      case "SUBMISSION":
        addSubmission(cells, payment);
        return read(() => submissionEvent(cells, payment));
      case "TRANSACTN":
        return this.#transaction(row, payment);
      case "CHARGEBACK":
      case "ADJUSTMENT":
        payment.net += readable(() => disputeSum(cells, payment.currency).net) ?? 0n;
        return read(() => disputeEvent(cells, payment));
      case "TXNPRICING":
        return read(() => ({ skipped: "a part of a charge's price; its submission books the fees, rounded once" }));
      default:
        return read(() => ({ skipped: "a tax that the submissions hold already" }));
    }
  }

  #transaction(row: CsvRow, payment: GrrcnPayment): readonly Reading[] {
    const { cells, line, raw } = row;
    const at = TRANSACTION.rejected + (this.#header![6]!.startsWith("1") ? 1 : 0);
    const word = cells[at]!.trim();
    if (word !== "" && word !== "REJ") {
      const problem = `whether "${word.slice(0, 20)}" means that the charge was rejected is not known; add it to the adapter`;
      return [unknownValue("Transaction Rejected Indicator", word, line), { kind: "rejected", line, raw, problem }];
    }
    const isRefused = word === "REJ";
    if (!isRefused) addTransaction(cells, payment);
    return [this.#rowOf(row, () => transactionEvent(cells, payment, isRefused))];
  }

  #rowOf(row: CsvRow, read: () => Meaning): Row {
    // The same whatever the delimiter, and without the padding.
    const text = row.cells
      .map((cell) => cell.trim())
      .join("|")
      .replace(/\|+$/, "");
    return rowOf(row, () => this.#occurrences.meant(read(), text));
  }

  /** The payment a record belongs to. Records that leave the account type blank belong to the one their number names. */
  #paymentOf(cells: readonly string[], record: GrrcnRecord): GrrcnPayment {
    const at = record === "FEEREVENUE" ? FEE : SUMMARY;
    const [payee = "", number = ""] = [cells[at.payee]?.trim(), cells[at.payment]?.trim()];
    const accountType = record === "FEEREVENUE" ? "" : cells[SUMMARY.accountType]!.trim();
    const known = [...this.#payments].find(
      ([key, { accountType: type }]) =>
        key.startsWith(`${payee}|${number}|`) && (accountType === "" || type === accountType),
    )?.[1];
    const payment = known ?? new GrrcnPayment(number, accountType, currencyOf(cells[at.currency]!));
    if (!known) this.#payments.set(`${payee}|${number}|${accountType}`, payment);
    if (currencyOf(cells[at.currency]!) !== payment.currency) {
      throw new AppError("CURRENCY_MISMATCH", `payment ${number} is in ${payment.currency}, a record of it is not`);
    }
    if (record === "SUMMARY") {
      if (payment.summary) throw new AppError("INVALID_INPUT", `payment ${number} has a second summary`);
      const amount = (index: number) => amountAt(cells, index, payment.currency);
      const reference = cells[SUMMARY.reference]!.trim();
      payment.summary = {
        net: amount(SUMMARY.net),
        gross: amount(SUMMARY.gross),
        opening: amount(SUMMARY.opening),
        reference,
      };
    }
    return payment;
  }

  /** Places the fees of the payment that ends here, in the order in which they stand. */
  #flush(next: GrrcnPayment | undefined): readonly Row[] {
    const payment = this.#current;
    this.#current = next;
    if (!payment || payment === next || payment.pending.length === 0) return [];
    const isPaid = payment.takesFees();
    const rows = payment.pending.map(({ row }) => this.#rowOf(row, () => feeEvent(row.cells, payment, isPaid)));
    payment.pending = [];
    return rows;
  }

  /** A cut record is narrower than any version's; a newer version's is wider. */
  #checkCells(row: CsvRow, record: GrrcnRecord): readonly Reading[] {
    const { fewest, most } = RECORDS[record];
    if (row.cells.length < fewest) checkWidth(row, fewest);
    const beyond = row.cells.findIndex((cell, index) => index >= most && cell.trim() !== "");
    const name = `cell ${beyond + 1} of ${record}`;
    if (beyond === -1 || this.#widened.has(name)) return [];
    this.#widened.add(name);
    return [{ kind: "drift", drift: { what: "UNKNOWN_COLUMN", name, line: row.line } }];
  }
}

/** Rows that are rejected count towards the totals as long as their amounts can be read. */
function addSubmission(cells: readonly string[], payment: GrrcnPayment): void {
  const sum = readable(() => submissionSum(cells, payment.currency));
  const currency = readable(() => currencyOf(cells[SUBMISSION.submissionCurrency]!));
  if (!sum || !currency) return;
  payment.gross += sum.gross;
  payment.net += currency === payment.currency ? sum.net - sum.gross : sum.net;
  addTo(payment.submitted, currency, readable(() => amountAt(cells, SUBMISSION.submittedGross, currency)) ?? 0n);
}

function addTransaction(cells: readonly string[], payment: GrrcnPayment): void {
  const currency = readable(() => currencyOf(cells[TRANSACTION.submissionCurrency]!));
  if (!currency) return;
  const amount = readable(() => amountAt(cells, TRANSACTION.amount, currency)) ?? 0n;
  addTo(payment.transactions, currency, amount);
  if (currency === payment.currency) payment.net += amount;
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function isKnown(record: string): record is GrrcnRecord {
  return Object.hasOwn(RECORDS, record);
}

function unknown({ line, raw, cells }: CsvRow): Row {
  const problem = `the record "${cells[0]!.slice(0, 20)}" is not known and may carry money; add it to the adapter`;
  return { kind: "rejected", line, raw, problem };
}
