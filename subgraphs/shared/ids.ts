import { hash, randomBytes } from "node:crypto";
import { AppError } from "./errors.ts";
import type { Family } from "./vocabulary.ts";

/**
 * An id that the content decides: the same parts give the same id on every machine, so replaying creates nothing new.
 * 120 bits of SHA-256 over the parts; a part must not hold U+001F, which stands between them.
 */
export function stableId(prefix: string, ...parts: readonly string[]): string {
  let content = "";
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index]!;
    if (part.includes(SEPARATOR)) throw notAPart(prefix);
    content += index === 0 ? part : SEPARATOR + part;
  }
  return `${prefix}_${hash("sha256", content, "base64url").slice(0, LENGTH)}`;
}

function notAPart(prefix: string): AppError {
  return new AppError("INVALID_INPUT", `an id of "${prefix}" cannot be made of text that holds U+001F; remove it`);
}

/** The id of our transaction for a provider's reference; `account` is "" where a provider has only one. */
export function transactionId(family: Family, provider: string, account: string, reference: string): string {
  return stableId(FAMILY_PREFIXES[family], provider, account, reference);
}

/** The family a transaction id tells; undefined for ids of other things and for text that is no id. */
export function familyOfId(id: string): Family | undefined {
  return TRANSACTION_ID.test(id) ? FAMILIES_BY_PREFIX.get(id.slice(0, 3)) : undefined;
}

/** An id for what has no content of its own to be named by: 120 random bits. */
export function randomId(prefix: string): string {
  return `${prefix}_${randomBytes(15).toString("base64url")}`;
}

export const FAMILY_PREFIXES = { CCV_PAY: "ccv", E_VOUCHER: "evo", ACQUIRER: "acq" } as const satisfies Record<
  Family,
  string
>;

export const PREFIXES = {
  file: "fil",
  settlementLine: "lin",
  batch: "bat",
  payout: "pay",
  bankEntry: "bnk",
  payoutCredit: "crd",
  run: "run",
  match: "mat",
  event: "evt",
  discrepancy: "dis",
  sourceRecord: "rec",
  merchant: "mer",
  location: "loc",
  terminal: "ter",
  webhookEndpoint: "whe",
  notice: "not",
  export: "exp",
  closing: "clo",
  savedView: "viw",
} as const;

const SEPARATOR = "\u001f";
const LENGTH = 20;
const TRANSACTION_ID = /^(?:ccv|evo|acq)_[\w-]{20}$/;
const FAMILIES_BY_PREFIX = new Map(
  Object.entries(FAMILY_PREFIXES).map(([family, prefix]) => [prefix as string, family as Family]),
);
