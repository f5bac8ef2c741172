import { currencyOf, parseMinor } from "../../subgraphs/shared/money.ts";
import type { ControlTotal } from "../adapter.ts";
import { ofFile } from "../readers/rows.ts";
import { textAt, type XmlElement } from "../readers/xml-element.ts";
import type { WxRecord } from "./wx-record.ts";

type Sum = { credited: bigint; debited: bigint };

/**
 * What the records of a merchant come to in a currency, twice: those that make money due, and all. Worldline's totals
 * count records that move no money (category X) in some reports and not in others.
 */
export class WxTotals {
  readonly #due = new Map<string, Sum>();
  readonly #all = new Map<string, Sum>();
  readonly #checked = new Set<string>();

  /** Throws as the record's amount does. */
  add(record: WxRecord): void {
    const { amountMinor, currency } = record.amount();
    const key = `${record.merchant}|${currency}`;
    for (const sums of record.text("Recordcategory") === "X" ? [this.#all] : [this.#all, this.#due]) {
      const sum = sums.get(key) ?? { credited: 0n, debited: 0n };
      if (amountMinor >= 0n) sum.credited += amountMinor;
      else sum.debited -= amountMinor;
      sums.set(key, sum);
    }
  }

  /** A TotalAmount element against its records. Throws FILE_REJECTED where it cannot be read. */
  check(element: XmlElement, line: number): readonly ControlTotal[] {
    return ofFile(line, () => {
      const merchant = textAt(element, "MerchantID") ?? "";
      const currency = currencyOf(textAt(element, "CurrencyDue") ?? "");
      const given = (name: string) => parseMinor(textAt(element, name) ?? "", currency).amountMinor;
      const expected: Sum = { credited: given("TotalAmountCredited"), debited: given("TotalAmountDebited") };
      const key = `${merchant}|${currency}`;
      this.#checked.add(key);
      const [due = NOTHING, all = NOTHING] = [this.#due.get(key), this.#all.get(key)];
      const actual = all.credited === expected.credited && all.debited === expected.debited ? all : due;
      return [
        { name: `credited to ${merchant}`, currency, expected: expected.credited, actual: actual.credited },
        { name: `debited from ${merchant}`, currency, expected: expected.debited, actual: actual.debited },
      ];
    });
  }

  /** Money that no TotalAmount speaks of: the report is not whole. */
  unchecked(): readonly ControlTotal[] {
    return [...this.#due]
      .filter(([key]) => !this.#checked.has(key))
      .map(([key, { credited, debited }]) => {
        const [merchant = "", currency = ""] = key.split("|");
        return { name: `due to ${merchant} without a total`, currency, expected: 0n, actual: credited - debited };
      });
  }
}

const NOTHING: Sum = { credited: 0n, debited: 0n };
