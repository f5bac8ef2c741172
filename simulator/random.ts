/**
 * A small seeded generator (mulberry32): the same seed gives the same files on every machine, which is what makes the
 * samples a test. Whole numbers only, so that no money ever passes through a fraction.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + (this.#next() % (most - least + 1));
  }

  /** True in `share` of 1,000 cases. */
  chance(share: number): boolean {
    return this.int(0, 999) < share;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)]!;
  }

  /** Picks by whole-number weights. */
  weighted<T>(choices: readonly (readonly [T, number])[]): T {
    let rest = this.int(
      1,
      choices.reduce((sum, [, weight]) => sum + weight, 0),
    );
    for (const [choice, weight] of choices) {
      rest -= weight;
      if (rest <= 0) return choice;
    }
    return choices[0]![0];
  }

  digits(count: number): string {
    return this.text("0123456789", count);
  }

  text(alphabet: string, count: number): string {
    let text = "";
    while (text.length < count) text += alphabet[this.int(0, alphabet.length - 1)];
    return text;
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
