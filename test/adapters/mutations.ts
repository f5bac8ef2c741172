/** A stream of numbers below a limit, the same on each run for one seed. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed % 2_147_483_647;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** The file with one to three faults, as transfers, editors and spreadsheets make them. */
export function mutated(bytes: Buffer, random: (below: number) => number): Buffer {
  let damaged = Buffer.from(bytes);
  for (let faults = 1 + random(3); faults > 0 && damaged.length > 0; faults -= 1) {
    damaged = FAULTS[random(FAULTS.length)]!(damaged, random);
  }
  return damaged;
}

type Fault = (bytes: Buffer, random: (below: number) => number) => Buffer<ArrayBuffer>;

const FAULTS: readonly Fault[] = [
  cut,
  (bytes, random) => replaced(bytes, random(bytes.length), 1, Buffer.from([random(256)])),
  (bytes, random) => replaced(bytes, random(bytes.length), 1 + random(20), Buffer.alloc(0)),
  (bytes, random) => replaced(bytes, random(bytes.length), 0, Buffer.from(WORDS[random(WORDS.length)]!)),
  digit,
  bit,
  (bytes, random) => ofLines(bytes, (lines) => lines.splice(random(lines.length), 1)),
  (bytes, random) => ofLines(bytes, (lines) => lines.splice(random(lines.length), 0, lines[random(lines.length)]!)),
  (bytes, random) => ofLines(bytes, (lines) => lines.push(...lines.splice(random(lines.length), 1))),
];

const WORDS = [
  ",",
  ";",
  '"',
  "\n",
  "\r\n",
  "-",
  ".",
  "0",
  "9",
  "1e5",
  "NaN",
  "null",
  "{",
  "}",
  "[",
  "]",
  "__proto__",
  "é",
];

function cut(bytes: Buffer, random: (below: number) => number): Buffer<ArrayBuffer> {
  return Buffer.from(bytes.subarray(0, random(bytes.length)));
}

/** Another digit in place of one: the fault that only sums can show. It is the next one behind a random place. */
function digit(bytes: Buffer, random: (below: number) => number): Buffer<ArrayBuffer> {
  const start = random(bytes.length);
  for (let step = 0; step < bytes.length; step += 1) {
    const at = (start + step) % bytes.length;
    if (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) return replaced(bytes, at, 1, Buffer.from(String(random(10))));
  }
  return Buffer.from(bytes);
}

/** One bit, as bad memory and bad lines turn it. */
function bit(bytes: Buffer, random: (below: number) => number): Buffer<ArrayBuffer> {
  const at = random(bytes.length);
  return replaced(bytes, at, 1, Buffer.from([bytes[at]! ^ (1 << random(8))]));
}

function replaced(bytes: Buffer, at: number, length: number, by: Buffer): Buffer<ArrayBuffer> {
  return Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + length)]);
}

function ofLines(bytes: Buffer, change: (lines: string[]) => unknown): Buffer<ArrayBuffer> {
  const lines = bytes.toString("latin1").split("\n");
  change(lines);
  return Buffer.from(lines.join("\n"), "latin1");
}
