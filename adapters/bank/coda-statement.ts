import type { BankEntryPart } from "../../subgraphs/shared/bank-entry.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { currencyOf } from "../../subgraphs/shared/money.ts";
import type { Reading, Row } from "../adapter.ts";
import { type FixedWidthRow, fieldsOf } from "../readers/fixed-width.ts";
import { ofFile } from "../readers/rows.ts";
import { type CodaMovement, codaAmount, entryOf, partOf } from "./coda-movement.ts";
import { ACCOUNTS, MOVEMENT, NEW_BALANCE, OLD_BALANCE, TRAILER } from "./coda-record.ts";
import { closing, Identities, referenceOf } from "./entries.ts";

type Movement = CodaMovement & { readonly details: CodaMovement[] };

/** One statement of a CODA file, from its old balance (record 1) to its trailer (record 9). */
export class CodaStatement {
  readonly #account: string;
  readonly #accountType: string;
  readonly #currency: string;
  readonly #number: string;
  readonly #opening: bigint;
  readonly #identities = new Identities();
  readonly #sums = { records: 1n, credits: 0n, debits: 0n, movements: 0 };
  #movement: Movement | undefined;
  #closed: FixedWidthRow | undefined;

  constructor(row: FixedWidthRow) {
    const fields = fieldsOf(row.raw, OLD_BALANCE);
    const { account, currency } = accountIn(fields.account, fields.accountType, row.line);
    this.#account = account;
    this.#accountType = fields.accountType;
    this.#currency = ofFile(row.line, () => currencyOf(currency));
    this.#number = fields.number;
    this.#opening = ofFile(row.line, () => codaAmount(fields.amount, fields.sign, this.#currency).amountMinor);
  }

  /** The rows that this record completes. Throws FILE_REJECTED for one that may not stand here. */
  take(row: FixedWidthRow): readonly Row[] {
    this.#sums.records += 1n;
    const type = row.raw.slice(0, 2);
    if (type === "21") return this.#move(row);
    if (type === "22" || type === "23") return this.#goOn(row);
    // Information about a movement, mostly the name and address of the other side: not kept.
    if (/^3[123]/.test(type) && !this.#closed) return [];
    if (type.startsWith("8") && !this.#closed) {
      this.#closed = row;
      const rows = this.#flush();
      if (this.#sums.movements > 0) return rows;
      return [{ kind: "skipped", line: row.line, raw: row.raw.slice(0, 4), reason: "the statement has no movements" }];
    }
    if (type.startsWith("4")) {
      const { line } = row;
      return [...this.#flush(), { kind: "skipped", line, raw: row.raw.slice(0, 10), reason: "a message of the bank" }];
    }
    throw misplaced(row);
  }

  #move(row: FixedWidthRow): readonly Row[] {
    if (this.#closed) throw misplaced(row);
    const { detail, sequence } = fieldsOf(row.raw, MOVEMENT);
    if (detail === FIRST) {
      const rows = this.#flush();
      this.#movement = { ...row, continued: [], details: [] };
      return rows;
    }
    if (!this.#movement || sequence !== fieldsOf(this.#movement.raw, MOVEMENT).sequence) throw misplaced(row);
    this.#movement.details.push({ ...row, continued: [] });
    return [];
  }

  #goOn(row: FixedWidthRow): readonly Row[] {
    const current = this.#movement?.details.at(-1) ?? this.#movement;
    if (this.#closed || current?.raw.slice(2, 10) !== row.raw.slice(2, 10)) throw misplaced(row);
    current.continued.push(row.raw);
    return [];
  }

  /** The movement that is open, with its details, which are parts of it and never money of their own. */
  #flush(): readonly Row[] {
    const movement = this.#movement;
    this.#movement = undefined;
    if (!movement) return [];
    this.#sums.movements += 1;
    const sequence = movement.raw.slice(2, 6);
    const details = movement.details.map(({ line, raw }): Row => {
      return { kind: "skipped", line, raw: rawOf(raw), reason: `a part of movement ${sequence}, which books the sum` };
    });
    return [this.#row(movement), ...details];
  }

  #row(movement: Movement): Row {
    const { line, raw: record } = movement;
    const raw = rawOf(record);
    try {
      const { reference, sign, amount, code } = fieldsOf(record, MOVEMENT);
      const { amountMinor } = codaAmount(amount, sign, this.#currency);
      if (sign === "1") this.#sums.debits -= amountMinor;
      else this.#sums.credits += amountMinor;
      if (!/^[0-3]\d{7}$/.test(code)) {
        return { kind: "rejected", line, raw, problem: `"${code}" is not the transaction code of a movement` };
      }
      const given = { account: this.#account, currency: this.#currency, number: this.#number };
      const entry = entryOf(movement, given);
      const parts = this.#partsOf(movement);
      const identity = this.#identities.of(referenceOf(reference));
      return {
        kind: "bank",
        line,
        raw,
        entry: { ...entry, ...(identity !== undefined && { identity }), ...(parts.length > 0 && { parts }) },
      };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { kind: "rejected", line, raw, problem: error.message };
    }
  }

  /** Sums within the details, of types 0 to 3, would count twice what they sum. */
  #partsOf({ details }: Movement): readonly BankEntryPart[] {
    return details
      .filter(({ raw }) => /^[5-9]/.test(fieldsOf(raw, MOVEMENT).code))
      .map((detail) => partOf(detail, this.#currency));
  }

  /** What the trailer can check. Throws FILE_REJECTED where the new balance is missing. */
  end(trailer: FixedWidthRow): readonly Reading[] {
    const { line } = trailer;
    const closed = this.#closed;
    if (!closed)
      throw new AppError("FILE_REJECTED", `line ${line}: the statement ends without its new balance; fetch it again`);
    const { number, account: field, sign, amount } = fieldsOf(closed.raw, NEW_BALANCE);
    const name = `${this.#number} of ${this.#account}`;
    const last = ofFile(closed.line, () => codaAmount(amount, sign, this.#currency));
    const opening = { amountMinor: this.#opening, currency: this.#currency };
    const { records, credits, debits } = this.#sums;
    const { account, currency } = accountIn(field, this.#accountType, closed.line);
    const isSame = account === this.#account && currency === this.#currency && number === this.#number;
    const declared = fieldsOf(trailer.raw, TRAILER);
    const sum = (digits: string) => ofFile(line, () => codaAmount(digits, "0", this.#currency).amountMinor);
    const total = (label: string, expected: bigint, actual: bigint, currency?: string): Reading => {
      return {
        kind: "control",
        total: { name: `${label} of ${name}`, ...(currency && { currency }), expected, actual },
      };
    };
    return [
      closing(name, { opening, booked: credits - debits, closing: last }),
      total("accounts and numbers", 1n, isSame ? 1n : 2n),
      total(
        "records",
        ofFile(line, () => countOf(declared.records)),
        records,
      ),
      total("debits", sum(declared.debits), debits, this.#currency),
      total("credits", sum(declared.credits), credits, this.#currency),
    ];
  }
}

const FIRST = "0000";

function accountIn(field: string, type: string, line: number): { account: string; currency: string } {
  const spans = ACCOUNTS[type];
  if (!spans)
    throw new AppError("FILE_REJECTED", `line ${line}: "${type}" is not a type of account; fetch the file again`);
  const cut = ([start, length]: readonly [number, number]) => field.slice(start, start + length).replaceAll(" ", "");
  const account = cut(spans.account);
  if (account === "") throw new AppError("FILE_REJECTED", `line ${line}: the balance names no account; fetch it again`);
  return { account, currency: cut(spans.currency) };
}

function countOf(digits: string): bigint {
  if (!/^\d+$/.test(digits)) throw new AppError("INVALID_INPUT", `"${digits}" is not a number of records`);
  return BigInt(digits);
}

/** A movement without its communication, which can name people. */
function rawOf(record: string): string {
  return record.slice(0, 61);
}

function misplaced({ line, raw }: FixedWidthRow): AppError {
  const message = `line ${line}: the record "${raw.slice(0, 10)}" stands where it may not; the file is damaged, fetch it again`;
  return new AppError("FILE_REJECTED", message);
}
