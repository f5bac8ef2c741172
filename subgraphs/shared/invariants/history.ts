import { DECIDER_ORDER, precedenceOf } from "../status.ts";
import { BASE_STATUSES } from "../vocabulary.ts";
import type { SqlInvariant } from "./invariant.ts";

/** The event that decides each transaction, by the order that `status.ts` gives. */
const DECIDER = `
  select distinct on (merchant_id, transaction_id) merchant_id, transaction_id, id, outcome, precedence
  from transactions.transaction_event e
  where precedence is not null and not exists (
    select from transactions.transaction_event r
    where r.merchant_id = e.merchant_id and r.transaction_id = e.transaction_id and r.supersedes_id = e.id
      and r.supersedes_id is not null)
  order by merchant_id, transaction_id, ${DECIDER_ORDER}`;

/** `precedenceOf` for every source, outcome and certainty there is, so that a stored rank is held to the code. */
const RANKS = [
  ["outcome is null", null],
  ...BASE_STATUSES.flatMap((outcome) =>
    (["DEFINITIVE", "INDETERMINATE"] as const).flatMap((certainty) =>
      (["PROVIDER", "CLAIM", "MANUAL"] as const).map((source) => {
        const sources = { PROVIDER: "'FILE', 'WEBHOOK'", CLAIM: "'RECONCILER'", MANUAL: "'USER'" }[source];
        const condition = `outcome = '${outcome}' and certainty = '${certainty}' and source in (${sources})`;
        return [condition, precedenceOf({ source, outcome, certainty })] as const;
      }),
    ),
  ),
] as const;

export const HISTORY: readonly SqlInvariant[] = [
  {
    name: "I18",
    severity: "P0",
    sentence: "A transaction's status is what its events and the money that went back say.",
    sql: `
      select merchant_id || ' ' || id as key, format('%s by rule %s, the events say %s by rule %s', status, status_rule,
        due_status, due_rule) as detail
      from (
        select t.*, d.id as due_decider, coalesce(d.outcome, 'PROCESSING') as due_base,
          coalesce(d.precedence, 7) as due_rule,
          case when t.type <> 'SALE' or d.outcome is distinct from 'SUCCESS' then coalesce(d.outcome, 'PROCESSING')
            when t.charged_back_minor > 0 then 'CHARGEBACK'
            when t.captured_minor > 0 and t.refunded_minor >= t.captured_minor then 'REFUNDED'
            else 'SUCCESS' end as due_status
        from transactions.transaction t
        left join (${DECIDER}) d on d.merchant_id = t.merchant_id and d.transaction_id = t.id
      ) due
      where (base_status, status, status_rule, deciding_event)
          is distinct from (due_base, due_status, due_rule, due_decider)
        or certainty <> case when due_rule <= 4 then 'DEFINITIVE' else 'INDETERMINATE' end
        or status_origin <> case when due_rule = 5 then 'MANUAL' else 'AUTOMATIC' end`,
  },
  {
    name: "I19",
    severity: "P0",
    sentence:
      "A claim is one event of its transaction's history, and one that was released is followed by what takes it back.",
    sql: `
      select c.merchant_id || ' ' || c.id as key,
        case when e.id is null then 'no event tells of the claim'
          when c.released_at is null then 'the claim stands, its event was taken back'
          else 'the claim was released, its event still counts' end as detail
      from reconciliation.claim c
      join transactions.transaction t on t.merchant_id = c.merchant_id and t.id = c.transaction_id
      left join transactions.transaction_event e on e.merchant_id = c.merchant_id
        and e.transaction_id = c.transaction_id and e.claim_id = c.id and e.supersedes_id is null
      left join transactions.transaction_event r on r.merchant_id = c.merchant_id
        and r.transaction_id = c.transaction_id and r.supersedes_id = e.id
      -- What is superseded is out of every figure; its history stays as it was.
      where t.superseded_by is null and (e.id is null or (c.released_at is null) <> (r.id is null))`,
  },
  {
    name: "I20",
    severity: "P0",
    sentence: "Every outcome was brought about by who may bring it about, and ranks as its source does.",
    sql: `
      select merchant_id || ' ' || transaction_id || ' ' || id as key,
        format('%s by %s (%s) ranks as rule %s', outcome, lower(source), lower(certainty), precedence) as detail
      from transactions.transaction_event
      where source = 'USER' and outcome is not null and outcome not in ('SUCCESS', 'FAILED')
        or source = 'RECONCILER' and outcome is not null and outcome <> 'SUCCESS'
          and not (outcome = 'CANCELLED' and kind = 'REFUND_REVERSAL')
        or precedence is distinct from (case ${RANKS.map(
          ([condition, rank]) => `when ${condition} then ${rank ?? "null"}`,
        ).join(" ")} end)`,
  },
  {
    name: "I21",
    severity: "P0",
    sentence: "A transaction's version has counted every run and every person that gave it a line.",
    sql: `
      select t.merchant_id || ' ' || t.id as key, format('version %s after %s of them', t.version, c.times) as detail
      from transactions.transaction t
      join (
        select merchant_id, transaction_id, count(distinct coalesce(run_id, match_id)) as times
        from reconciliation.claim group by merchant_id, transaction_id
      ) c on c.merchant_id = t.merchant_id and c.transaction_id = t.id
      where t.version < c.times`,
  },
  {
    name: "I22",
    severity: "P0",
    sentence: "An assignment by hand names the person, and nothing else passes for one.",
    sql: `
      select merchant_id || ' ' || transaction_id || ' ' || id as key,
        lower(source) || case when actor_id is null then ' without a person' else ' by ' || actor_id end as detail
      from transactions.transaction_event
      where (source = 'USER') <> (actor_id is not null)
      union all
      select t.merchant_id || ' ' || t.id, 'shown as assigned by hand, but no person decided'
      from transactions.transaction t
      left join transactions.transaction_event e
        on e.merchant_id = t.merchant_id and e.transaction_id = t.id and e.id = t.deciding_event
      where (t.status_origin = 'MANUAL') <> (coalesce(e.source, '') = 'USER')`,
  },
  {
    name: "I23",
    severity: "P0",
    sentence: "No run brings together what a person took apart.",
    sql: `
      select c.merchant_id || ' ' || c.id as key,
        format('line %s and transaction %s were rejected by %s', r.line_id, r.transaction_id, r.actor_id) as detail
      from reconciliation.rejected_pair r
      join reconciliation.claim c on c.merchant_id = r.merchant_id and c.line_id = r.line_id
        and c.transaction_id = r.transaction_id and c.released_at is null and c.method = 'AUTO'
      where r.lifted_at is null`,
  },
];
