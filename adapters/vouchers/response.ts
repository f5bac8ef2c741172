import type { Outcome } from "../../subgraphs/shared/event.ts";

/** What an issuer's response code says of a voucher payment; undefined when it was approved. */
export function refusalOf(responseCode: string): Outcome | undefined {
  if (responseCode === "00" || responseCode === "000") return undefined;
  const reason = REASONS[responseCode];
  if (reason === "no_answer" || reason === "technical_error") {
    return { status: "FAILED", certainty: "INDETERMINATE", reason };
  }
  return { status: "REFUSED", certainty: "DEFINITIVE", reason: reason ?? `response_${responseCode || "missing"}` };
}

/** False for a code that the issuer had not told of; it is taken for a refusal all the same. */
export function isKnownResponse(responseCode: string): boolean {
  return ["00", "000"].includes(responseCode) || Object.hasOwn(REASONS, responseCode);
}

const REASONS: Readonly<Record<string, string>> = {
  "51": "insufficient_balance",
  "54": "voucher_expired",
  "57": "product_not_eligible",
  "91": "no_answer",
  "96": "technical_error",
};
