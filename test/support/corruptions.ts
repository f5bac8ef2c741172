/**
 * One way to break each invariant, by name, in the database of `invariants.test.ts`. Constraints that stand in the way are
 * dropped first, as a restore, a careless script or a broken index might.
 */
export const CORRUPTIONS: Readonly<Record<string, string>> = {
  I01: "update reconciliation.discrepancy set merchant_id = 'mer_nobody'",
  I02: `update reconciliation.settlement_line set merchant_id = 'mer_2'
    where id = (select line_id from reconciliation.claim where merchant_id = 'mer_1' and released_at is null limit 1)`,
  I03: `insert into transactions.alias select 'mer_2', 'acq_foreign', id from transactions.transaction
    where merchant_id = 'mer_1' limit 1`,
  I04: "delete from reconciliation.settlement_batch where id = (select min(id) from reconciliation.settlement_batch)",
  I05: `update transactions.transaction set amount_minor = 1, captured_minor = 1
    where id = (select transaction_id from reconciliation.claim where merchant_id = 'mer_1' and effect = 'SALE'
      and released_at is null limit 1)`,
  I06: `insert into reconciliation.bank_entry (merchant_id, id, file_id, line_number, content_hash, account, statement,
      booking_date, currency, amount_minor, reversal, code, remittance)
    select merchant_id, 'bnk_1', file_id, 1, 'hash', 'BE68539007547034', '1', '2026-11-10', currency, amount_minor, false,
      'NTRF', '' from reconciliation.payout where merchant_id = 'mer_1' limit 1;
    insert into reconciliation.payout_credit (merchant_id, id, payout_id, bank_entry_id, way, stage, difference_minor,
      allocated_minor, run_id)
    select p.merchant_id, 'crd_part', p.id, e.id, 'PAID', 'AMOUNT', -1, e.amount_minor - 1, 'run_1'
    from reconciliation.payout p join reconciliation.bank_entry e on e.merchant_id = p.merchant_id limit 1`,
  I07: "update transactions.transaction set settled_net_minor = settled_net_minor + 1 where settled_net_minor is not null",
  I08: "update transactions.transaction set currency = 'USD' where reconciliation_state = 'MATCHED'",
  I09: `do $$ declare name text; begin
      for name in select conname from pg_constraint
        where conrelid = 'reconciliation.settlement_line'::regclass and contype = 'c' loop
        execute format('alter table reconciliation.settlement_line drop constraint %I', name);
      end loop; end $$;
    update reconciliation.settlement_line set net_minor = net_minor + 1`,
  I10: `drop index reconciliation.claim_single_line;
    insert into reconciliation.claim (merchant_id, id, line_id, transaction_id, effect, part, run_id, stage, method, rule_set_hash)
    select merchant_id, 'mat_twice', line_id, transaction_id, effect, 2, run_id, stage, method, rule_set_hash
    from reconciliation.claim where released_at is null limit 1`,
  I11: `do $$ declare name text; begin
      select conname into name from pg_constraint
        where conrelid = 'reconciliation.source_file'::regclass and contype = 'u';
      execute format('alter table reconciliation.source_file drop constraint %I', name); end $$;
    insert into reconciliation.source_file (merchant_id, id, sha256, name, size_bytes, origin, received_by)
    select merchant_id, 'fil_twice', sha256, name, size_bytes, origin, received_by from reconciliation.source_file limit 1`,
  I12: `update transactions.transaction set psp_reference = 'PSP-SAME', provider = 'adyen'
    where merchant_id = 'mer_1' and family = 'ACQUIRER' and superseded_by is null`,
  I13: "update reconciliation.source_file set rows_read = rows_read + 1 where status = 'APPLIED'",
  I14: "delete from reconciliation.settlement_line where kind = 'FEE'",
  I15: `update reconciliation.source_file
    set control_totals = '[{"name": "lines", "expected": "3", "actual": "2"}]' where status = 'APPLIED'`,
  I16: "update reconciliation.source_file set status = 'REJECTED', problem = 'cut' where status = 'APPLIED'",
  I17: "update reconciliation.source_record set problem = '' where disposition = 'QUARANTINED'",
  I18: "update transactions.transaction set status = 'SUCCESS', base_status = 'SUCCESS' where status = 'REFUSED'",
  I19: `delete from transactions.transaction_event where claim_id in (
    select id from reconciliation.claim where released_at is null)`,
  I20: "update transactions.transaction_event set precedence = 4 where outcome = 'REFUSED'",
  I21: `update transactions.transaction set version = 0
    where id = (select transaction_id from reconciliation.claim where merchant_id = 'mer_1' limit 1)`,
  I22: "update transactions.transaction_event set actor_id = 'user:robot' where source = 'FILE'",
  I23: `insert into reconciliation.rejected_pair (merchant_id, id, line_id, transaction_id, actor_id, reason)
    select merchant_id, 'rej_1', line_id, transaction_id, 'user:ann', 'no' from reconciliation.claim
    where released_at is null and method = 'AUTO' limit 1`,
  I24: `insert into transactions.transaction_event (merchant_id, transaction_id, id, kind, source, occurred_at, content_hash,
      file_id, line_number)
    select merchant_id, transaction_id, 'evt_twice', kind, source, occurred_at, content_hash, file_id, line_number
    from transactions.transaction_event where source = 'FILE' limit 1`,
  I25: "update transactions.transaction set refunded_minor = 2 * captured_minor where type = 'SALE' and base_status = 'SUCCESS'",
  I26: `insert into reconciliation.run (merchant_id, id, idempotency_key, mode, trigger, requested_by)
    values ('mer_1', 'run_unordered', 'unordered', 'COMMIT', 'USER', 'user:test')`,
  I27: `insert into delivery.outbox (merchant_id, id, kind, subject_id)
    values ('mer_1', 'out_a', 'RECONCILE', 'run_1'), ('mer_1', 'out_b', 'RECONCILE', 'run_1')`,
  I28: "update delivery.outbox set sent_at = null, created_at = now() - interval '1 hour'",
  I29: `update reconciliation.run set status = 'RUNNING', leased_until = now() - interval '1 hour',
    started_at = now() - interval '2 hours'`,
  I30: "update reconciliation.run set lines_matched = lines_matched + 1 where status = 'SUCCEEDED'",
  I31: "update reconciliation.source_file set status = 'PARSING', leased_until = now() - interval '1 hour'",
  I32: `do $$ declare name text; begin
      select conname into name from pg_constraint where conrelid = 'reconciliation.run'::regclass and contype = 'u';
      execute format('alter table reconciliation.run drop constraint %I', name); end $$;
    update reconciliation.run set idempotency_key = 'same'`,
  I33: `insert into reconciliation.match (merchant_id, id, state, method, line_ids, transaction_ids, currency, lines_minor,
      transactions_minor, actor_id)
    values ('mer_1', 'mat_unseen', 'PROPOSED', 'FORCED', '{lin_1}', '{acq_1}', 'EUR', 1, 1, 'user:shadow')`,
  I34: `drop trigger append_only on delivery.audit_entry;
    update delivery.audit_entry set detail = detail || '{"terminals": 7}' where position = 1`,
  I35: "update transactions.transaction set merchant_reference = 'card 4111 1111 1111 1111' where type = 'SALE'",
  I36: "update transactions.transaction set recorded_at = now() + interval '1 hour'",
  I37: "insert into accounts.membership (merchant_id, user_id, role, provider) values ('mer_1', 'usr_x', 'finance', 'adyen')",
  I38: "alter table acquirers.transaction no force row level security",
  I39: "alter role concord_worker bypassrls",
  I40: "alter view acquirers.settled_fee reset (security_invoker)",
  I41: "drop policy location_scope on reconciliation.payout",
  RARE_STATES: `insert into transactions.disputed (merchant_id, family, id, location_id)
    select merchant_id, family, id, location_id from transactions.transaction where dispute_state = 'NONE' limit 1`,
  FORMER: "update transactions.former set until = until - interval '1 second'",
  I42: "update transactions.hour_sum set captured_minor = captured_minor + 1 where merchant_id = 'mer_1'",
  I43: "update transactions.transaction set terminal_id = null, location_id = null where terminal_id is not null",
  ALIAS_IS_LIVE: `update transactions.alias a set transaction_id = t.id from transactions.transaction t
    where t.merchant_id = a.merchant_id and t.superseded_by is not null`,
  BATCH_SUMS: "update reconciliation.settlement_batch set gross_minor = gross_minor + 1, net_minor = net_minor + 1",
  LINE_SHARES: `update reconciliation.claim set match_minor = 1000000, fee_minor = 0, net_minor = 0
    where released_at is null`,
  PAYOUT_SUMS: "update reconciliation.payout set amount_minor = amount_minor + 1",
  RETURNED_SUMS: "update transactions.transaction set charged_back_minor = charged_back_minor + 1 where type = 'SALE'",
  SUPERSEDED_HOLDS_NOTHING: `drop index reconciliation.claim_single_line;
    update reconciliation.claim set released_at = null where released_at is not null`,
};
