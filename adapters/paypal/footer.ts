import type { ControlTotal } from "../adapter.ts";
import { type Amounts, impliedCents } from "./amounts.ts";

/** What a section or a report has moved in one currency, as its footer counts it: whole numbers by direction. */
export type Moved = { grossCredit: bigint; grossDebit: bigint; feeCredit: bigint; feeDebit: bigint };
export type Sums = Map<string, Moved>;

export function addTo(sums: Sums, { currency, gross, fee }: Amounts): void {
  const moved = sums.get(currency) ?? { grossCredit: 0n, grossDebit: 0n, feeCredit: 0n, feeDebit: 0n };
  if (gross >= 0n) moved.grossCredit += gross;
  else moved.grossDebit -= gross;
  if (fee >= 0n) moved.feeCredit += fee;
  else moved.feeDebit -= fee;
  sums.set(currency, moved);
}

/**
 * A footer's totals against its rows; undefined where the footer contradicts itself. PayPal writes the balances before
 * and after beside the totals, and footers are in circulation whose balances do not follow from their totals: such a
 * footer proves nothing about its rows, for or against.
 */
export function footerTotals(cells: readonly string[], sums: Sums): readonly ControlTotal[] | undefined {
  const [record = "", currency = "", ...rest] = cells;
  const [grossCredit, grossDebit, feeCredit, feeDebit] = rest.slice(0, 4).map((text) => digits(text, currency));
  if (grossCredit === undefined || grossDebit === undefined || feeCredit === undefined || feeDebit === undefined) {
    return undefined;
  }
  const change = grossCredit - grossDebit + feeCredit - feeDebit;
  const isProven = [rest.slice(4, 8), rest.slice(8, 12)].some((cell) => changeOf(cell, currency) === change);
  if (!isProven) return undefined;
  const found = sums.get(currency) ?? { grossCredit: 0n, grossDebit: 0n, feeCredit: 0n, feeDebit: 0n };
  const scope = record === "SF" ? "section" : "report";
  const total = (name: string, expected: bigint, actual: bigint): ControlTotal => {
    return { name: `${name} of the ${scope}`, currency, expected, actual };
  };
  return [
    total("gross credits", grossCredit, found.grossCredit),
    total("gross debits", grossDebit, found.grossDebit),
    total("fee credits", feeCredit, found.feeCredit),
    total("fee debits", feeDebit, found.feeDebit),
  ];
}

/** Direction and amount of the balance before, direction and amount of the balance after. */
function changeOf([fromSign, from, toSign, to]: readonly string[], currency: string): bigint | undefined {
  const [before, after] = [digits(from, currency), digits(to, currency)];
  if (before === undefined || after === undefined) return undefined;
  return (toSign === "DR" ? -after : after) - (fromSign === "DR" ? -before : before);
}

function digits(text: string | undefined, currency: string): bigint | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  try {
    return impliedCents(text, currency);
  } catch {
    return undefined;
  }
}
