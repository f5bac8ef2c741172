import type { Reading } from "../adapter.ts";
import { unknownValue } from "../readers/drift.ts";
import { KNOWN_BRANDS, KNOWN_METHODS } from "./payment.ts";
import { isKnownFailure, isKnownStatus } from "./status.ts";
import { CcvTransaction } from "./transaction.ts";
import { NO_MONEY, PAYMENT_TYPES } from "./types.ts";

/** Finds what CCV's transactions did not have when this was written; each unknown field is told once. */
export function createDriftFinder(): (value: unknown, line: number) => readonly Reading[] {
  const told = new Set<string>();
  return (value, line) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
    const names = Object.keys(value).filter((name) => !FIELDS.has(name) && !told.has(name));
    for (const name of names) told.add(name);
    return [
      ...names.map((name): Reading => ({ kind: "drift", drift: { what: "UNKNOWN_COLUMN", name, line } })),
      ...unknownWords(value as Readonly<Record<string, unknown>>, line),
    ];
  };
}

function unknownWords(transaction: Readonly<Record<string, unknown>>, line: number): readonly Reading[] {
  return Object.entries(WORDS).flatMap(([name, isKnown]) => {
    const word = transaction[name];
    return typeof word !== "string" || isKnown(word.toLowerCase()) ? [] : [unknownValue(name, word, line)];
  });
}

const WORDS: Readonly<Record<string, (word: string) => boolean>> = {
  type: (word) => PAYMENT_TYPES.has(word) || Object.hasOwn(NO_MONEY, word),
  status: isKnownStatus,
  failureCode: isKnownFailure,
  method: (word) => KNOWN_METHODS.has(word),
  brand: (word) => KNOWN_BRANDS.has(word),
  entryMode: (word) => word === "ecom" || word === "instore",
};

/** Every field that CCV documents or that we add, read or not. */
const FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(CcvTransaction.shape),
  ...["statusFinalDate", "description", "language", "payUrl", "returnUrl", "cancelUrl", "webhookUrl", "metadata"],
  ...["notificationRequests", "payoutInstructions", "token", "tokenMaskedInput", "issuer", "scaReady"],
]);
