/** Card numbers that a test scatters, and finds again wherever they were left. */
type CardNumbers = {
  /** The next number, disguised as people write them; after the last it begins again. */
  readonly next: () => string;
  /** The next number without separators. */
  readonly nextPlain: () => string;
  /** How many different ones were handed out. */
  readonly used: () => number;
  /** What of them stands in a text, however it is spaced: the last four digits and what is around, never the number. */
  readonly tracesIn: (text: string) => readonly string[];
};

/** Leading digits and lengths of every scheme, those of regional ones among them. */
const SCHEMES = [
  ["4", 16],
  ["4", 13],
  ["4", 19],
  ["51", 16],
  ["55", 16],
  ["2221", 16],
  ["2720", 16],
  ["34", 15],
  ["37", 15],
  ["36", 14],
  ["3095", 16],
  ["3528", 16],
  ["2200", 16],
  ["6703", 17],
  ["6703", 19],
  ["5018", 16],
  ["6011", 16],
  ["622126", 16],
  ["6521", 16],
  ["8171", 16],
] as const;

const DISGUISES: readonly ((digits: string) => string)[] = [
  (digits) => digits,
  (digits) => inFours(digits).join(" "),
  (digits) => inFours(digits).join("-"),
  (digits) => inFours(digits).join("."),
  (digits) => `paid with ${inFours(digits).join(" ")} at 12:00`,
  (digits) => `ref ${digits}.`,
];

/** Numbers whose check digit holds, the same ones for the same seed. */
export function seededCardNumbers(count: number, seed: number): CardNumbers {
  const random = mulberry(seed);
  const numbers = new Set<string>();
  while (numbers.size < count) {
    const [prefix, length] = SCHEMES[numbers.size % SCHEMES.length] ?? ["4", 16];
    const body = prefix + digitsOf(random, length - prefix.length - 1);
    numbers.add(body + checkDigit(body));
  }
  const list = [...numbers];
  let handedOut = 0;
  const nextPlain = () => list[handedOut++ % list.length] ?? "";
  return {
    nextPlain,
    next: () => (DISGUISES[handedOut % DISGUISES.length] ?? String)(nextPlain()),
    used: () => Math.min(handedOut, list.length),
    tracesIn: (text) => tracesIn(text, numbers),
  };
}

/** Looks at the digits alone, so that it does not share a mistake with the code that masks. */
function tracesIn(text: string, numbers: ReadonlySet<string>): string[] {
  return [...text.matchAll(/\d(?:[^\da-zA-Z]{0,3}\d){12,}/g)].flatMap(({ 0: run, index }) => {
    const digits = run.replace(/\D/g, "");
    const found = LENGTHS.flatMap((length) =>
      Array.from({ length: Math.max(0, digits.length - length + 1) }, (_, at) => digits.slice(at, at + length)),
    ).filter((candidate) => numbers.has(candidate));
    return found.map(
      (number) => `…${number.slice(-4)} after ${JSON.stringify(text.slice(Math.max(0, index - 80), index))}`,
    );
  });
}

const LENGTHS = [...new Set(SCHEMES.map(([, length]) => length))];

const inFours = (digits: string) => digits.match(/\d{1,4}/g) ?? [];

const digitsOf = (random: () => number, count: number) =>
  Array.from({ length: count }, () => Math.floor(random() * 10)).join("");

function checkDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, digit, index) => {
    const weighted = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (weighted > 9 ? weighted - 9 : weighted);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

/** A small generator of numbers from 0 to 1 that gives the same ones everywhere. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
