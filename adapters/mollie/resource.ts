import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { currencyOf } from "../../subgraphs/shared/money.ts";
import { exactOf } from "../readers/exact.ts";

/** Mollie's amount: the value is text in major units, with four decimals where a fee is part of a cent. */
export const MollieAmount = z.object({ currency: z.string(), value: z.string() });
export type MollieAmount = z.infer<typeof MollieAmount>;

export type ExactMoney = { readonly exact: bigint; readonly currency: string };

export function exactMoney(amount: MollieAmount): ExactMoney {
  return { exact: exactOf(amount.value), currency: currencyOf(amount.currency) };
}

/** Two amounts of one object are in one currency. Throws CURRENCY_MISMATCH. */
export function sameCurrency(amount: MollieAmount | null | undefined, currency: string): bigint {
  if (!amount) return 0n;
  const money = exactMoney(amount);
  if (money.currency === currency) return money.exact;
  throw new AppError("CURRENCY_MISMATCH", `an amount is in ${money.currency} and the object in ${currency}`);
}

/** Whether a JSON document's first object says that it is this resource, or its page lists it and is empty. */
export function isResource(head: string, resource: RegExp, list: string): boolean {
  if (!/^(?:\u00ef\u00bb\u00bf)?\s*[[{]/.test(head)) return false;
  const first = /"resource"\s*:\s*"([^"]*)"/.exec(head)?.[1];
  if (first !== undefined) return resource.test(first);
  return new RegExp(`"_embedded"\\s*:\\s*\\{\\s*"${list}"\\s*:`).test(head);
}
