import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maskCards } from "../../subgraphs/shared/card-detector.ts";

/** Beginnings and lengths of cards that Belgian and Dutch tills see, and their foreign guests'. */
const BRANDS = [
  ["4", 13],
  ["4", 16],
  ["4", 19],
  ["51", 16],
  ["55", 16],
  ["2221", 16],
  ["2720", 16],
  ["34", 15],
  ["37", 15],
  ["36", 14],
  ["305", 14],
  ["3528", 16],
  ["6011", 16],
  ["62", 16],
  ["62", 19],
  ["6703", 17],
  ["6703", 19],
  ["5018", 13],
  ["2200", 16],
] as const;

const groupedBy = (separator: string) => (card: string) => card.match(/.{1,4}/g)?.join(separator) ?? card;
const digitsFrom = (zero: number) => (card: string) =>
  card.replace(/\d/g, (digit) => String.fromCharCode(zero + Number(digit)));

const DISGUISES: Readonly<Record<string, (card: string) => string>> = {
  plain: (card) => card,
  spaced: groupedBy(" "),
  dashed: groupedBy("-"),
  dotted: groupedBy("."),
  "no-break spaces": groupedBy("\u00a0"),
  "narrow no-break spaces": groupedBy("\u202f"),
  "en dashes": groupedBy("\u2013"),
  tabs: groupedBy("\t"),
  "spaced dashes": groupedBy(" - "),
  "soft hyphens": groupedBy("\u00ad"),
  "zero-width spaces": groupedBy("\u200b"),
  "every digit apart": (card) => [...card].join(" "),
  halves: (card) => `${card.slice(0, 8)} ${card.slice(8)}`,
  "full-width digits": digitsFrom(0xff10),
  "full-width and spaced": (card) => digitsFrom(0xff10)(groupedBy("\u3000")(card)),
  "Arabic digits": digitsFrom(0x660),
  "in a sentence": (card) => `the customer read out ${card}, valid 12/28.`,
  "in a file name": (card) => `export_${card}.csv`,
  "after a date": (card) => `20260105 ${card}`,
  "in fours before a date": (card) => `${groupedBy("-")(card)} 20260105.csv`,
  "spaced before a date": (card) => `${groupedBy(" ")(card)} 20260105`,
  "between amounts": (card) => `12.50 ${card} 13.75`,
  "against a word": (card) => `PAN${card}x`,
  "track 2": (card) => `;${card}=28122011000012300000?`,
  "a header": (card) => `"${card}";"Amount"`,
};

/** The number with the check digit that makes it whole. */
function withCheckDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, text, index) => {
    const digit = Number(text) * (index % 2 === 0 ? 2 : 1);
    return total + (digit > 9 ? digit - 9 : digit);
  }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

const anyDigits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((digits) => digits.join(""));

const anyCard = fc
  .constantFrom(...BRANDS)
  .chain(([prefix, length]) => anyDigits(length - 1 - prefix.length).map((rest) => withCheckDigit(prefix + rest)));

describe("card numbers", () => {
  test.each(Object.keys(DISGUISES))("are found in a thousand: %s", (name) => {
    const disguise = DISGUISES[name] ?? String;
    fc.assert(
      fc.property(anyCard, (card) => {
        const { text, found } = maskCards(disguise(card));
        expect(found).toBe(1);
        expect(text).toContain(`${card.slice(0, 6)}${"*".repeat(card.length - 10)}${card.slice(-4)}`);
        expect(text).not.toContain(disguise(card));
        expect(maskCards(text)).toEqual({ text, found: 0 });
      }),
      { numRuns: 1000 },
    );
  });

  test("keep their first six and last four digits, and the text around them", () => {
    expect(maskCards("card 4111 1111 1111 1111, thanks")).toEqual({ text: "card 411111******1111, thanks", found: 1 });
    expect(maskCards("3782 822463 10005/5555555555554444")).toEqual({
      text: "378282*****0005/555555******4444",
      found: 2,
    });
    expect(maskCards("20260105 4111 1111 1111 1111 0042")).toEqual({
      text: "20260105 411111******1111 0042",
      found: 1,
    });
  });

  test("are never nearly found: one wrong digit is another number", () => {
    const wrong = fc.tuple(anyCard, fc.integer({ min: 1, max: 9 })).map(([card, add]) => {
      return `${card.slice(0, -1)}${(Number(card.at(-1)) + add) % 10}`;
    });
    fc.assert(fc.property(wrong, (card) => maskCards(card).found === 0));
  });
});

describe("what is no card number", () => {
  function untouched(text: string): void {
    expect(maskCards(text)).toEqual({ text, found: 0 });
  }

  test("an ARN of 23 digits stays, even with a card number inside", () => {
    fc.assert(fc.property(anyDigits(23), untouched));
    untouched("74111111111111111150051");
  });

  test("a valid IBAN stays, in one piece or spaced", () => {
    const belgian = anyDigits(10).map((account) => {
      const bban = account + String(Number(BigInt(account) % 97n) || 97).padStart(2, "0");
      return `BE${String(98n - (BigInt(`${bban}111400`) % 97n)).padStart(2, "0")}${bban}`;
    });
    fc.assert(fc.property(belgian, untouched), { numRuns: 5000 });
    fc.assert(
      fc.property(belgian, (iban) => untouched(`paid to ${groupedBy(" ")(iban)} today`)),
      { numRuns: 5000 },
    );
    untouched("NL91ABNA0417164300");
    untouched("DE89 3704 0044 0532 0130 00");
  });

  test("an IBAN whose check digits fail shields nothing", () => {
    expect(maskCards("BE41 1111 1111 1111 11").text).toBe("BE411111******1111");
  });

  test("Adyen's PSP references of 16 digits stay", () => {
    fc.assert(
      fc.property(fc.constantFrom("851", "861", "881", "991"), anyDigits(13), (start, rest) => untouched(start + rest)),
      { numRuns: 5000 },
    );
  });

  test.each([
    "30-05-2026 12.00.00",
    "2026-01-05-08.00.00.123456",
    "1767600000123",
    "550e8400-e29b-41d4-a716-446655440000",
    "C240305064258677CB87E192.G",
    "411111******1111",
    "123456789012",
    "4111111111111112",
    "",
  ])("%j stays", untouched);

  test("less than one generated reference in ten thousand is taken for a card", () => {
    const hex = fc.uuid().map((uuid) => uuid.replaceAll("-", ""));
    const time = fc.date({ min: new Date("2015-01-01Z"), max: new Date("2035-01-01Z"), noInvalidDate: true });
    const stamp = time.map((date) => date.toISOString().replace(/[TZ]/g, " "));
    const compact = time.map((date) => date.toISOString().replace(/\D/g, ""));
    const rrn = anyDigits(12);
    const ccv = fc.tuple(compact, fc.stringMatching(/^[0-9A-F]{8}$/)).map(([at, end]) => `C${at.slice(2)}${end}.G`);
    const invoice = fc.tuple(time, anyDigits(6)).map(([date, number]) => `${date.getUTCFullYear()}-${number}`);
    const references = fc.sample(fc.oneof(fc.uuid(), hex, stamp, compact, rrn, ccv, invoice), {
      numRuns: 20_000,
      seed: 7,
    });
    expect(references.filter((reference) => maskCards(reference).found > 0).length).toBeLessThanOrEqual(2);
  });
});
