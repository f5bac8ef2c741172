/** ISO 4217 has two decimals but for these; what Intl knows differs from it for some currencies. */
const EXCEPTIONS: Readonly<Record<string, number>> = Object.fromEntries([
  ..."BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ").map((code) => [code, 0]),
  ..."BHD IQD JOD KWD LYD OMR TND".split(" ").map((code) => [code, 3]),
  ..."CLF UYW".split(" ").map((code) => [code, 4]),
]);

export function decimalsOf(currency: string): number {
  return EXCEPTIONS[currency] ?? 2;
}

/** Minor units as a decimal text, exactly: `"-1250"` of EUR is `"-12.50"`. */
export function decimalOf(amountMinor: string, currency: string): `${number}` {
  const decimals = decimalsOf(currency);
  const sign = amountMinor.startsWith("-") ? "-" : "";
  const digits = amountMinor.slice(sign.length).padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  const text = decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${sign}${text}` as `${number}`;
}

/** What a person typed, with a comma or a point, as minor units; undefined where it is no amount. */
export function minorOf(text: string, currency: string): string | undefined {
  const decimals = decimalsOf(currency);
  const [, units, fraction = ""] = /^\s*(\d{1,12})(?:[.,](\d*))?\s*$/.exec(text) ?? [];
  if (units === undefined || fraction.length > decimals) return undefined;
  return (units + fraction.padEnd(decimals, "0")).replace(/^0+(?=\d)/, "");
}
