import { formatDecimal } from "../../shared/money.ts";
import type { LineParts, TransactionParts } from "./open-parts.ts";
import type { AlreadyMatched, AmountsDiffer, NotMatchable } from "./refusals.ts";
import { shareOut } from "./share-out.ts";

/** One claim to write: the whole of a line, or with amounts a share of it. */
export type PlannedPair = {
  readonly lineId: string;
  readonly transaction: TransactionParts;
  readonly part: number;
  readonly share: number;
  readonly take: { readonly matchMinor: bigint; readonly feeMinor: bigint; readonly netMinor: bigint } | null;
};

export type Plan = {
  readonly currency: string;
  readonly linesMinor: bigint;
  readonly transactionsMinor: bigint;
  /** False where only force can match them. */
  readonly agrees: boolean;
  readonly pairs: readonly PlannedPair[];
};

type Never = NotMatchable | AlreadyMatched;

/**
 * How lines and transactions become one match: several lines of one transaction, or one line of several. They must be
 * about the same kind of event at the same provider in the same currency, the money going the way of its kind, which no
 * force replaces: a claim that lacks it is no evidence of anything. Each must have something open.
 */
export function planMatch(lines: readonly LineParts[], transactions: readonly TransactionParts[]): Plan | Never {
  const [line] = lines;
  const [transaction] = transactions;
  if (!line || !transaction || (lines.length > 1 && transactions.length > 1)) {
    return never("Match several lines with one transaction, or one line with several transactions.");
  }
  const problem = unlike(lines, transactions);
  if (problem !== undefined) return never(problem);
  const held = [...lines, ...transactions].find(({ heldBy, openMinor }) => heldBy !== null && openMinor <= 0n);
  if (held?.heldBy) return alreadyMatched(held.id, held.heldBy);
  const linesMinor = sum(lines.map(({ openMinor }) => openMinor));
  const transactionsMinor = sum(transactions.map(({ openMinor }) => openMinor));
  if (linesMinor === 0n || transactions.some(({ openMinor }) => openMinor <= 0n)) {
    return never("Nothing of it is open: an amount of zero is matched with nothing.");
  }
  const captured = sum(transactions.map(({ openCapturedMinor }) => openCapturedMinor));
  return {
    currency: line.currency,
    linesMinor,
    transactionsMinor: captured === linesMinor ? captured : transactionsMinor,
    agrees: linesMinor === transactionsMinor || linesMinor === captured,
    pairs: transactions.length > 1 ? sharesOf(line, transactions) : partsOf(lines, transaction),
  };
}

export function amountsDiffer({ currency, linesMinor, transactionsMinor }: Plan): AmountsDiffer {
  const shown = (amountMinor: bigint) => formatDecimal({ amountMinor, currency });
  return {
    __typename: "AmountsDiffer",
    message: `The lines book ${shown(linesMinor)} and the transactions ${shown(transactionsMinor)} ${currency}: correct the choice, or send \`force\` with a reason.`,
    lines: { amountMinor: linesMinor, currency },
    transactions: { amountMinor: transactionsMinor, currency },
  };
}

export function alreadyMatched(id: string, matchId: string): AlreadyMatched {
  return {
    __typename: "AlreadyMatched",
    message: `${id} is part of match ${matchId}: unmatch it first if that is wrong.`,
    matchId,
  };
}

function unlike(lines: readonly LineParts[], transactions: readonly TransactionParts[]): string | undefined {
  const [line] = lines;
  const inferred = transactions.find(({ isInferred }) => isInferred);
  if (inferred)
    return `${inferred.id} is known from settlement lines only: match its line with a reported transaction.`;
  const wrongWay = lines.find(({ isWrongWay }) => isWrongWay);
  if (wrongWay)
    return `${wrongWay.id} moves its money the wrong way for a ${wrongWay.kind}: it is matched with nothing, ask the provider to correct it.`;
  const effects = new Set(lines.map(({ effect }) => effect));
  if (effects.size > 1)
    return `The lines are of several kinds (${[...effects].join(", ")}): match each kind by itself.`;
  for (const { id, type, family, provider, currency } of [...lines, ...transactions]) {
    if (type !== line?.type) return `${id} is about a ${type}, ${line?.id} about a ${line?.type}.`;
    if (family !== line.family || provider !== line.provider)
      return `${id} is of ${provider}, ${line.id} of ${line.provider}.`;
    if (currency !== line.currency) return `${id} is in ${currency}, ${line.id} in ${line.currency}.`;
  }
  return bookedApart(lines, transactions);
}

/** Fees and nets of one transaction are added up, which amounts of two currencies never are. */
function bookedApart(lines: readonly LineParts[], transactions: readonly TransactionParts[]): string | undefined {
  const [first] = lines;
  const line = lines.find(({ bookedCurrency }) => bookedCurrency !== first?.bookedCurrency);
  if (line) return `${line.id} is booked in ${line.bookedCurrency}, ${first?.id} in ${first?.bookedCurrency}.`;
  const settled = transactions.find(
    ({ settledCurrency }) => (settledCurrency ?? first?.bookedCurrency) !== first?.bookedCurrency,
  );
  return (
    settled &&
    `${settled.id} is settled in ${settled.settledCurrency}, ${first?.id} is booked in ${first?.bookedCurrency}.`
  );
}

/** Several lines, each a part of one transaction; of a line that others take of, what they leave. */
function partsOf(lines: readonly LineParts[], transaction: TransactionParts): readonly PlannedPair[] {
  const parts = freeNumbers(transaction.parts, lines.length);
  return lines.map((line, index) => ({
    lineId: line.id,
    transaction,
    part: parts[index] ?? 0,
    share: freeNumbers(line.shares, 1)[0] ?? 0,
    take:
      line.heldBy === null
        ? null
        : { matchMinor: line.openMinor, feeMinor: line.openFeeMinor, netMinor: line.openNetMinor },
  }));
}

/** One line over several transactions: all of it is given away, fee and net by the transactions' amounts. */
function sharesOf(line: LineParts, transactions: readonly TransactionParts[]): readonly PlannedPair[] {
  const weights = transactions.map(({ openMinor }) => openMinor);
  const [matched, fees, nets] = [line.openMinor, line.openFeeMinor, line.openNetMinor].map((open) =>
    shareOut(open, weights),
  );
  const shares = freeNumbers(line.shares, transactions.length);
  return transactions.map((transaction, index) => ({
    lineId: line.id,
    transaction,
    part: freeNumbers(transaction.parts, 1)[0] ?? 0,
    share: shares[index] ?? 0,
    take: { matchMinor: matched?.[index] ?? 0n, feeMinor: fees?.[index] ?? 0n, netMinor: nets?.[index] ?? 0n },
  }));
}

/** The lowest numbers that are free, from 1: a second match of what is free meets the first one's, and is refused. */
function freeNumbers(taken: readonly number[], count: number): readonly number[] {
  const free: number[] = [];
  for (let number = 1; free.length < count; number += 1) if (!taken.includes(number)) free.push(number);
  return free;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function never(message: string): NotMatchable {
  return { __typename: "NotMatchable", message };
}
