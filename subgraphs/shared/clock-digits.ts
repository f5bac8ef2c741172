/**
 * The fourteen digits of a time that is written as most files write it, YYYY-MM-DD HH:MM:SS or with a T between, as one
 * number; undefined for any other text. A pattern would cost ten times as much, and files have millions of times.
 */
export function clockDigits(text: string): number | undefined {
  if (text.length !== SHAPE.length) return undefined;
  let digits = 0;
  for (let at = 0; at < SHAPE.length; at += 1) {
    const code = text.charCodeAt(at);
    if (SHAPE.charCodeAt(at) === ZERO) {
      if (code < ZERO || code > NINE) return undefined;
      digits = digits * 10 + code - ZERO;
    } else if (code !== SHAPE.charCodeAt(at) && !(at === BETWEEN && code === LETTER_T)) return undefined;
  }
  return digits;
}

const SHAPE = "0000-00-00 00:00:00";
const BETWEEN = 10;
const ZERO = 48;
const NINE = 57;
const LETTER_T = 84;
