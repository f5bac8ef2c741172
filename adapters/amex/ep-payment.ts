import { AppError } from "../../subgraphs/shared/errors.ts";
import type { ControlTotal } from "../adapter.ts";
import { fieldsOf } from "../readers/fixed-width.ts";
import { DETAIL, SUMMARY } from "./ep-fields.ts";
import { julianDate } from "./local-time.ts";
import { overpunched } from "./overpunch.ts";

/** One payment of Amex': its summary record, and what the records after it make. */
export class EpPayment {
  readonly payee: string;
  readonly batch: string;
  readonly number: string;
  readonly day: string;
  readonly currency: string;
  readonly #paid: bigint;
  /** What the merchant owed before this payment; never positive. */
  readonly #owed: bigint;
  net = 0n;
  /** Of the submissions whose charges are listed, and of those charges. */
  submitted = 0n;
  charged = 0n;

  /** Throws INVALID_INPUT and INVALID_AMOUNT for a summary that cannot be read: its lines then belong nowhere. */
  constructor(raw: string) {
    const { payee, year, payment } = fieldsOf(raw, DETAIL);
    const { day, amount, owed, bank } = fieldsOf(raw, SUMMARY);
    this.payee = payee.trim();
    this.number = payment.trim();
    this.batch = year + this.number;
    this.day = julianDate(day);
    this.currency = currencyOf(bank.trim());
    this.#paid = overpunched(amount);
    this.#owed = overpunched(owed);
  }

  totals(): readonly ControlTotal[] {
    const { currency } = this;
    return [
      { name: `net of payment ${this.batch}`, currency, expected: this.#paid, actual: this.net + this.#owed },
      { name: `charges of payment ${this.batch}`, currency, expected: this.submitted, actual: this.charged },
    ];
  }
}

/** The format names no currency: it is dollars where the money goes to a bank of the United States. */
function currencyOf(bank: string): string {
  if (/^(?:0[1-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d{7}$/.test(bank)) return "USD";
  const message = `the bank "${bank}" is not one of the United States and no record names a currency; ask Amex for GRRCN`;
  throw new AppError("UNKNOWN_CURRENCY", message);
}
