import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Reading, Row } from "../adapter.ts";
import { unknownRecord, unknownValue } from "../readers/drift.ts";
import { fieldsOf } from "../readers/fixed-width.ts";
import type { Line } from "../readers/lines.ts";
import { Occurrences } from "../readers/occurrences.ts";
import { type Meaning, ofFile, rowOf } from "../readers/rows.ts";
import {
  adjustmentEvent,
  chargebackEvent,
  chargeEvent,
  disputeNet,
  otherAmount,
  otherEvent,
  payoutEvent,
  submissionEvent,
  submissionSum,
} from "./ep-events.ts";
import { ADJUSTMENT, CHARGEBACK, DETAIL, HEADER, ROC, TRAILER, TYPES } from "./ep-fields.ts";
import { EpPayment } from "./ep-payment.ts";
import { overpunched } from "./overpunch.ts";

/** A physical file as it is read: logical files one after the other, each from its DFHDR to its DFTRL. */
export class EpFile {
  #header: string | undefined;
  #records = 0n;
  #payments = new Map<string, EpPayment>();
  /** A submission and its prices, until the record after them shows whether its charges are listed. */
  #submission: { readonly payment: EpPayment; readonly records: Line[] } | undefined;
  #closed = 0;
  readonly #occurrences = new Occurrences();

  take(record: Line): readonly Reading[] {
    this.#records += 1n;
    if (record.raw.startsWith("DFHDR")) return this.#open(record);
    if (!this.#header) {
      throw new AppError(
        "FILE_REJECTED",
        `line ${record.line} stands in no file: a DFHDR must come first; fetch it again`,
      );
    }
    if (record.raw.startsWith("DFTRL")) return this.#close(record);
    if (record.raw.length < SHORTEST) {
      throw new AppError("FILE_REJECTED", `line ${record.line} has ${record.raw.length} characters; the file is cut`);
    }
    const { type } = fieldsOf(record.raw, DETAIL);
    const flushed = type === TYPES.submissionPrice ? [] : this.#flush(type === TYPES.charge);
    return [...flushed, ...this.#read(record, type)];
  }

  end(): readonly Reading[] {
    if (this.#header || this.#closed === 0) {
      throw new AppError("FILE_REJECTED", "the last DFTRL is missing; the file is cut, fetch it again");
    }
    return [];
  }

  #open({ line, raw }: Line): readonly Reading[] {
    if (this.#header) {
      throw new AppError(
        "FILE_REJECTED",
        `line ${line} begins a file before the one before it has ended; fetch it again`,
      );
    }
    this.#header = raw;
    this.#records = 1n;
    this.#payments = new Map();
    return [];
  }

  #close({ line, raw }: Line): readonly Reading[] {
    const flushed = this.#flush(false);
    const [opened, closed] = [fieldsOf(this.#header!, HEADER), fieldsOf(raw, TRAILER)];
    if (opened.created !== closed.created || opened.fileId !== closed.fileId) {
      throw new AppError("FILE_REJECTED", `line ${line} ends another file than the one that was begun; fetch it again`);
    }
    const expected = /^\d{7}$/.test(closed.count) ? BigInt(closed.count) : -1n;
    // What follows the key is filler.
    const name = `records of ${closed.recipient.trim().split(" ")[0]}`;
    const totals = [...this.#payments.values()].flatMap((payment) => payment.totals());
    this.#header = undefined;
    this.#closed += 1;
    return [
      ...flushed,
      { kind: "control", total: { name, expected, actual: this.#records } },
      ...totals.map((total): Reading => ({ kind: "control", total })),
    ];
  }

  #read(record: Line, type: string): readonly Reading[] {
    const { line, raw } = record;
    if (type === TYPES.summary) return [this.#summary(record)];
    const payment = this.#paymentOf(raw);
    if (!payment) {
      const problem = "no summary names the payment that this record belongs to; ask Amex for the file again";
      return [{ kind: "rejected", line, raw, problem }];
    }
    const count = (amount: () => bigint) => {
      payment.net += readable(amount) ?? 0n;
    };
    switch (type) {
      case TYPES.submission:
        this.#submission = { payment, records: [record] };
        return [];
      case TYPES.submissionPrice:
        if (!this.#submission) return [price(record)];
        this.#submission.records.push(record);
        return [];
      case TYPES.charge:
        return this.#charge(record, payment);
      case TYPES.chargePrice:
        return [price(record)];
      case TYPES.chargeback:
        count(() => disputeNet(raw, CHARGEBACK));
        return [this.#rowOf(record, () => chargebackEvent(raw, payment))];
      case TYPES.adjustment:
        count(() => disputeNet(raw, ADJUSTMENT));
        return [this.#rowOf(record, () => adjustmentEvent(raw, payment))];
      case TYPES.assets:
      case TYPES.commission:
      case TYPES.fee:
        count(() => otherAmount(raw));
        return [this.#rowOf(record, () => otherEvent(raw, payment, type))];
      default: {
        const problem = `the record type "${type}" is not known and may carry money; add it to the adapter`;
        return [unknownRecord("record type", type, line), { kind: "rejected", line, raw, problem }];
      }
    }
  }

  #rowOf(record: Line, read: () => Meaning): Row {
    return rowOf(record, () => this.#occurrences.meant(read(), record.raw));
  }

  #summary(record: Line): Row {
    const payment = ofFile(record.line, () => new EpPayment(record.raw));
    const key = paymentKey(record.raw);
    if (this.#payments.has(key)) {
      throw new AppError("FILE_REJECTED", `line ${record.line}: payment ${payment.batch} has a second summary`);
    }
    this.#payments.set(key, payment);
    return this.#rowOf(record, () => payoutEvent(record.raw, payment));
  }

  #charge(record: Line, payment: EpPayment): readonly Reading[] {
    const { line, raw } = record;
    const { amount, rejected } = fieldsOf(raw, ROC);
    const word = rejected.trim();
    if (word !== "" && word !== REJECTED) {
      const problem = `whether "${word}" means that the charge was rejected is not known; add it to the adapter`;
      return [unknownValue("SE_REJ_IND", word, line), { kind: "rejected", line, raw, problem }];
    }
    const charged = word === REJECTED ? 0n : (readable(() => overpunched(amount)) ?? 0n);
    payment.charged += charged;
    payment.net += charged;
    return [this.#rowOf(record, () => chargeEvent(raw, payment, word === REJECTED))];
  }

  #flush(hasCharges: boolean): readonly Row[] {
    if (!this.#submission) return [];
    const { payment, records } = this.#submission;
    this.#submission = undefined;
    const [submission, ...prices] = records;
    const { raw } = submission!;
    const sum = readable(() => submissionSum(raw));
    if (sum) {
      payment.net += hasCharges ? sum.net - sum.gross : sum.net;
      if (hasCharges) payment.submitted += sum.gross;
    }
    return [this.#rowOf(submission!, () => submissionEvent(raw, payment, hasCharges)), ...prices.map(price)];
  }

  #paymentOf(raw: string): EpPayment | undefined {
    return this.#payments.get(paymentKey(raw));
  }
}

/** A detail record reaches at least to its type. */
const SHORTEST = 45;
/** The charge was rejected and therefore not paid. */
const REJECTED = "20";

function paymentKey(raw: string): string {
  const { payee, year, payment } = fieldsOf(raw, DETAIL);
  return `${payee}|${year}|${payment}`;
}

function price({ line, raw }: Line): Row {
  return { kind: "skipped", line, raw, reason: "a part of a price; the submission books the fees, rounded once" };
}

/** Rows that are rejected count towards the totals as long as their amounts can be read. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
