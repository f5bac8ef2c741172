import { maskCards } from "../card-detector.ts";
import { AppError } from "../errors.ts";

/** What a person wrote, trimmed and with card numbers masked; null where there is nothing. At most 1,000 characters. */
export function personText(name: string, text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? "";
  if (trimmed.length > LONGEST) {
    throw new AppError("INVALID_INPUT", `\`${name}\` has ${trimmed.length} characters: write ${LONGEST} at most.`);
  }
  if (trimmed.includes("\u0000")) throw new AppError("INVALID_INPUT", `\`${name}\` holds U+0000: remove it.`);
  return trimmed === "" ? null : maskCards(trimmed).text;
}

const LONGEST = 1_000;
