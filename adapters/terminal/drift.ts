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
    const names = Object.keys(fields).filter((name) => !FIELDS.has(name) && !told.has(name));
    for (const name of names) told.add(name);
    return [
      ...names.map((name): Reading => ({ kind: "drift", drift: { what: "UNKNOWN_COLUMN", name, line } })),
      ...Object.entries(WORDS).flatMap(([name, isKnown]) => {
        const word = fields[name];
        return typeof word !== "string" || isKnown(word) ? [] : [unknownValue(name, word, line)];
      }),
    ];
  };
}

const { type, status } = JournalLine.shape;
const MODES: ReadonlySet<string> = new Set(ENTRY_MODES);

const WORDS: Readonly<Record<string, (word: string) => boolean>> = {
  type: (word) => type.safeParse(word).success,
  status: (word) => status.safeParse(word).success,
  entryMode: (word) => MODES.has(word),
  circuit: isKnownCircuit,
  product: (word) => terminalPurse(word) !== "UNKNOWN",
};

/** With what terminals may add and we never keep: the holder's name and the receipts. */
const FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(JournalLine.shape),
  ...["cardHolder", "cardHolderName", "customerReceipt", "merchantReceipt", "journalReceipt", "eJournal"],
]);
