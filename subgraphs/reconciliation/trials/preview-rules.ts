import { begin, inScope, lockMerchants, type Transaction } from "../../shared/database/scope.ts";
import { matchPartition } from "../matching/match-share.ts";
import type { PartitionCounts } from "../matching/outcome.ts";
import { hashOfRules, type Rules } from "../matching/rules.ts";
import { MERCHANT_LIMITS } from "../merchant-limits.ts";
import { activeRuleSet, type RuleSet } from "../rule-sets/rule-sets.ts";
import { MOST_EXAMPLES, type TrialServices, type TrialWork } from "./trial-work.ts";
import { unmakeClaims } from "./unmake-claims.ts";

/** What one set of rules makes of the history: lines, and of these the matched ones by stage. */
export type RuleOutcome = {
  readonly hash: string;
  readonly seen: number;
  readonly matched: number;
  readonly ambiguous: number;
  readonly byStage: Readonly<Record<string, number>>;
};

export type ChangedMatch = {
  readonly provider: string;
  readonly lineId: string;
  readonly transactionId: string;
  readonly stage: string;
  /** In minor units, as digits. */
  readonly amountMinor: string;
  readonly currency: string;
};

/** Matches that only one set of rules makes; an amount for each currency, in minor units as digits. */
export type ChangedMatches = {
  readonly count: number;
  readonly money: readonly { readonly amountMinor: string; readonly currency: string }[];
  readonly examples: readonly ChangedMatch[];
};

export type RulePreview = {
  /** First booking date of the history that was matched again. */
  readonly from: string;
  readonly before: RuleOutcome;
  readonly after: RuleOutcome;
  readonly gained: ChangedMatches;
  readonly lost: ChangedMatches;
};

/**
 * Matches the lines booked in the last days again, as if their automatic claims had not been made, once by the active
 * rules and once by the candidate: all in transactions that are rolled back. Both start from the same state, so that
 * whatever differs is the rules' doing. What a person matched stays.
 */
export async function previewRules(
  services: TrialServices,
  work: TrialWork,
  { rules, days }: { readonly rules: Rules; readonly days: number },
): Promise<RulePreview> {
  const { merchantId, scope } = work;
  const { active, from, watermark, partitions } = await inScope(
    services.database,
    scope,
    async (transaction) => {
      const [start] = await transaction.query<{ from: string; watermark: bigint }>(START, [days]);
      const { from = "", watermark = 0n } = start ?? {};
      const found = await transaction.query<Share>(PARTITIONS, [merchantId, from]);
      return { active: await activeRuleSet(transaction, merchantId), from, watermark, partitions: found };
    },
    MERCHANT_LIMITS,
  );
  const sides: Sides = { active, candidate: { rules, hash: hashOfRules(rules) }, from, watermark };
  await work.progress(0, partitions.length);
  const compared: Compared[] = [];
  for (const partition of partitions) {
    compared.push(await comparePartition(services, work, sides, partition));
    await work.progress(compared.length, partitions.length);
  }
  return {
    from,
    before: outcomeOf(
      active.hash,
      compared.map(({ before }) => before),
    ),
    after: outcomeOf(
      sides.candidate.hash,
      compared.map(({ after }) => after),
    ),
    gained: together(compared.map(({ gained }) => gained)),
    lost: together(compared.map(({ lost }) => lost)),
  };
}

type Share = { readonly provider: string; readonly currency: string };
type Sides = {
  readonly active: RuleSet;
  readonly candidate: Omit<RuleSet, "version">;
  readonly from: string;
  readonly watermark: bigint;
};
type Compared = {
  readonly before: PartitionCounts;
  readonly after: PartitionCounts;
  readonly gained: ChangedMatches;
  readonly lost: ChangedMatches;
};

async function comparePartition(
  { database, families }: TrialServices,
  { merchantId, scope, id }: TrialWork,
  { active, candidate, from, watermark }: Sides,
  share: Share,
): Promise<Compared> {
  const transaction = await begin(database, scope, MERCHANT_LIMITS);
  const values = [merchantId, share.provider, share.currency];
  const match = async (run: string, { rules, hash }: Omit<RuleSet, "version">) => {
    const period = { from, to: null };
    const matching = { id: run, watermark, period, rules, rulesHash: hash };
    const { counts } = await matchPartition(transaction, { merchantId, ...share, lines: 0n }, matching, families);
    await transaction.query(KEEP, [...values, run]);
    return counts;
  };
  try {
    await lockMerchants(transaction, [merchantId]);
    await transaction.query(KEPT);
    await unmakeClaims(transaction, merchantId, AUTOMATIC, [share.provider, share.currency, from]);
    const before = await match(`${id} before`, active);
    await transaction.query(DROP_WORK);
    await unmakeClaims(transaction, merchantId, "c.run_id = $2", [`${id} before`]);
    const after = await match(`${id} after`, candidate);
    const [gained, lost] = [await onlyIn(transaction, id, "after"), await onlyIn(transaction, id, "before")];
    return { before, after, gained, lost };
  } finally {
    await transaction.rollback().catch(() => undefined);
  }
}

async function onlyIn(transaction: Transaction, id: string, side: "before" | "after"): Promise<ChangedMatches> {
  const other = side === "after" ? "before" : "after";
  const rows = await transaction.query<ChangedMatch & { count: bigint; total: string }>(ONLY, [
    `${id} ${side}`,
    `${id} ${other}`,
    MOST_EXAMPLES,
  ]);
  const [first] = rows;
  return {
    count: Number(first?.count ?? 0),
    money: first ? [{ amountMinor: first.total, currency: first.currency }] : [],
    examples: rows.map(({ count: _, total: __, ...match }) => match),
  };
}

function outcomeOf(hash: string, counts: readonly PartitionCounts[]): RuleOutcome {
  const sum = (of: (count: PartitionCounts) => number) => counts.reduce((total, count) => total + of(count), 0);
  const stages = [...new Set(counts.flatMap(({ byStage }) => Object.keys(byStage)))].sort();
  return {
    hash,
    seen: sum(({ seen }) => seen),
    matched: sum(({ matched }) => matched),
    ambiguous: sum(({ ambiguous }) => ambiguous),
    byStage: Object.fromEntries(stages.map((stage) => [stage, sum(({ byStage }) => byStage[stage] ?? 0)])),
  };
}

function together(parts: readonly ChangedMatches[]): ChangedMatches {
  const money = new Map<string, bigint>();
  for (const { amountMinor, currency } of parts.flatMap((part) => part.money)) {
    money.set(currency, (money.get(currency) ?? 0n) + BigInt(amountMinor));
  }
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    money: [...money].sort().map(([currency, amount]) => ({ amountMinor: `${amount}`, currency })),
    examples: parts.flatMap(({ examples }) => examples).slice(0, MOST_EXAMPLES),
  };
}

const START = `
  select (current_date - $1::int)::text as from, last_value as watermark from transactions.ingest_seq`;

const PARTITIONS = `
  select l.provider, l.currency from reconciliation.settlement_line l
  where l.merchant_id = $1 and l.booking_date >= $2::date
  group by l.provider, l.currency
  order by l.provider, l.currency`;

const AUTOMATIC = `
  c.method = 'AUTO' and c.released_at is null and l.provider = $2 and l.currency = $3 and l.booking_date >= $4::date`;

const KEPT = `
  create temporary table kept_match (run text, provider text, line_id text, transaction_id text, stage text,
    amount_minor bigint, currency text) on commit drop`;

/** A transaction that was only inferred from its line is no match. */
const KEEP = `
  insert into kept_match
  select $4, l.provider, c.line_id, c.transaction_id, c.stage, abs(l.gross_minor), l.currency
  from reconciliation.claim c
  join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
  where c.merchant_id = $1 and c.run_id = $4 and c.stage <> 'SETTLEMENT_ONLY' and l.provider = $2 and l.currency = $3`;

/** The matcher makes its own tables anew. */
const DROP_WORK = `
  do $$ declare made regclass; begin
    for made in
      select oid from pg_class
      where relnamespace = pg_my_temp_schema() and relkind = 'r' and relname <> 'kept_match'
    loop
      execute format('drop table %s', made);
    end loop;
  end $$`;

const ONLY = `
  select m.provider, m.line_id as "lineId", m.transaction_id as "transactionId", m.stage,
    m.amount_minor::text as "amountMinor", m.currency, count(*) over () as count,
    (sum(m.amount_minor) over ())::text as total
  from kept_match m
  where m.run = $1 and not exists (select from kept_match o
    where o.run = $2 and o.line_id = m.line_id and o.transaction_id = m.transaction_id)
  order by m.line_id, m.transaction_id
  limit $3`;
