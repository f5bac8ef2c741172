import { AppError } from "../../subgraphs/shared/errors.ts";

/**
 * Minor units of a zoned decimal: digits of which the last is written as a letter that holds the sign as well, { and A to I
 * for plus, } and J to R for minus. A blank field is zero. Throws INVALID_AMOUNT for anything else: a plain last digit has
 * lost its sign.
 */
export function overpunched(text: string): bigint {
  const field = text.trim();
  if (field === "") return 0n;
  const digit = SIGNED.indexOf(field.at(-1)!);
  if (digit === -1 || !/^\d*$/.test(field.slice(0, -1))) {
    throw new AppError("INVALID_AMOUNT", `"${field.slice(0, 20)}" is not an amount with its sign in the last place`);
  }
  const amount = BigInt(`${field.slice(0, -1)}${digit % 10}`);
  return digit < 10 ? amount : -amount;
}

/** Plus 0 to 9, then minus 0 to 9. */
const SIGNED = "{ABCDEFGHI}JKLMNOPQR";
