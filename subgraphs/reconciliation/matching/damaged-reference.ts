/**
 * True where `told` is `booked` with a damage that people and printers do: one character read wrongly, left out or put
 * in, two neighbours swapped, or the end cut off. Short references are never taken for damaged ones: among a shop's own
 * numbers the next one is a purchase of its own.
 */
export function isDamaged(told: string, booked: string): boolean {
  if (told === booked || Math.min(told.length, booked.length) < SHORTEST) return false;
  if (/^\d+$/.test(told) && /^\d+$/.test(booked) && told.length === booked.length) return false;
  const start = commonStart(told, booked);
  if (start === told.length || start === booked.length) return true;
  const [a, b] = [told.slice(start), booked.slice(start)];
  const isSwapped = a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
  return a.slice(1) === b.slice(1) || a === b.slice(1) || a.slice(1) === b || isSwapped;
}

/** Long enough that a damaged reference is hardly another one's. */
const SHORTEST = 10;

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
