import { AppError } from "../../subgraphs/shared/errors.ts";
import { exponentOf, type Money } from "../../subgraphs/shared/money.ts";

/** Decimals that an exact amount keeps. Fees are charged to a fraction of a cent, and are rounded once a payout. */
const SCALE = 18;
const LONGEST_WHOLE = 15;

/**
 * An amount in major units with a point, as units of 10^-18: nothing of "0.0335" is lost. Throws INVALID_AMOUNT for
 * what is not plain digits, and for more than eighteen decimals.
 */
export function exactOf(text: string): bigint {
  const [, sign = "", whole = "", fraction = ""] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text.trim()) ?? [];
  if (whole === "" || whole.length > LONGEST_WHOLE || fraction.length > SCALE) {
    throw new AppError("INVALID_AMOUNT", `"${text.slice(0, 40)}" is not an amount: write digits with a point`);
  }
  const units = BigInt(whole + fraction.padEnd(SCALE, "0"));
  return sign === "-" ? -units : units;
}

/** Minor units of the currency, half a unit away from zero, as invoices round. */
export function rounded(exact: bigint, currency: string): Money {
  const unit = 10n ** BigInt(SCALE - exponentOf(currency));
  const half = exact < 0n ? -unit / 2n : unit / 2n;
  return { amountMinor: (exact + half) / unit, currency };
}

/**
 * What rounding line by line does to a payout: the exact sum rounded once, less the sum of the lines as booked. It is
 * booked as a line of its own, so that the lines make the payout to the cent.
 */
export class Residual {
  readonly currency: string;
  #exact = 0n;
  #booked = 0n;

  constructor(currency: string) {
    this.currency = currency;
  }

  add(exact: bigint, bookedMinor: bigint): void {
    this.#exact += exact;
    this.#booked += bookedMinor;
  }

  /** The exact sum, rounded once. */
  get total(): bigint {
    return rounded(this.#exact, this.currency).amountMinor;
  }

  get minor(): bigint {
    return this.total - this.#booked;
  }
}
