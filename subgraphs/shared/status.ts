import type { BaseStatus, RefundState, StatusOrigin, TransactionStatus, TransactionType } from "./vocabulary.ts";

/**
 * One piece of evidence about a transaction. CLAIM is a settlement line that reconciliation gave to it (SUCCESS, or
 * CANCELLED for a refund whose money came back). MANUAL is a person's assignment (SUCCESS or FAILED), and its
 * `sequence` the assignment's version.
 */
export type StatusEvent = {
  readonly id: string;
  readonly source: "PROVIDER" | "CLAIM" | "MANUAL";
  readonly outcome: BaseStatus;
  readonly certainty: "DEFINITIVE" | "INDETERMINATE";
  readonly sequence: bigint | null;
  readonly occurredAt: Date;
};

/** The rules in the order they are asked; the first that has an event decides. README prints them. */
export const RULES = {
  1: "a cancellation decides",
  2: "a refusal decides",
  3: "a claimed settlement line decides",
  4: "the provider's last definitive answer decides",
  5: "a person's last assignment decides",
  6: "the provider's last uncertain answer decides",
  7: "nothing decides yet",
} as const;
export type Rule = keyof typeof RULES;
export type Precedence = Exclude<Rule, 7>;

export type BaseDecision = {
  readonly status: BaseStatus;
  readonly rule: Rule;
  readonly decidedBy: string | null;
  /** Ids of the other events that had a say, strongest first. */
  readonly losers: readonly string[];
  readonly origin: StatusOrigin;
  /** INDETERMINATE: a later answer of the provider or a person may still overturn it. */
  readonly certainty: "DEFINITIVE" | "INDETERMINATE";
};

/**
 * What a set of events says about a transaction. A function of the set: order of arrival and repetition do not matter.
 * Cancellations and refusals stand above money on purpose: a settled refusal becomes a discrepancy, not turnover.
 */
export function baseStatus(events: readonly StatusEvent[]): BaseDecision {
  const ranked = distinct(events.filter((event) => precedenceOf(event) !== null).sort(byStrength));
  const [decider, ...losers] = ranked;
  if (!decider) return UNDECIDED;
  const rule = precedenceOf(decider) ?? 7;
  return {
    status: decider.outcome,
    rule,
    decidedBy: decider.id,
    losers: losers.map((event) => event.id),
    origin: rule === 5 ? "MANUAL" : "AUTOMATIC",
    certainty: rule <= 4 ? "DEFINITIVE" : "INDETERMINATE",
  };
}

/**
 * The rule an event counts under; null for an event that decides nothing: PROCESSING, a success the provider is not
 * sure of, and outcomes that a claim or a person cannot bring about.
 */
export function precedenceOf(event: Pick<StatusEvent, "source" | "outcome" | "certainty">): Precedence | null {
  const { source, outcome, certainty } = event;
  if (source === "MANUAL") return outcome === "SUCCESS" || outcome === "FAILED" ? 5 : null;
  if (outcome === "CANCELLED") return 1;
  if (source === "CLAIM") return outcome === "SUCCESS" ? 3 : null;
  if (outcome === "REFUSED") return 2;
  if (outcome === "MANUAL_INTERVENTION") return 6;
  if (outcome === "PROCESSING") return null;
  if (certainty === "DEFINITIVE") return 4;
  return outcome === "FAILED" ? 6 : null;
}

/** Which outcome wins among events of one rule with equal sequence and time; the larger. */
export function outcomeRank(outcome: BaseStatus): number {
  return RANKED_OUTCOMES.indexOf(outcome);
}

/**
 * `baseStatus` as SQL: the first row of this order with a precedence is the decider. The columns hold `precedenceOf` and
 * `outcomeRank`; ids compare byte by byte, as here, whatever the collation of the database.
 */
export const DECIDER_ORDER =
  'precedence nulls last, sequence desc nulls last, occurred_at desc, outcome_rank desc, id collate "C" desc';

const RANKED_OUTCOMES: readonly BaseStatus[] = [
  "PROCESSING",
  "FAILED",
  "MANUAL_INTERVENTION",
  "SUCCESS",
  "REFUSED",
  "CANCELLED",
];

const UNDECIDED: BaseDecision = {
  status: "PROCESSING",
  rule: 7,
  decidedBy: null,
  losers: [],
  origin: "AUTOMATIC",
  certainty: "INDETERMINATE",
};

/** Strongest first. Keep equal to DECIDER_ORDER. */
function byStrength(a: StatusEvent, b: StatusEvent): number {
  return (
    ascending(precedenceOf(a) ?? 7, precedenceOf(b) ?? 7) ||
    // A missing sequence ranks below every present one, or three events could beat each other in a circle.
    ascending(Number(a.sequence === null), Number(b.sequence === null)) ||
    ascending(b.sequence ?? 0n, a.sequence ?? 0n) ||
    ascending(b.occurredAt.getTime(), a.occurredAt.getTime()) ||
    ascending(outcomeRank(b.outcome), outcomeRank(a.outcome)) ||
    ascending(b.id, a.id)
  );
}

function ascending<T extends string | number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The strongest of each id, so that it does not matter which copy of an event came first. */
function distinct(ranked: readonly StatusEvent[]): StatusEvent[] {
  const seen = new Set<string>();
  return ranked.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Amounts in minor units of the transaction's currency: captured, and the sums of what went back and did not return. */
export type StatusInput = {
  readonly type: TransactionType;
  readonly base: BaseStatus;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly chargedBack: bigint;
  /** Refunds on their way; they take up room so that two at once cannot pass the ceiling together. */
  readonly refundsPending?: bigint;
  /** How much of the captured amount may be refunded, in hundredths of a percent; CCV allows 120 %. */
  readonly refundLimitBps?: number;
};

export type DerivedStatus = {
  readonly status: TransactionStatus;
  readonly refundState: RefundState;
  readonly refundableRemaining: bigint;
};

/**
 * The status people see. Only a sale can become REFUNDED or CHARGEBACK: a refund or chargeback is a row of its own, and
 * a credit has no sale behind it that could come back.
 */
export function deriveStatus(input: StatusInput): DerivedStatus {
  const { type, base, captured, refunded, chargedBack } = input;
  if (type !== "SALE") return { status: base, refundState: "NONE", refundableRemaining: 0n };
  const refundState = refundStateOf(captured, refunded);
  if (base !== "SUCCESS") return { status: base, refundState, refundableRemaining: 0n };
  if (chargedBack > 0n) return { status: "CHARGEBACK", refundState, refundableRemaining: 0n };
  const status = captured > 0n && refunded >= captured ? "REFUNDED" : "SUCCESS";
  return { status, refundState, refundableRemaining: remainingOf(input) };
}

function refundStateOf(captured: bigint, refunded: bigint): RefundState {
  if (refunded <= 0n) return "NONE";
  if (refunded < captured) return "PARTIAL";
  return refunded === captured ? "FULL" : "OVER";
}

function remainingOf({ captured, refunded, refundsPending = 0n, refundLimitBps = 12_000 }: StatusInput): bigint {
  const ceiling = (captured * BigInt(refundLimitBps)) / 10_000n;
  const remaining = ceiling - positive(refunded) - positive(refundsPending);
  return positive(remaining);
}

function positive(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}

const SOURCES = {
  PROVIDER: ["provider answer", "provider answers"],
  CLAIM: ["settlement line", "settlement lines"],
  MANUAL: ["assignment by a person", "assignments by a person"],
} as const;

/** "Rule 3: a claimed settlement line decides (evt_…); it outranks 1 provider answer." `events` as given to `baseStatus`. */
export function statusSentence(decision: BaseDecision, events: readonly StatusEvent[]): string {
  const opening = `Rule ${decision.rule}: ${RULES[decision.rule]}`;
  if (decision.decidedBy === null) return `${opening}.`;
  const sources = new Map(events.map(({ id, source }) => [id, source]));
  const outranked = (Object.keys(SOURCES) as StatusEvent["source"][]).flatMap((source) => {
    const count = decision.losers.filter((id) => sources.get(id) === source).length;
    return count === 0 ? [] : [`${count} ${SOURCES[source][count === 1 ? 0 : 1]}`];
  });
  const ending = outranked.length === 0 ? "" : `; it outranks ${LIST.format(outranked)}`;
  return `${opening} (${decision.decidedBy})${ending}.`;
}

const LIST = new Intl.ListFormat("en", { style: "long", type: "conjunction" });
