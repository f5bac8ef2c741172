import { inAnyFamily } from "../../shared/database/in-any-family.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import type { Began } from "../runs/finish-run.ts";
import { rederive, supersede, unmakeClaims } from "./unmake-claims.ts";

/**
 * Puts the ledger back to where a partition began, as far as append-only tables allow: claims made since are not made,
 * claims taken back since stand, pairs rejected since are not, and what was reported since was not. Out of reach are
 * facts of a transaction that a later report added or wrote over in place (a time, a code, an amount), and a capture that
 * was told later. Where one of these took part in the matching, the digest of the input shows that it is not the same.
 * For a transaction that is rolled back, under `lockMerchants`.
 */
export async function goBackTo(transaction: Transaction, merchantId: string, { at, watermark }: Began): Promise<void> {
  await unmakeClaims(transaction, merchantId, "c.made_at >= $2::timestamptz", [at]);
  await transaction.query(RETURNED, [merchantId, at]);
  await transaction.query("analyze returned");
  await transaction.query(STAND_AGAIN, [merchantId]);
  for (const step of [SETTLED_AGAIN, COUNT_AGAIN, INFERRED_AGAIN, LEAD_AGAIN]) {
    await transaction.query(step, [merchantId]);
  }
  await transaction.query(NOT_REJECTED_YET, [merchantId, at]);
  await transaction.query(STILL_REJECTED, [merchantId, at]);
  await transaction.query(NOT_REPORTED_YET, [merchantId, watermark]);
  await transaction.query(NOT_THERE_YET, [merchantId, watermark]);
  await transaction.query(LATER_EVENTS, [merchantId, watermark]);
  await rederive(transaction, RESTORED, [merchantId, watermark]);
  await transaction.query("drop table returned");
}

/** Claims that were made before and taken back since. */
const RETURNED = `
  create temporary table returned on commit drop as
  select c.id, c.transaction_id, c.match_minor, c.effect, l.family, l.reference, l.expected_id
  from reconciliation.claim c
  join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
  where c.merchant_id = $1 and c.made_at < $2::timestamptz and c.released_at >= $2::timestamptz
    and c.released_because <> 'trial'`;

const STAND_AGAIN = `
  update reconciliation.claim c set released_at = null, released_because = null
  from returned r where c.merchant_id = $1 and c.id = r.id`;

/** That it has a claim is read from its row, and how much was settled is not. */
const SETTLED_AGAIN = `
  update transactions.transaction t set settlement_state = 'SETTLED'
  from returned r
  where t.merchant_id = $1 and t.family = r.family and t.id = r.transaction_id and t.settlement_state = 'UNSETTLED'`;

/** The event that took it back stands in the history; a copy of the one it took back counts again. */
const EVENT_COLUMNS = `kind, source, outcome, certainty, precedence, outcome_rank, sequence, occurred_at, amount_minor,
  currency, reason, raw_status, content_hash, file_id, line_number, claim_id, actor_id`;
const COUNT_AGAIN = `
  insert into transactions.transaction_event (merchant_id, transaction_id, id, ingest_seq, ${EVENT_COLUMNS})
  select e.merchant_id, e.transaction_id, concord.stable_id('evt', 'trial again', e.id), 0,
    ${EVENT_COLUMNS.replaceAll(/\w+/g, "e.$&")}
  from returned r
  join transactions.transaction_event e
    on e.merchant_id = $1 and e.transaction_id = r.transaction_id and e.claim_id = r.id and e.supersedes_id is null
  on conflict do nothing`;

const INFERRED_AGAIN = `
  update transactions.transaction t set superseded_by = null
  from returned r
  where t.merchant_id = $1 and t.family = r.family and t.id = r.transaction_id and t.superseded_by is not null`;

/** What a returned claim's line taught its transaction is not: it is claimed, and matching by evidence passes it by. */
const LEAD_AGAIN = `
  insert into transactions.alias (merchant_id, id, transaction_id)
  select distinct on (r.expected_id) $1, r.expected_id, r.transaction_id
  from returned r
  where r.reference is not null and r.expected_id <> r.transaction_id and r.match_minor is null
    and r.effect <> 'REFUND_REVERSAL'
  order by r.expected_id, r.id
  on conflict (merchant_id, id) do update set transaction_id = excluded.transaction_id`;

const NOT_REJECTED_YET = `
  update reconciliation.rejected_pair set lifted_at = clock_timestamp(), lifted_by = 'trial'
  where merchant_id = $1 and rejected_at >= $2::timestamptz and lifted_at is null`;

const STILL_REJECTED = `
  update reconciliation.rejected_pair set lifted_at = null, lifted_by = null
  where merchant_id = $1 and rejected_at < $2::timestamptz and lifted_at >= $2::timestamptz and lifted_by <> 'trial'`;

/** What only adds to a transaction may come before anything that makes it. */
const MAKES = "e.source <> 'RECONCILER' and e.kind not in ('CAPTURE', 'CANCELLATION', 'REFUND_REVERSAL')";

const NOT_REPORTED_YET = `
  update transactions.transaction t set provisional = true
  where t.merchant_id = $1 and not t.provisional and t.ingest_seq <= $2
    and exists (select from transactions.transaction_event e
      where e.merchant_id = t.merchant_id and e.transaction_id = t.id and e.ingest_seq > $2 and ${MAKES})
    and not exists (select from transactions.transaction_event e
      where e.merchant_id = t.merchant_id and e.transaction_id = t.id and e.ingest_seq <= $2 and ${MAKES})`;

/** As an inferred one that was withdrawn, it is found by nothing, and may be inferred again. */
const NOT_THERE_YET = `
  update transactions.transaction t set provisional = true, superseded_by = t.id
  where t.merchant_id = $1 and t.ingest_seq > $2`;

const LATER_EVENTS = supersede(`
  transactions.transaction_event e
  where e.merchant_id = $1 and e.ingest_seq > $2 and e.precedence is not null and e.reason is distinct from 'trial'
    and not exists (select from transactions.transaction_event s
      where s.merchant_id = e.merchant_id and s.transaction_id = e.transaction_id and s.supersedes_id = e.id)`);

const RESTORED = `
  select $1::text, family, transaction_id from returned
  union all
  select t.merchant_id, t.family, t.id
  from transactions.transaction_event e
  join transactions.transaction t on t.merchant_id = e.merchant_id and ${inAnyFamily("t")}
    and t.id = e.transaction_id
  where e.merchant_id = $1 and e.ingest_seq > $2 and e.reason = 'trial' and e.supersedes_id is not null`;
