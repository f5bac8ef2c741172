import { ENTRY_MODES } from "../../subgraphs/shared/vocabulary.ts";
import type { Reading } from "../adapter.ts";
import { unknownRecord, unknownValue } from "../readers/drift.ts";
import { terminalPurse } from "../vouchers/purses.ts";
import { JournalLine } from "./journal-line.ts";
import { isKnownCircuit } from "./processor.ts";

/** Finds what a journal did not have when this was written; each unknown field is told once. */
export function createJournalDrift(): (value: unknown, line: number) => readonly Reading[] {
  const told = new Set<string>();
  return (value, line) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
    const fields = value as Readonly<Record<string, unknown>>;
    if (typeof fields["record"] === "string") return [unknownRecord("record", fields["record"], line)];
    const found: Reading[] = [];
    for (const name in fields) {
      if (FIELDS.has(name) || told.has(name)) continue;
      told.add(name);
      found.push({ kind: "drift", drift: { what: "UNKNOWN_COLUMN", name, line } });
    }
    for (const [name, isKnown] of WORDS) {
      const word = fields[name];
      if (typeof word === "string" && !isKnown(word)) found.push(unknownValue(name, word, line));
    }
    return found.length > 0 ? found : NOTHING;
  };
}

const NOTHING: readonly Reading[] = [];

const { type, status } = JournalLine.shape;
const oneOf = (words: readonly string[]) => {
  const known = new Set(words);
  return (word: string) => known.has(word);
};

const WORDS: readonly (readonly [name: string, isKnown: (word: string) => boolean])[] = [
  ["type", oneOf(type.options)],
  ["status", oneOf(status.options)],
  ["entryMode", oneOf(ENTRY_MODES)],
  ["circuit", isKnownCircuit],
  ["product", (word) => terminalPurse(word) !== "UNKNOWN"],
];

/** With what terminals may add and we never keep: the holder's name and the receipts. */
const FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(JournalLine.shape),
  ...["cardHolder", "cardHolderName", "customerReceipt", "merchantReceipt", "journalReceipt", "eJournal"],
]);
