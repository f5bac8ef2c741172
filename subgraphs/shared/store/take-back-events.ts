/**
 * A statement that takes events of claims back. History is never edited: an event that counts no more is followed by the
 * one that says so. `events` is a list of joins that names them `e` and ends in a condition.
 */
export const takeBackEvents = (events: string) => `
  insert into transactions.transaction_event (merchant_id, transaction_id, id, kind, source, occurred_at, reason,
    content_hash, claim_id, supersedes_id)
  select e.merchant_id, e.transaction_id, concord.stable_id('evt', 'release', e.id), e.kind, 'RECONCILER',
    clock_timestamp(), 'claim_released', e.content_hash, e.claim_id, e.id
  from ${events} and e.supersedes_id is null
  on conflict do nothing`;
