/**
 * Whether money is too much for one person to decide about: above the limit of its currency, the largest amount counting,
 * whatever its sign. In a currency without a limit no amount is small enough.
 */
export function needsSecondPerson(
  limits: ReadonlyMap<string, bigint> | undefined,
  currency: string,
  ...amountsMinor: readonly bigint[]
): boolean {
  const limit = limits?.get(currency) ?? 0n;
  return amountsMinor.some((minor) => (minor < 0n ? -minor : minor) > limit);
}
