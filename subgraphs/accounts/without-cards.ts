import { maskCards } from "../shared/card-detector.ts";
import { AppError } from "../shared/errors.ts";

/** What stands as it is, and so may hold no card number. @throws AppError INVALID_INPUT */
export function withoutCards(name: string, text: string): string {
  if (maskCards(text).found === 0) return text;
  throw new AppError("INVALID_INPUT", `\`${name}\` holds what looks like a card number: take it out.`);
}
