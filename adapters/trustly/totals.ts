import { currencyOf, type Money, parseAmount } from "../../subgraphs/shared/money.ts";
import type { ControlTotal, Reading } from "../adapter.ts";
import type { Header, Item, Trail } from "./records.ts";

/** Sums of a funding file over everything that can be read, rejected items included, against what the file declares. */
export class Totals {
  readonly #items = new Map<string, Money>();
  readonly #funded = new Map<string, Money>();
  readonly #currencies = new Set<string>();
  #gross = 0n;
  #count = 0n;
  #fundings = 0n;

  addItem(): void {
    this.#count += 1n;
  }

  /** Throws INVALID_AMOUNT for an amount that cannot be read; the file's own totals then show what it was worth. */
  addAmounts({ currency: text, amount, fee, trace }: Item): void {
    const currency = currencyOf(text);
    const gross = parseAmount(amount, currency, ".").amountMinor;
    const net = gross + (fee === "" ? 0n : parseAmount(fee, currency, ".").amountMinor);
    this.#currencies.add(currency);
    this.#gross += gross;
    if (trace !== "") add(this.#items, `${trace} ${currency}`, { amountMinor: net, currency });
  }

  addFunding(trace: string, { amountMinor, currency }: Money): void {
    this.#fundings += 1n;
    this.#currencies.add(currency);
    add(this.#funded, `${trace} ${currency}`, { amountMinor, currency });
  }

  /** A report in several files declares what only all of them together hold. */
  of(trail: Trail, { report, parts }: Header): readonly Reading[] {
    if (parts > 1) return [];
    const totals: ControlTotal[] = [{ name: "records", expected: BigInt(trail.count), actual: this.#count }];
    if (report === "P11KFUN") totals.push(...this.#ofFundings(trail));
    return totals.map((total) => ({ kind: "control", total }));
  }

  #ofFundings(trail: Trail): readonly ControlTotal[] {
    const keys = [...new Set([...this.#items.keys(), ...this.#funded.keys()])].sort();
    const [only, another] = [...this.#currencies];
    return [
      { name: "fundings", expected: BigInt(trail.fundings), actual: this.#fundings },
      ...keys.map((key): ControlTotal => {
        const [items, funded] = [this.#items.get(key), this.#funded.get(key)];
        const { currency } = (funded ?? items)!;
        const name = `items of funding ${key.split(" ")[0]}`;
        return { name, currency, expected: funded?.amountMinor ?? 0n, actual: items?.amountMinor ?? 0n };
      }),
      // The trail adds up amounts without saying their currency, so it counts where there is one.
      ...(only !== undefined && another === undefined ? this.#ofTrail(trail, only) : []),
    ];
  }

  #ofTrail({ total, funded }: Trail, currency: string): readonly ControlTotal[] {
    const declared = (text: string) => parseAmount(text, currency, ".").amountMinor;
    const paid = [...this.#funded.values()].reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    return [
      { name: "amounts of items", currency, expected: declared(total), actual: this.#gross },
      { name: "amounts of fundings", currency, expected: declared(funded), actual: paid },
    ];
  }
}

function add(sums: Map<string, Money>, key: string, { amountMinor, currency }: Money): void {
  sums.set(key, { amountMinor: (sums.get(key)?.amountMinor ?? 0n) + amountMinor, currency });
}
