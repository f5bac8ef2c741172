import { formatDecimal } from "../../subgraphs/shared/money.ts";

/** One transaction object; the amount is positive minor units of EUR, times are epoch milliseconds. */
export type CcvFacts = {
  readonly reference: string;
  readonly originalReference?: string;
  readonly merchantOrderReference?: string;
  readonly type: string;
  readonly status: "pending" | "success" | "failed" | "manualintervention";
  readonly failureCode?: string;
  readonly amountMinor: bigint;
  readonly method?: string;
  readonly brand?: string;
  readonly entryMode?: "ecom" | "instore";
  readonly created: number;
  readonly lastUpdate: number;
  readonly payout?: { readonly reference: string; readonly date: number };
  readonly account: string;
  readonly terminal?: string;
  readonly maskedPan?: string;
};

/** The object as CCV's API writes it: a bare JSON number for the amount, the currency in lower case. */
export function ccvLine(facts: CcvFacts): string {
  const { payout, terminal, maskedPan } = facts;
  const details = { ...(terminal && { terminalId: terminal }), ...(maskedPan && { maskedPan }) };
  const before = JSON.stringify({
    reference: facts.reference,
    originalReference: facts.originalReference,
    merchantOrderReference: facts.merchantOrderReference,
    type: facts.type,
    status: facts.status,
    failureCode: facts.failureCode,
  });
  const after = JSON.stringify({
    currency: "eur",
    method: facts.method,
    brand: facts.brand,
    entryMode: facts.entryMode,
    created: facts.created,
    lastUpdate: facts.lastUpdate,
    ...(payout && { paidout: true, paidoutDate: payout.date, paidoutReference: payout.reference }),
    account: facts.account,
    ...(Object.keys(details).length > 0 && { details }),
  });
  // Written as text between the two halves: a number of JavaScript's would be a float on the way.
  const amount = formatDecimal({ amountMinor: facts.amountMinor, currency: "EUR" });
  return `${before.slice(0, -1)},"amount":${amount},${after.slice(1)}`;
}

export function ccvEnd(count: number): string {
  return JSON.stringify({ record: "end", count });
}
