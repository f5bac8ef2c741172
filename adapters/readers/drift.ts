import type { Reading } from "../adapter.ts";

/** A word that a closed list of the format does not have; the caller decides whether the row can still be trusted. */
export function unknownValue(name: string, value: string, line: number): Reading {
  return { kind: "drift", drift: { what: "UNKNOWN_VALUE", name, value: value.slice(0, LONGEST_WORD), line } };
}

/** A kind of record that the format did not have. */
export function unknownRecord(name: string, value: string, line: number): Reading {
  return { kind: "drift", drift: { what: "UNKNOWN_RECORD", name, value: value.slice(0, LONGEST_WORD), line } };
}

const LONGEST_WORD = 40;
