import type { BankEntry } from "../../subgraphs/shared/bank-entry.ts";
import { plainText, referenceOf } from "./entries.ts";

/** What a `:86:` says that is kept: its three dialects all mix names and addresses in. */
export type PaymentText = Pick<BankEntry, "remittance" | "structured" | "endToEndId">;

/** Lines of several `:86:` are given one after the other. */
export function paymentText(lines: readonly string[]): PaymentText {
  const joined = lines.join("").trimStart();
  if (/^\d{3}\?\d\d/.test(joined) || /\?20/.test(joined)) return german(joined);
  if (CODEWORD.test(joined)) return dutch(joined);
  return { remittance: plainText(withoutNames(freeText(lines))) };
}

/** Characters of a full line: where a line is full, a word may go on in the next. */
const FULL_LINE = 65;
const FULL_FIELD = 27;

function freeText(lines: readonly string[]): string {
  return lines.reduce((text, line) => text + line + (line.length >= FULL_LINE ? "" : " "), "");
}

/** Dutch banks: words between slashes, `/EREF/…/REMI/USTD//…/`, which lines break anywhere. */
const WORDS =
  "TRTP|IBAN|BIC|NAME|REMI|EREF|ORDP|BENM|ADDR|ISDT|CNTP|PREF|MARF|CSID|TRCD|RTRN|SVCL|PURP|ULTC|ULTD|ULTB|UDTR|UCRD|ID|CHGS|EXCH|OCMT|INIT";
const CODEWORD = new RegExp(`^/(?:${WORDS})/`);

function dutch(text: string): PaymentText {
  const values = new Map<string, string>();
  const found = [...text.matchAll(new RegExp(`/(${WORDS})/`, "g"))];
  found.forEach((match, index) => {
    const value = text.slice(match.index + match[0].length, found[index + 1]?.index);
    const word = match[1]!;
    if (!values.has(word)) values.set(word, value.replace(/^\/+|\/+$/g, ""));
  });
  const remittance = values.get("REMI") ?? "";
  const [, issuer, reference] = /^STRD\/(\w+)\/(.+)$/.exec(remittance) ?? [];
  const endToEndId = referenceOf(values.get("EREF"));
  return {
    ...(endToEndId !== undefined && { endToEndId }),
    ...(issuer !== undefined &&
      reference !== undefined && { structured: { type: issuer, value: plainText(reference) } }),
    remittance: plainText(remittance.replace(/^(?:USTD\/\/|STRD\/\w+\/)/, "")),
  };
}

/** German banks: numbered fields of 27 characters, 20 to 29 and 60 to 63 for the text, 32 and 33 for the name. */
function german(text: string): PaymentText {
  let purpose = "";
  for (const [, number = "", content = ""] of text.matchAll(/\?(\d\d)((?:(?!\?\d\d).)*)/gs)) {
    if (/^(?:2\d|6[0-3])$/.test(number)) purpose += content + (content.length >= FULL_FIELD ? "" : " ");
  }
  const parts = new Map<string, string>();
  const found = [...purpose.matchAll(/(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|BREF|RREF|PURP)\+/g)];
  found.forEach((match, index) => {
    const value = purpose.slice(match.index + match[0].length, found[index + 1]?.index);
    if (!parts.has(match[1]!)) parts.set(match[1]!, value);
  });
  const before = purpose.slice(0, found[0]?.index);
  const endToEndId = referenceOf(parts.get("EREF"));
  return {
    ...(endToEndId !== undefined && { endToEndId }),
    remittance: plainText(`${before} ${parts.get("SVWZ") ?? ""}`),
  };
}

/** Free text is kept, but for what says itself that it is the name of somebody. */
function withoutNames(text: string): string {
  return text.replaceAll(/\/?\b(?:NAAM|NAME): [^/]*/g, " ").replaceAll(/\bOD: [^;]*;/g, " ");
}
