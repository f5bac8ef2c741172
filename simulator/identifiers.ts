import { compact } from "./calendar.ts";
import type { Random } from "./random.ts";

/** Makes the numbers that terminals and processors give out: never the same one twice, as each would in its own world. */
export class Identifiers {
  readonly #random: Random;
  readonly #lastTrace: number;
  readonly #traces = new Map<string, number>();
  #keys = 0;
  #vouchers = 300_000_000_000;
  #arns = 0;
  #orders = 0;

  /** @param lastTrace after which a terminal's trace numbers begin again; six digits have room for 999999 */
  constructor(random: Random, lastTrace = 999_999) {
    this.#random = random;
    this.#lastTrace = lastTrace;
  }

  key(): string {
    this.#keys += 1;
    return `T${String(this.#keys).padStart(6, "0")}`;
  }

  order(): string {
    this.#orders += 1;
    return `WEB-${String(this.#orders).padStart(6, "0")}`;
  }

  /** A trace number: six digits, counted by each terminal, starting again after the last. */
  stan(terminal: string): string {
    const next = (this.#traces.get(terminal) ?? this.#random.int(1, 90_000)) + 1;
    this.#traces.set(terminal, next);
    return String(((next - 1) % this.#lastTrace) + 1).padStart(6, "0");
  }

  /** Retrieval reference: last digit of the year, day of the year, hour, trace number. */
  rrn(time: string, stan: string): string {
    return time.slice(3, 4) + dayOfYear(time) + time.slice(11, 13) + stan;
  }

  /** CCV references carry their time; `TL` is a terminal's, `C` the web shop's. */
  ccv(prefix: "TL" | "C", time: string): string {
    const stamp = compact(time.slice(2, 10)) + time.slice(11).replaceAll(":", "");
    return `${prefix}${stamp}${this.#random.digits(3)}${this.#random.text("0123456789ABCDEF", 8)}.G`;
  }

  adyen(): string {
    return this.#random.text("BCDFGHJKLMNPQRSTVWXZ23456789", 16);
  }

  edenred(): string {
    this.#vouchers += this.#random.int(1, 9_000);
    return String(this.#vouchers);
  }

  /** 23 digits: a fixed acquirer, the day, a counter, and the check digit that all ARNs end with. */
  arn(time: string): string {
    this.#arns += this.#random.int(1, 500);
    const digits = `7450000${time.slice(3, 4)}${dayOfYear(time)}${String(this.#arns).padStart(11, "0")}`;
    return digits + luhn(digits);
  }

  authCode(): string {
    return this.#random.text("0123456789ABCDEF", 6);
  }
}

function dayOfYear(time: string): string {
  const days = (Date.parse(time.slice(0, 10)) - Date.parse(`${time.slice(0, 4)}-01-01`)) / 86_400_000;
  return String(days + 1).padStart(3, "0");
}

function luhn(digits: string): string {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]) * (index % 2 === 0 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return String((10 - (sum % 10)) % 10);
}
