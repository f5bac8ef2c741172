/**
 * What makes a secret easy to guess, as the end of a sentence; undefined where nothing does. It knows the values that our
 * own examples show, words people type in place of a secret, repeated and counted-up characters; it cannot tell a phrase
 * from chance.
 */
export function weaknessOf(secret: string, shortest = SHORTEST): string | undefined {
  if (PLACEHOLDER.test(secret)) return "is the placeholder of an example";
  if (secret.length < shortest) return `is shorter than ${shortest} characters`;
  if (bitsOf(secret) < shortest * LEAST_BITS) return "repeats or counts up its characters";
  return undefined;
}

/** Made by `openssl rand -base64 32`, which is longer. */
const SHORTEST = 32;
/** A random hexadecimal digit has 4 bits, and a short text of them seems to have fewer. */
const LEAST_BITS = 2.5;

const PLACEHOLDER = /replace|change[-_]?(?:me|this|it)|pass-?word|secret|example|default|0123456789abcdef|set it in/i;

/** Shannon's measure of the characters, of which those that merely follow from the one before do not count. */
function bitsOf(secret: string): number {
  const fresh = [...shortestPeriod(secret)].filter((character, index, all) => {
    const step = character.charCodeAt(0) - (all[index - 1]?.charCodeAt(0) ?? Number.NaN);
    return !(Math.abs(step) <= 1);
  });
  const counts = new Map<string, number>();
  for (const character of fresh) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits + count * Math.log2(fresh.length / count), 0);
}

/** `abcabcabc` says no more than `abc`. */
function shortestPeriod(text: string): string {
  const at = `${text}${text}`.indexOf(text, 1);
  const whole = text.slice(0, at);
  // A repetition that is cut off in its middle is one as well.
  for (let length = 1; length <= whole.length / 2; length++) {
    if (whole.slice(length) === whole.slice(0, whole.length - length)) return whole.slice(0, length);
  }
  return whole;
}
