import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { DisputeNotice, ProviderEvent } from "../../subgraphs/shared/event.ts";
import type { Finding } from "./webhook.ts";

/** Turns what was told into what it means; what is wrong with its content keeps it aside, with the reason. */
export function findingOf(read: () => ProviderEvent | { readonly skipped: string }): Finding {
  return unlessUnclear(() => {
    const meaning = read();
    return "skipped" in meaning ? { kind: "skipped", reason: meaning.skipped } : { kind: "event", event: meaning };
  });
}

/** The same of what is said about a dispute besides, which may be nothing. */
export function disputeFindings(read: () => DisputeNotice | undefined): readonly Finding[] {
  const finding = unlessUnclear(() => {
    const notice = read();
    return notice && { kind: "dispute", notice };
  });
  return finding ? [finding] : [];
}

function unlessUnclear<F extends Finding | undefined>(read: () => F): F | Finding {
  try {
    return read();
  } catch (error) {
    if (error instanceof z.ZodError) return { kind: "unclear", problem: z.prettifyError(error) };
    if (error instanceof AppError) return { kind: "unclear", problem: error.message };
    throw error;
  }
}
