import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import {
  baseStatus,
  deriveStatus,
  outcomeRank,
  precedenceOf,
  type StatusEvent,
} from "../../subgraphs/shared/status.ts";
import { deriveStatuses } from "../../subgraphs/shared/store/derive-statuses.ts";
import { createMigratedDatabase, type TestDatabase } from "../support/postgres.ts";
import { anyEvent } from "../support/status-events.ts";

let scratch: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  scratch = await createMigratedDatabase("derive_statuses");
  client = new pg.Client({ connectionString: scratch.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await scratch.drop();
});

const SOURCES = { PROVIDER: "FILE", CLAIM: "RECONCILER", MANUAL: "USER" } as const;
const events = fc.uniqueArray(anyEvent, { maxLength: 6, selector: ({ id }) => id });
const child = fc.record({
  type: fc.constantFrom("REFUND", "REFUND", "CHARGEBACK", "CHARGEBACK_REVERSAL"),
  amount: fc.constantFrom(1n, 400n, 600n, 1000n),
  events,
  superseded: fc.constantFrom(false, false, false, true),
  currency: fc.constantFrom("EUR", "EUR", "EUR", "USD"),
} as const);
const family = fc.record({
  type: fc.constantFrom("SALE", "SALE", "SALE", "REFUND", "CHARGEBACK", "CREDIT"),
  amount: fc.constantFrom(0n, 600n, 1000n),
  events,
  /** A capture that succeeded, as an event of its own; it decides how much could be refunded. */
  captured: fc.constantFrom(null, null, 400n, 1000n),
  /** Whether the strongest event was taken back by a later one. */
  retracted: fc.boolean(),
  children: fc.array(child, { maxLength: 3 }),
} as const);
type Case = typeof family extends fc.Arbitrary<infer T> ? T : never;

/** The events that count: without the one that was taken back. */
function counted({ events: all, retracted, captured }: Case): readonly StatusEvent[] {
  const { decidedBy } = baseStatus(all);
  const left = retracted ? all.filter(({ id }) => id !== decidedBy) : all;
  return captured === null ? left : [...left, CAPTURE];
}

const CAPTURE: StatusEvent = {
  id: "evt_capture",
  source: "PROVIDER",
  outcome: "SUCCESS",
  certainty: "DEFINITIVE",
  sequence: null,
  occurredAt: new Date("2026-01-05T07:00:00Z"),
};

function expectedOf(each: Case) {
  const decision = baseStatus(counted(each));
  const good = each.children.filter(
    ({ superseded, currency, events: own }) =>
      !superseded && currency === "EUR" && baseStatus(own).status === "SUCCESS",
  );
  const sum = (type: string) =>
    good.filter((one) => one.type === type).reduce((total, { amount }) => total + amount, 0n);
  const derived = deriveStatus({
    type: each.type,
    base: decision.status,
    captured: decision.status === "SUCCESS" ? (each.captured ?? each.amount) : 0n,
    refunded: sum("REFUND"),
    chargedBack: sum("CHARGEBACK") - sum("CHARGEBACK_REVERSAL"),
  });
  return {
    base_status: decision.status,
    status: derived.status,
    status_rule: decision.rule,
    deciding_event: decision.decidedBy,
    refund_state: derived.refundState,
    status_origin: decision.origin,
    certainty: decision.certainty,
  };
}

function eventRow(transaction: string, event: StatusEvent, extra: object = {}) {
  return {
    merchant_id: "m",
    transaction_id: transaction,
    id: event.id,
    kind: "SALE",
    source: SOURCES[event.source],
    outcome: event.outcome,
    certainty: event.certainty,
    precedence: precedenceOf(event),
    outcome_rank: outcomeRank(event.outcome),
    sequence: event.sequence === null ? null : `${event.sequence}`,
    occurred_at: event.occurredAt.toISOString(),
    recorded_at: event.occurredAt.toISOString(),
    content_hash: "",
    ingest_seq: 1,
    ...extra,
  };
}

function transactionRow(id: string, { type, amount, ...extra }: { type: string; amount: bigint; currency?: string }) {
  const row = {
    merchant_id: "m",
    family: "ACQUIRER",
    id,
    provider: "adyen",
    type,
    amount_minor: `${amount}`,
    ...extra,
  };
  return { currency: "EUR", ...row };
}

/** Writes the cases as rows: transaction tN with its events, and its children tN-M. */
async function write(cases: readonly Case[]): Promise<void> {
  const transactions: object[] = [];
  const rows: object[] = [];
  for (const [index, each] of cases.entries()) {
    const id = `t${index}`;
    transactions.push(transactionRow(id, { type: each.type, amount: each.amount }));
    rows.push(...each.events.map((event) => eventRow(id, event)));
    if (each.captured !== null) rows.push(eventRow(id, CAPTURE, { kind: "CAPTURE", amount_minor: `${each.captured}` }));
    const { decidedBy } = baseStatus(each.events);
    if (each.retracted && decidedBy !== null) rows.push(retraction(id, decidedBy));
    for (const [position, one] of each.children.entries()) {
      const extra = { original_id: id, superseded_by: one.superseded ? "t0" : null };
      transactions.push({ ...transactionRow(`${id}-${position}`, one), ...extra, events: undefined });
      rows.push(...one.events.map((event) => eventRow(`${id}-${position}`, event)));
    }
  }
  await client.query("truncate transactions.transaction, transactions.transaction_event");
  await client.query(INSERT_TRANSACTIONS, [JSON.stringify(transactions)]);
  await client.query(INSERT_EVENTS, [JSON.stringify(rows)]);
}

function retraction(id: string, supersedes: string) {
  const event: StatusEvent = { ...CAPTURE, id: "evt_retraction", source: "CLAIM", outcome: "PROCESSING" };
  return { ...eventRow(id, event), outcome: null, precedence: null, supersedes_id: supersedes };
}

const INSERT_TRANSACTIONS = `
  insert into transactions.transaction (merchant_id, family, id, provider, type, amount_minor, currency, original_id,
    superseded_by, base_status, status, status_rule, certainty, status_origin, occurred_at, business_date,
    reconciliation_state, payment_type, payment_method, entry_mode, transaction_number, provider_reference)
  select merchant_id, family, id, provider, type, amount_minor, currency, original_id, superseded_by, 'PROCESSING',
    'PROCESSING', 7, 'INDETERMINATE', 'AUTOMATIC', '2026-01-05', '2026-01-05', 'EXPECTED', 'CARD', 'visa', 'UNKNOWN', id, id
  from json_populate_recordset(null::transactions.transaction, $1::json)`;
const INSERT_EVENTS = `
  insert into transactions.transaction_event
  select * from json_populate_recordset(null::transactions.transaction_event, $1::json)`;

const DERIVED = `
  select base_status, status, status_rule::int, deciding_event, refund_state, status_origin, certainty
  from transactions.transaction where original_id is null order by substr(id, 2)::int`;

async function derive(touched: string): Promise<number> {
  const database = await openDatabase(
    { url: scratch.url },
    { role: "worker", maxConnections: 1, onError: () => undefined },
  );
  try {
    return await inScope(database, { merchants: ["m"], user: "user:test" }, async (transaction) => {
      await transaction.query(`create temporary table touched on commit drop as
        select merchant_id, family, id from transactions.transaction where ${touched}`);
      return deriveStatuses(transaction);
    });
  } finally {
    await database.destroy();
  }
}

const CASES = fc.sample(family, { numRuns: 1_500, seed: 20_260_105 });

test("statuses derived in sets are those that status.ts derives one by one", async () => {
  await write(CASES);
  await derive("true");
  const { rows } = await client.query(DERIVED);
  expect(rows).toHaveLength(CASES.length);
  expect(new Set(rows.map(({ status }) => status)).size).toBe(8);
  for (const [index, row] of rows.entries()) expect(row, `case ${index}`).toEqual(expectedOf(CASES[index]!));
});

test("deriving again changes nothing, and a child alone derives its original too", async () => {
  await write(CASES);
  await derive("original_id is null");
  await derive("original_id is not null");
  const { rows } = await client.query(DERIVED);
  for (const [index, row] of rows.entries()) expect(row, `case ${index}`).toEqual(expectedOf(CASES[index]!));
  expect(await derive("true")).toBe(0);
});
