import type { Transaction } from "../database/scope.ts";

/** Names of batches and payouts by id. */
export type GroupNames = ReadonlyMap<string, string>;

/** Tells the import's transaction what its batches and payouts are called. */
export async function nameGroups(transaction: Transaction, names: GroupNames): Promise<void> {
  await transaction.query("insert into named_group select * from unnest($1::text[], $2::text[])", [
    [...names.keys()],
    [...names.values()],
  ]);
}

/** Adds the sums of the lines that the import added to their batches and payouts. */
export async function mergeGroups(transaction: Transaction, fileId: string): Promise<void> {
  await transaction.query(BATCHES);
  await transaction.query(PAYOUTS, [fileId]);
}

/** The payout itself is not part of what a batch pays out. */
const BATCHES = `
  insert into reconciliation.settlement_batch as b (merchant_id, id, provider, account, batch, currency, booking_date,
    line_count, gross_minor, fee_minor, net_minor, payout_id)
  select s.merchant_id, s.batch_id, min(s.provider), min(s.account), min(n.name), min(s.currency),
    max(s.booking_date), coalesce(sum(s.lines) filter (where s.kind <> 'PAYOUT'), 0),
    coalesce(sum(s.gross_minor) filter (where s.kind <> 'PAYOUT'), 0),
    coalesce(sum(s.fee_minor) filter (where s.kind <> 'PAYOUT'), 0),
    coalesce(sum(s.net_minor) filter (where s.kind <> 'PAYOUT'), 0), max(s.payout_id)
  from booked s
  join named_group n on n.id = s.batch_id
  group by s.merchant_id, s.batch_id
  on conflict (merchant_id, id) do update set
    line_count = b.line_count + excluded.line_count,
    gross_minor = b.gross_minor + excluded.gross_minor,
    fee_minor = b.fee_minor + excluded.fee_minor,
    net_minor = b.net_minor + excluded.net_minor,
    booking_date = greatest(b.booking_date, excluded.booking_date),
    payout_id = coalesce(b.payout_id, excluded.payout_id)`;

/**
 * Where a provider books the payout itself, that row's amount is the payout; where its lines only name one, the payout
 * is their sum. Its own line may come in a later file than lines that name it, or in an earlier one.
 */
const PAYOUTS = `
  insert into reconciliation.payout as p (merchant_id, id, provider, account, reference, currency, amount_minor,
    value_date, file_id, line_number, has_own_line)
  select s.merchant_id, s.payout_id, min(s.provider), min(s.account), min(n.name), min(s.currency),
    coalesce(-sum(s.net_minor) filter (where s.kind = 'PAYOUT'), sum(s.net_minor)), max(s.value_date), $1,
    coalesce(min(s.line_number) filter (where s.kind = 'PAYOUT'), min(s.line_number)), bool_or(s.kind = 'PAYOUT')
  from booked s
  join named_group n on n.id = s.payout_id
  group by s.merchant_id, s.payout_id
  on conflict (merchant_id, id) do update set
    amount_minor = case
      when p.has_own_line = excluded.has_own_line then p.amount_minor + excluded.amount_minor
      when p.has_own_line then p.amount_minor else excluded.amount_minor end,
    file_id = case when excluded.has_own_line and not p.has_own_line then excluded.file_id else p.file_id end,
    line_number = case when excluded.has_own_line and not p.has_own_line then excluded.line_number else p.line_number end,
    has_own_line = p.has_own_line or excluded.has_own_line,
    value_date = coalesce(p.value_date, excluded.value_date)`;
