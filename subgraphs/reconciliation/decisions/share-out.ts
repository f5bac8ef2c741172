/**
 * Divides an amount over parts by their weights, exact to the last minor unit: what does not divide goes to the largest
 * remainders, the first of equal ones. Weights are not negative and not all zero; the amount may be negative.
 */
export function shareOut(amount: bigint, weights: readonly bigint[]): readonly bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole <= 0n || weights.some((weight) => weight < 0n))
    throw new RangeError("weights must add up to more than zero");
  const size = amount < 0n ? -amount : amount;
  const parts = weights.map((weight, index) => {
    return { index, part: (size * weight) / whole, remainder: (size * weight) % whole };
  });
  const left = size - parts.reduce((sum, { part }) => sum + part, 0n);
  const ranked = [...parts].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  const rounded = new Set(ranked.slice(0, Number(left)).map(({ index }) => index));
  return parts.map(({ index, part }) => (part + (rounded.has(index) ? 1n : 0n)) * (amount < 0n ? -1n : 1n));
}
