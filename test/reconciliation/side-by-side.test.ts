import pg from "pg";
import { pino } from "pino";
import type { DataSource } from "typeorm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fill, orderRun } from "../../bench/reconcile/fill.ts";
import { acquirers } from "../../subgraphs/acquirers/normalise.ts";
import { ccvPay } from "../../subgraphs/ccv-pay/normalise.ts";
import { eVouchers } from "../../subgraphs/e-vouchers/normalise.ts";
import { runReconciliation } from "../../subgraphs/reconciliation/matching/run-reconciliation.ts";
import type { ReconciliationServices } from "../../subgraphs/reconciliation/matching/work-partitions.ts";
import { replayRun } from "../../subgraphs/reconciliation/trials/replay-run.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import { createMigratedDatabase, type TestDatabase } from "../support/postgres.ts";

const RUN = "run_sides";
const FAMILIES = { CCV_PAY: ccvPay, E_VOUCHER: eVouchers, ACQUIRER: acquirers };
/** Ten thousand cases are four partitions, of which three have less than half. */
const APART = { merchantId: "apart", count: 10_000 };
const REACHING = { merchantId: "reaching", count: 10_000 };
const NAMING = { merchantId: "naming", count: 10_000 };
const MERCHANTS = [APART, REACHING, NAMING];

type Side = {
  readonly scratch: TestDatabase;
  readonly client: pg.Client;
  readonly database: DataSource;
  /** What the runs wrote into the log. */
  readonly told: string[];
};
let alone: Side;
let beside: Side;
let together: Side;

const NEVER = 1_000_000n;

beforeAll(async () => {
  [alone, beside, together] = await Promise.all([open("alone"), open("beside"), open("together")]);
  await Promise.all([
    runAll(alone, { besideFrom: NEVER, togetherUpTo: 0n }),
    runAll(beside, { besideFrom: 0n, togetherUpTo: 0n }),
    runAll(together, { besideFrom: NEVER, togetherUpTo: 5_000n }),
  ]);
});
afterAll(() => Promise.all([alone, beside, together].map(close)));

async function open(name: string): Promise<Side> {
  const scratch = await createMigratedDatabase(`sides_${name}`);
  const client = new pg.Client({ connectionString: scratch.url });
  await client.connect();
  const database = await openDatabase(
    { url: scratch.url },
    { role: "worker", maxConnections: 3, onError: () => undefined },
  );
  for (const merchant of MERCHANTS) {
    await fill(client, merchant);
    await orderRun(client, { merchantId: merchant.merchantId, runId: RUN });
  }
  await client.query(IN_POUNDS, [REACHING.merchantId]);
  await client.query(NAMED_IN_BOTH, [NAMING.merchantId]);
  await client.query("analyze");
  return { scratch, client, database, told: [] };
}

async function close({ client, database, scratch }: Side): Promise<void> {
  await client.end();
  await database.destroy();
  await scratch.drop();
}

type Sharing = Pick<ReconciliationServices, "besideFrom" | "togetherUpTo">;

async function runAll({ database, told }: Side, sharing: Sharing): Promise<void> {
  const log = pino({ base: null }, { write: (line: string) => void told.push(line) });
  for (const { merchantId } of MERCHANTS) {
    await runReconciliation({ database, families: FAMILIES, log, ...sharing }, merchantId, RUN);
  }
}

/** A line that books pounds for what was paid in euros: what becomes of it lies with the other partition. */
const IN_POUNDS = `
  update reconciliation.settlement_line set currency = 'GBP'
  where merchant_id = $1 and currency = 'EUR' and line_number = 500`;

/** A line in pounds under the reference of one in euros, which nobody reported: each says what stands under it. */
const NAMED_IN_BOTH = `
  update reconciliation.settlement_line pounds set expected_id = euros.expected_id, reference = euros.reference
  from reconciliation.settlement_line euros
  where pounds.merchant_id = $1 and pounds.line_number = 6980 and pounds.currency = 'GBP'
    and euros.merchant_id = $1 and euros.line_number = 980 and euros.currency = 'EUR'`;

const OUTCOME = `
  select status, problem, input_digest, output_digest, lines_seen, lines_matched, matched_by_stage, partitions_done
  from reconciliation.run where merchant_id = $1`;

const LEDGER: readonly string[] = [
  `select id, status, base_status, settlement_state, reconciliation_state, settled_net_minor, refunded_minor, version
   from transactions.transaction where merchant_id = $1 order by id`,
  `select line_id, transaction_id, effect, part, stage, learnt from reconciliation.claim
   where merchant_id = $1 order by line_id`,
  `select transaction_id, kind, source, outcome, count(*)::int as times from transactions.transaction_event
   where merchant_id = $1 group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
  `select type, line_id, transaction_id, candidates, explanation from reconciliation.discrepancy
   where merchant_id = $1 order by id`,
  `select provider, account, month, business_days, observed from reconciliation.delay_observation
   where merchant_id = $1 order by 1, 2, 3, 4`,
  `select provider, location_id, family, first_at, last_at from transactions.provider_seen
   where merchant_id = $1 order by 1, 2, 3`,
  "select distinct hour, location_id from transactions.stale_hour where merchant_id = $1 order by 1, 2",
];

test.each(MERCHANTS)(
  "$merchantId: partitions come to the same side by side and together as alone",
  async (merchant) => {
    for (const query of [OUTCOME, ...LEDGER]) {
      const ledgers = await Promise.all(
        [alone, beside, together].map((side) => side.client.query(query, [merchant.merchantId])),
      );
      const [one, ...others] = ledgers.map(({ rows }) => rows);
      expect(one).not.toEqual([]);
      for (const other of others) expect(other).toEqual(one);
    }
  },
);

const DIGESTS = `
  select provider, currency, counts, lines_digest, transactions_digest, output_digest
  from reconciliation.run_partition where merchant_id = $1 order by provider, currency`;

test.each(MERCHANTS)("$merchantId: what became of each partition is told apart", async ({ merchantId }) => {
  const [one, ...others] = await Promise.all(
    [alone, beside, together].map(async ({ client }) => (await client.query(DIGESTS, [merchantId])).rows),
  );
  expect(one).toHaveLength(4);
  for (const other of others) expect(other).toEqual(one);
});

test("two of them are at work at one time, and only where they may be", async () => {
  expect(await overlaps(alone, APART.merchantId)).toBe(0);
  expect(await overlaps(beside, APART.merchantId)).toBeGreaterThan(0);
});

test("small ones are matched in one pass and committed as one", async () => {
  expect(await passes(beside, APART.merchantId)).toHaveLength(4);
  expect(await passes(together, APART.merchantId)).toEqual([
    ["adyen EUR"],
    ["adyen GBP", "edenred EUR", "worldline EUR"],
  ]);
});

async function passes({ client }: Side, merchantId: string): Promise<readonly string[][]> {
  const { rows } = await client.query(
    `select array_agg(provider || ' ' || currency order by provider, currency) as partitions
     from reconciliation.run_partition where merchant_id = $1 group by xmin::text order by 1`,
    [merchantId],
  );
  return rows.map(({ partitions }) => partitions);
}

async function overlaps({ client }: Side, merchantId: string): Promise<number> {
  const { rows } = await client.query(
    `select count(*)::int as pairs from reconciliation.run_partition a join reconciliation.run_partition b
       on a.merchant_id = b.merchant_id and (a.provider, a.currency) < (b.provider, b.currency)
         and a.began_at < b.finished_at and b.began_at < a.finished_at
     where a.merchant_id = $1`,
    [merchantId],
  );
  return rows[0].pairs;
}

test("a partition with a line about another's transaction is matched alone, the others of its pass without it", async () => {
  for (const side of [beside, together]) expect(aside(side, REACHING.merchantId)).toEqual(["adyen GBP"]);
  expect(await passes(together, REACHING.merchantId)).toEqual([
    ["adyen EUR"],
    ["adyen GBP"],
    ["edenred EUR", "worldline EUR"],
  ]);
});

test("partitions that both say what stands under one reference are matched one after the other", async () => {
  expect(aside(beside, NAMING.merchantId)).toEqual(["adyen EUR", "adyen GBP"]);
  // The one in euros is too large to be with others in a pass, and nothing is at work beside it.
  expect(aside(together, NAMING.merchantId)).toEqual(["adyen GBP"]);
  for (const side of [beside, together]) expect(aside(side, APART.merchantId)).toEqual([]);
});

function aside({ told }: Side, merchantId: string): readonly string[] {
  return told
    .filter((line) => line.includes("matched alone"))
    .map((line) => JSON.parse(line))
    .filter((line) => line.merchantId === merchantId)
    .map(({ provider, currency }) => `${provider} ${currency}`)
    .toSorted();
}

test("what was matched side by side and together is decided again by a replay of each", async () => {
  const { merchantId } = APART;
  const scope = { merchants: [merchantId], user: "user:test" };
  const work = { merchantId, id: "trial", scope, progress: async () => undefined };
  for (const { database } of [beside, together]) {
    const services = { database, families: FAMILIES, log: pino({ level: "silent" }) };
    expect(await replayRun(services, work, RUN)).toMatchObject({
      inputEqual: true,
      outputEqual: true,
      missing: { count: 0 },
      extra: { count: 0 },
    });
  }
});

test("who is at one partition can change no transaction of another", async () => {
  const scope = { merchants: [APART.merchantId], user: "user:test" };
  const touch = (currency: string) =>
    inScope(beside.database, scope, async (transaction) => {
      await transaction.query("select set_config('app.partition', ',worldline EUR,adyen EUR,', true)");
      return transaction.change(
        `update transactions.transaction set version = version + 1
         where merchant_id = $1 and provider = 'adyen' and currency = $2`,
        [APART.merchantId, currency],
      );
    });
  expect(await touch("EUR")).toBeGreaterThan(0);
  await expect(touch("GBP")).rejects.toThrow(/of adyen in GBP is not of the partition ,worldline EUR,adyen EUR,/);
});
