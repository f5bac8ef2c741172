/** What may be kept of a card number: the first eight and last four digits at most, the rest masked. */
export type CardDigits = { readonly maskedPan?: string; readonly last4?: string };

/** Reads a masked card number (`670300XXXXXXXX1234`); digits a provider should have masked are masked here. */
export function cardDigits(text: string | undefined): CardDigits {
  const pan = text?.replaceAll(/\s/g, "") ?? "";
  if (pan.length < 8 || pan.length > 19) return {};
  const last4 = /\d{4}$/.exec(pan)?.[0];
  const [first = ""] = /^\d*/.exec(pan) ?? [];
  const shown = first.slice(0, Math.min(first.length > 8 ? 6 : 8, pan.length - 4));
  const maskedPan = shown + "X".repeat(pan.length - shown.length - 4) + pan.slice(-4).replaceAll(/\D/g, "X");
  return last4 === undefined ? { maskedPan } : { maskedPan, last4 };
}

/**
 * A JSON row as we may keep it: without the names of people that some providers put beside the card, and with card
 * numbers masked even where the provider forgot to.
 */
export function withoutPersonalData(raw: string): string {
  // Both look back over all of a row's text; hardly a row has either.
  if (!/holder|pan"/i.test(raw)) return raw;
  return raw
    .replaceAll(/("[^"]*card_?holder[^"]*"\s*:\s*)"[^"\\]*(?:\\.[^"\\]*)*"/gi, '$1""')
    .replaceAll(/("[^"]*pan"\s*:\s*)"([\d\sX*]+)"/gi, (_, key: string, pan: string) => {
      return `${key}"${cardDigits(pan).maskedPan ?? ""}"`;
    });
}
