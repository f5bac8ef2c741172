import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import type { Finding } from "./webhook.ts";

/** Turns what was told into what it means; what is wrong with its content keeps it aside, with the reason. */
export function findingOf(read: () => ProviderEvent | { readonly skipped: string }): Finding {
  try {
    const meaning = read();
    return "skipped" in meaning ? { kind: "skipped", reason: meaning.skipped } : { kind: "event", event: meaning };
  } catch (error) {
    if (error instanceof z.ZodError) return { kind: "unclear", problem: z.prettifyError(error) };
    if (error instanceof AppError) return { kind: "unclear", problem: error.message };
    throw error;
  }
}
