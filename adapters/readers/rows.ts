import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import type { Row } from "../adapter.ts";

/** What an adapter makes of one well-formed row: an event, or the reason why there is none. */
export type Meaning = ProviderEvent | { readonly skipped: string };

/** Turns one row into its reading; what is wrong with its content rejects that row and no other. */
export function rowOf(source: { readonly line: number; readonly raw: string }, read: () => Meaning): Row {
  const { line, raw } = source;
  try {
    const meaning = read();
    if ("skipped" in meaning) return { kind: "skipped", line, raw, reason: meaning.skipped };
    return { kind: "event", line, raw, event: meaning };
  } catch (error) {
    if (error instanceof z.ZodError) return { kind: "rejected", line, raw, problem: problemsOf(error) };
    if (error instanceof AppError) return { kind: "rejected", line, raw, problem: error.message };
    throw error;
  }
}

/** Reads what speaks for the whole file, a header or a trailer: its faults are the file's. Throws FILE_REJECTED. */
export function ofFile<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    throw new AppError("FILE_REJECTED", `line ${line}: ${cause.message}; fetch the file again`, { cause });
  }
}

function problemsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join(".") || "the row"}: ${message}`).join("; ");
}
