import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CURRENCY_EXPONENTS } from "../../subgraphs/shared/currencies.ts";
import {
  addMoney,
  currencyOf,
  exponentOf,
  formatDecimal,
  type Money,
  money,
  negateMoney,
  parseAmount,
  parseMinor,
  sumMoney,
} from "../../subgraphs/shared/money.ts";

const LARGEST = 2n ** 63n - 1n;
const anyCurrency = fc.constantFrom(...CURRENCY_EXPONENTS.keys());
const anyMoney = fc.record({ amountMinor: fc.bigInt({ min: -LARGEST, max: LARGEST }), currency: anyCurrency });

/** The same amount as a person in a country with that decimal sign writes it, thousands grouped. */
function written(amount: Money, decimal: "." | ","): string {
  const [units = "", fraction] = formatDecimal(amount).split(".");
  const grouped = units.replace(/\B(?=(\d{3})+$)/g, decimal === "." ? "," : ".");
  return fraction === undefined ? grouped : `${grouped}${decimal}${fraction}`;
}

describe("reading an amount", () => {
  test("what formatDecimal writes is read back to the same amount, in every currency", () => {
    fc.assert(
      fc.property(anyMoney, (amount) => {
        expect(parseAmount(formatDecimal(amount), amount.currency, ".")).toEqual(amount);
      }),
      { numRuns: 10_000 },
    );
  });

  test("grouped thousands are read with either decimal sign", () => {
    fc.assert(
      fc.property(anyMoney, fc.constantFrom(".", ","), (amount, decimal) => {
        expect(parseAmount(written(amount, decimal), amount.currency, decimal)).toEqual(amount);
      }),
      { numRuns: 10_000 },
    );
  });

  test("integer minor units are read back to the same amount", () => {
    fc.assert(
      fc.property(anyMoney, (amount) => {
        expect(parseMinor(String(amount.amountMinor), amount.currency)).toEqual(amount);
      }),
    );
  });

  test.each([
    ["19.99", "EUR", ".", 1999n],
    ["9.9", "EUR", ".", 990n],
    ["+9", "EUR", ",", 900n],
    [" -1.234,56 ", "EUR", ",", -123456n],
    ["1,234,567.89", "EUR", ".", 123456789n],
    ["9007199254740993", "JPY", ".", 9007199254740993n],
    ["90071992547409.93", "EUR", ".", 9007199254740993n],
    ["92233720368547758.07", "EUR", ".", LARGEST],
    ["1.234", "BHD", ".", 1234n],
    ["1.2345", "CLF", ".", 12345n],
    ["100", "HUF", ".", 10000n],
    ["0,00", "EUR", ",", 0n],
    ["-0", "EUR", ".", 0n],
  ] as const)("%s %s is exact", (text, currency, decimal, amountMinor) => {
    expect(parseAmount(text, currency, decimal)).toEqual({ amountMinor, currency });
  });

  test.each([
    ["", "EUR", "."],
    [" ", "EUR", "."],
    ["-", "EUR", "."],
    ["--1", "EUR", "."],
    ["1-", "EUR", "."],
    ["- 1", "EUR", "."],
    ["1 000", "EUR", "."],
    ["1e309", "EUR", "."],
    ["1E2", "EUR", "."],
    ["0x1F", "EUR", "."],
    ["NaN", "EUR", "."],
    ["Infinity", "EUR", "."],
    ["10,50", "EUR", "."],
    ["10.50", "EUR", ","],
    ["1,2345", "EUR", "."],
    ["1234,567", "EUR", "."],
    ["1,23,456", "EUR", "."],
    ["1.5,000", "EUR", "."],
    [".50", "EUR", "."],
    ["9,", "EUR", ","],
    ["1.234", "EUR", "."],
    ["1.000", "EUR", "."],
    ["10.50", "JPY", "."],
    ["10.00", "JPY", "."],
    ["1.23", "BHD", "."],
    ["92233720368547758.08", "EUR", "."],
    ["9".repeat(100_000), "EUR", "."],
    ["١٢", "EUR", "."],
    ["€10", "EUR", "."],
    ["10 EUR", "EUR", "."],
    ["(10.00)", "EUR", "."],
  ] as const)("%j in %s with decimal %j is refused", (text, currency, decimal) => {
    expect(() => parseAmount(text, currency, decimal)).toThrow(expect.objectContaining({ code: "INVALID_AMOUNT" }));
  });

  test.each(["", "1.0", "1e3", "0x1F", "--1", "9223372036854775808", "1,000"])(
    "%j is not an amount of minor units",
    (text) => {
      expect(() => parseMinor(text, "EUR")).toThrow(expect.objectContaining({ code: "INVALID_AMOUNT" }));
    },
  );

  test("a refusal repeats the start of the text and never all of a broken file", () => {
    expect(() => parseAmount("9".repeat(5000), "EUR", ".")).toThrow(/^.{1,150}$/);
  });
});

describe("currencies", () => {
  test.each([
    ["JPY", 0],
    ["ISK", 0],
    ["UYI", 0],
    ["EUR", 2],
    ["HUF", 2],
    ["IDR", 2],
    ["MGA", 2],
    ["XCG", 2],
    ["IQD", 3],
    ["TND", 3],
    ["CLF", 4],
    ["UYW", 4],
  ])("%s has %i decimals", (currency, exponent) => {
    expect(exponentOf(currency)).toBe(exponent);
  });

  test("every code is three capitals and stands once in the table", () => {
    const codes = [...CURRENCY_EXPONENTS.keys()];
    expect(codes.filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
    // 17 without decimals, 7 with three, 2 with four; a code listed twice would lower the total.
    const counts = [0, 2, 3, 4].map((exponent) => codes.filter((code) => exponentOf(code) === exponent).length);
    expect(counts).toEqual([17, 145, 7, 2]);
  });

  test("a provider's spelling becomes ours", () => {
    expect(currencyOf(" eur ")).toBe("EUR");
  });

  test.each(["", "XXX", "XAU", "EURO", "978", "__proto__", "constructor", "ЕUR"])("%j is refused", (text) => {
    expect(() => currencyOf(text)).toThrow(expect.objectContaining({ code: "UNKNOWN_CURRENCY" }));
    expect(() => money(1n, text)).toThrow(expect.objectContaining({ code: "UNKNOWN_CURRENCY" }));
    expect(() => parseAmount("1", text, ".")).toThrow(expect.objectContaining({ code: "UNKNOWN_CURRENCY" }));
  });
});

describe("reckoning", () => {
  test("sums are exact where a float would not be", () => {
    const dimes = Array.from({ length: 10 }, () => parseAmount("0.10", "EUR", "."));
    expect(formatDecimal(sumMoney("EUR", dimes))).toBe("1.00");
    expect(sumMoney("JPY", [])).toEqual(money(0n, "JPY"));
  });

  test("an amount and its negative add to zero", () => {
    fc.assert(fc.property(anyMoney, (amount) => addMoney(amount, negateMoney(amount)).amountMinor === 0n));
  });

  test("two currencies are never added", () => {
    const mixed = [money(1n, "EUR"), money(1n, "USD")] as const;
    expect(() => addMoney(...mixed)).toThrow(expect.objectContaining({ code: "CURRENCY_MISMATCH" }));
    expect(() => sumMoney("EUR", mixed)).toThrow(expect.objectContaining({ code: "CURRENCY_MISMATCH" }));
  });

  test.each([
    [-5n, "EUR", "-0.05"],
    [-1234n, "EUR", "-12.34"],
    [0n, "EUR", "0.00"],
    [1000n, "JPY", "1000"],
    [-1n, "BHD", "-0.001"],
    [1n, "CLF", "0.0001"],
  ])("%s minor units of %s are written %s", (amountMinor, currency, text) => {
    expect(formatDecimal(money(amountMinor, currency))).toBe(text);
  });
});
