import { AppError } from "../../subgraphs/shared/errors.ts";
import { currencyOf, exponentOf, type Money, parseMinor } from "../../subgraphs/shared/money.ts";

/**
 * An amount that a provider counts in units of its own: for a few currencies it keeps other decimals than ISO 4217 has.
 * `exceptions` are its decimals for those. @throws AppError INVALID_AMOUNT where the amount has a part of our unit
 */
export function providerMinor(text: string, currency: string, exceptions: Readonly<Record<string, number>>): Money {
  const code = currencyOf(currency);
  const { amountMinor } = parseMinor(text, code);
  if (amountMinor < 0n) throw new AppError("INVALID_AMOUNT", `the amount ${text} is below zero`);
  const theirs = Object.hasOwn(exceptions, code) ? exceptions[code]! : exponentOf(code);
  const ours = exponentOf(code);
  if (theirs <= ours) return { amountMinor: amountMinor * 10n ** BigInt(ours - theirs), currency: code };
  const scale = 10n ** BigInt(theirs - ours);
  if (amountMinor % scale !== 0n)
    throw new AppError("INVALID_AMOUNT", `${text} has a part of the smallest unit of ${code}`);
  return { amountMinor: amountMinor / scale, currency: code };
}
