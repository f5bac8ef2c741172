const ID_PART = { claim_released: "release", trial: "trial" } as const;

/**
 * A statement that takes events of claims back. History is never edited: an event that counts no more is followed by the
 * one that says so. `events` is a list of joins that names them `e` and ends in a condition; a `trial` is rolled back.
 */
export const takeBackEvents = (events: string, reason: keyof typeof ID_PART = "claim_released") => `
  insert into transactions.transaction_event (merchant_id, transaction_id, id, kind, source, occurred_at, reason,
    content_hash, claim_id, supersedes_id)
  select e.merchant_id, e.transaction_id, concord.stable_id('evt', '${ID_PART[reason]}', e.id), e.kind, 'RECONCILER',
    clock_timestamp(), '${reason}', e.content_hash, e.claim_id, e.id
  from ${events} and e.supersedes_id is null
  on conflict do nothing`;
