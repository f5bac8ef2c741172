import { DECIDER_ORDER, RULES, type Rule, type StatusEvent, statusSentence } from "../shared/status.ts";
import { batched, groupedByKey } from "../shared/subgraph/batched.ts";
import { moneyOrNull } from "../shared/subgraph/money-type.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import type { BaseStatus } from "../shared/vocabulary.ts";
import type { EventSource, StatusExplanation, TransactionEvent } from "./transaction-event-type.ts";
import type { Transaction } from "./transaction-type.ts";

/** An event, and whether it has a say in the status unless it is taken back. */
export type RankedEvent = TransactionEvent & { readonly isRanked: boolean };

/** Events of a transaction, strongest evidence first; by the caller's scope alone, so ask for visible ids only. */
const eventsOfTransaction = batched<readonly RankedEvent[]>(async (context, ids) => {
  const parameters = [context.requireReach("transactions:view").merchants, ids];
  const rows = await context.query<EventRow>(EVENTS, parameters, "events-of-transactions");
  return groupedByKey(rows, (row) => row.transaction_id, eventOf);
});

/** The evidence of a transaction that was there when it is told as of; all of it where that is now. */
export async function evidenceOf(context: RequestContext, { id, asOf }: Transaction): Promise<readonly RankedEvent[]> {
  const events = (await eventsOfTransaction(context, id)) ?? [];
  return asOf === null ? events : events.filter(({ recordedAt }) => recordedAt <= asOf);
}

/** In the order of what happened, for a person to read. */
export function historyOf(events: readonly RankedEvent[]): readonly TransactionEvent[] {
  return [...events].sort(
    (a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || a.recordedAt.getTime() - b.recordedAt.getTime(),
  );
}

/** Tells the decision as it is stored, and does not decide again. */
export function explanationOf(transaction: Transaction, events: readonly RankedEvent[]): StatusExplanation {
  const rule = (transaction.statusRule in RULES ? transaction.statusRule : 7) as Rule;
  const decidedBy = events.find(({ id }) => id === transaction.decidingEvent) ?? null;
  const takenBack = new Set(events.map(({ supersedesId }) => supersedesId));
  const losers = events.filter((event) => event.isRanked && !takenBack.has(event.id) && event !== decidedBy);
  const decision = {
    status: decidedBy?.outcome ?? "PROCESSING",
    rule,
    decidedBy: transaction.decidingEvent,
    losers: losers.map(({ id }) => id),
    origin: transaction.statusOrigin,
    certainty: rule <= 4 ? "DEFINITIVE" : "INDETERMINATE",
  } as const;
  return { rule, sentence: statusSentence(decision, events.map(statusEventOf)), decidedBy, losers };
}

const SOURCES = {
  FILE: "PROVIDER",
  WEBHOOK: "PROVIDER",
  RECONCILER: "CLAIM",
  USER: "MANUAL",
} as const satisfies Record<EventSource, StatusEvent["source"]>;

function statusEventOf({ id, source, outcome, occurredAt }: TransactionEvent): StatusEvent {
  return {
    id,
    source: SOURCES[source],
    outcome: outcome ?? "PROCESSING",
    certainty: "DEFINITIVE",
    sequence: null,
    occurredAt,
  };
}

type EventRow = {
  readonly transaction_id: string;
  readonly id: string;
  readonly kind: string;
  readonly source: EventSource;
  readonly outcome: BaseStatus | null;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
  readonly amount_minor: bigint | null;
  readonly currency: string | null;
  readonly reason: string | null;
  readonly raw_status: string | null;
  readonly actor_id: string | null;
  readonly supersedes_id: string | null;
  readonly is_ranked: boolean;
};

function eventOf(row: EventRow): RankedEvent {
  return {
    id: row.id,
    kind: row.kind,
    source: row.source,
    outcome: row.outcome,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    amount: moneyOrNull(row.amount_minor, row.currency),
    reason: row.reason,
    rawStatus: row.raw_status,
    actorId: row.actor_id,
    supersedesId: row.supersedes_id,
    isRanked: row.is_ranked,
  };
}

const EVENTS = `
  select e.transaction_id, e.id, e.kind, e.source, e.outcome, e.occurred_at, e.recorded_at, e.amount_minor,
    e.currency, e.reason, e.raw_status, e.actor_id, e.supersedes_id,
    e.precedence is not null as is_ranked
  from transactions.transaction_event e
  where e.merchant_id = any($1::text[]) and e.transaction_id = any($2::text[])
  order by ${DECIDER_ORDER}`;
