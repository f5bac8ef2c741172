/**
 * Replaces every card number in a text by its first six and last four digits, before the text is stored or logged.
 * A card number is 13 to 19 digits of a known range whose check digit holds, however it is spaced, dashed or dotted.
 * Left alone: digits of a longer run (an ARN has 23), valid IBANs, UUIDs, hashes and CCV references. Fields an adapter
 * knows to be references are the caller's to leave out: of bare random numbers of 16 digits, 4 % look like a card.
 */
export function maskCards(text: string): { readonly text: string; readonly found: number } {
  let found = 0;
  let kept: readonly Span[] | undefined;
  const masked = text.replace(RUN, (run, offset: number) => {
    kept ??= spansToKeep(text);
    const cards = cardsIn(run).filter(({ start, end }) => !overlaps(kept, offset + start, offset + end));
    found += cards.length;
    return cards.reduceRight((rest, card) => rest.slice(0, card.start) + card.mask + rest.slice(card.end), run);
  });
  return { text: masked, found };
}

type Span = { readonly start: number; readonly end: number };
type Group = Span & { readonly digits: string };
type Card = Span & { readonly mask: string };

const DIGIT = "[0-9\\u0660-\\u0669\\u06f0-\\u06f9\\uff10-\\uff19]";
/** Space, dash, dot, underscore and slash, with their typographic kin and the characters nobody sees. */
const SEPARATOR =
  "[ \\t\\u00a0\\u00ad\\u2000-\\u200d\\u202f\\u205f\\u2060\\u3000\\ufeff.\\u00b7_/\\-\\u2010-\\u2015\\u2212]";
const RUN = new RegExp(`${DIGIT}(?:${SEPARATOR}{0,3}${DIGIT}){12,}`, "g");
const GROUP = new RegExp(`${DIGIT}+`, "g");

/** Leading digits of each range and the lengths its numbers have. */
const RANGES: readonly (readonly [RegExp, readonly [shortest: number, longest: number]])[] = [
  [/^4/, [13, 19]], // Visa
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16, 16]], // Mastercard
  [/^3[47]/, [15, 15]], // American Express
  [/^(?:30[0-5]|3095|36|3[89])/, [14, 19]], // Diners Club
  [/^35(?:2[89]|[3-8])/, [16, 19]], // JCB
  [/^220[0-4]/, [16, 19]], // Mir
  [/^(?:5[06-8]|6)/, [13, 19]], // Maestro with Bancontact (6703), Discover, UnionPay, RuPay
  [/^8[12]/, [16, 19]], // RuPay, UnionPay
];

/** How cards print their number; such groups are a card even in the middle of other numbers. */
const PRINTED = [
  [4, 4, 4, 4, 3],
  [4, 4, 4, 4, 2],
  [4, 4, 4, 4, 1],
  [4, 4, 4, 4],
  [4, 4, 4, 3],
  [4, 4, 4, 2],
  [4, 4, 4, 1],
  [4, 6, 5],
  [4, 6, 4],
  [4, 4, 5],
] as const;

/**
 * The whole run if it is one number, else the groups in it that are. Unequal separators mark a whole run as several
 * numbers side by side: 30-05-2026 12.00.00 begins like a Diners Club card.
 */
function cardsIn(run: string): Card[] {
  const groups = groupsOf(run);
  const separators = new Set(groups.slice(1).map((group, index) => run.slice(groups[index]?.end, group.start)));
  const whole = separators.size <= 1 ? cardOf(groups) : undefined;
  if (whole) return [whole];
  const cards: Card[] = [];
  for (let index = 0; index < groups.length; index += 1) {
    const window = windowsAt(groups, index).find((candidate) => cardOf(candidate));
    const card = window && cardOf(window);
    if (!card) continue;
    cards.push(card);
    index += window.length - 1;
  }
  return cards;
}

function groupsOf(run: string): Group[] {
  return [...run.matchAll(GROUP)].map(({ 0: text, index }) => {
    return { start: index, end: index + text.length, digits: asciiDigits(text) };
  });
}

function windowsAt(groups: readonly Group[], index: number): Group[][] {
  const printed = PRINTED.filter((lengths) =>
    lengths.every((length, at) => groups[index + at]?.digits.length === length),
  );
  return [...printed.map((lengths) => lengths.length), 1].map((count) => groups.slice(index, index + count));
}

function cardOf(groups: readonly Group[]): Card | undefined {
  const [first, last] = [groups.at(0), groups.at(-1)];
  const digits = groups.map((group) => group.digits).join("");
  if (!first || !last || !isCardNumber(digits)) return undefined;
  const mask = `${digits.slice(0, 6)}${"*".repeat(digits.length - 10)}${digits.slice(-4)}`;
  return { start: first.start, end: last.end, mask };
}

function isCardNumber(digits: string): boolean {
  const { length } = digits;
  if (length < 13 || length > 19) return false;
  return RANGES.some(([prefix, [min, max]]) => length >= min && length <= max && prefix.test(digits)) && luhn(digits);
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const weighted = index % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

/** Every block of digits in DIGIT starts at a multiple of 16. */
function asciiDigits(text: string): string {
  return text.replace(/[^0-9]/g, (digit) => String(digit.charCodeAt(0) & 15));
}

const UUID_OR_HASH = /\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=\d*[a-f])[0-9a-f]{32,})\b/gi;
/** CCV Pay's references begin with their time, C240305064258677CB87E192.G, and in the 2020s so do many Mastercards. */
const TIMED_REFERENCE =
  /\b(?:C|TL)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d\d{3}[0-9A-F]{6,}\b/g;
const IBAN_START = /\b[A-Z]{2}\d{2}(?= ?[A-Z0-9])/gi;
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  `AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GR27 HR21 HU28 IE22 IS26 IT27 LI21 LT20 LU20 LV21
   MC27 MT31 NL18 NO15 PL28 PT25 RO24 SE24 SI19 SK24 SM27`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

function spansToKeep(text: string): Span[] {
  const references = [UUID_OR_HASH, TIMED_REFERENCE].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ 0: { length }, index }) => ({ start: index, end: index + length })),
  );
  const ibans = [...text.matchAll(IBAN_START)].flatMap(({ index }) => ibanAt(text, index) ?? []);
  return [...references, ...ibans];
}

/** An IBAN of its country's length whose check digits hold, in one piece or with single spaces. */
function ibanAt(text: string, start: number): Span | undefined {
  const length = IBAN_LENGTHS[text.slice(start, start + 2).toUpperCase()];
  const match =
    length && new RegExp(`^(?:[A-Z0-9] ?){${length - 1}}[A-Z0-9](?![A-Z0-9])`, "i").exec(text.slice(start, start + 48));
  if (!match) return undefined;
  const iban = match[0].replaceAll(" ", "").toUpperCase();
  const rotated = iban.slice(4) + iban.slice(0, 4);
  const number = rotated.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(number) % 97n === 1n ? { start, end: start + match[0].length } : undefined;
}

function overlaps(spans: readonly Span[] | undefined, start: number, end: number): boolean {
  return spans?.some((span) => start < span.end && end > span.start) ?? false;
}
