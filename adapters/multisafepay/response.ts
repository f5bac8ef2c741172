import type { Outcome } from "../../subgraphs/shared/event.ts";

/** What an issuer's ISO 8583 response code says of a card payment; undefined when it was approved. */
export function refusalOf(code: string): Outcome | undefined {
  if (/^0+$/.test(code)) return undefined;
  const reason = REASONS[code];
  if (reason === "no_answer" || reason === "technical_error") {
    return { status: "FAILED", certainty: "INDETERMINATE", reason };
  }
  return { status: "REFUSED", certainty: "DEFINITIVE", reason: reason ?? `response_${code}` };
}

const REASONS: Readonly<Record<string, string>> = {
  "05": "do_not_honour",
  "14": "invalid_card",
  "51": "insufficient_funds",
  "54": "expired_card",
  "55": "wrong_pin",
  "57": "not_permitted",
  "61": "limit_exceeded",
  "65": "pin_required",
  "91": "no_answer",
  "96": "technical_error",
};
