import { lockMerchants, type Transaction } from "../../shared/database/scope.ts";
import { COULD_BE, NAMED, OF_AMOUNT } from "./fits.ts";
import { matchNamedGroups, matchSums } from "./grouped-credits.ts";
import { PROVIDER_WORDS } from "./provider-words.ts";

/**
 * Brings payouts and what the bank booked together: by the payout's reference in the text of the entry, else by an amount
 * that fits one payout and one entry only, in an entry that names the provider; then several of the one to one of the
 * other. A reference with another amount is still that payout; the difference becomes a discrepancy. Runs inside the
 * caller's transaction.
 */
export async function matchCredits(transaction: Transaction, merchantId: string, runId: string): Promise<void> {
  await lockMerchants(transaction, [merchantId]);
  if ((await transaction.change(ANY_ENTRY, [merchantId])) === 0) return;
  if ((await transaction.change(OPEN_ENTRY, [merchantId])) === 0) return;
  await transaction.query(OPEN_PAYOUT, [merchantId, JSON.stringify(PROVIDER_WORDS)]);
  await transaction.query("analyze open_entry");
  await transaction.query("analyze open_payout");
  await transaction.query(credits("REFERENCE", NAMED), [merchantId, runId]);
  await matchNamedGroups(transaction, merchantId, runId);
  await transaction.query(credits("AMOUNT", OF_AMOUNT), [merchantId, runId]);
  await matchSums(transaction, merchantId, runId);
  await transaction.query(RESIDUALS, [merchantId, runId]);
}

/** Letters and digits alone: banks break references into lines, and add and drop signs between them. */
const plain = (text: string) => `regexp_replace(upper(${text}), '[^A-Z0-9]', '', 'g')`;

/** Where no statement of a bank ever came, no table is made for its entries. */
const ANY_ENTRY = "select from reconciliation.bank_entry where merchant_id = $1 limit 1";

const OPEN_ENTRY = `
  create temporary table open_entry on commit drop as
  select e.id, e.currency, e.amount_minor, e.reversal, e.booking_date, e.account,
    ${plain("concat_ws(' ', e.remittance, e.end_to_end_id, e.structured_value, e.parts::text)")} as words
  from reconciliation.bank_entry e
  where e.merchant_id = $1
    and not exists (select from reconciliation.payout_credit c
      where c.merchant_id = e.merchant_id and c.bank_entry_id = e.id and c.released_at is null)`;

/** A payout that was paid is open still for being returned. */
const OPEN_PAYOUT = `
  create temporary table open_payout on commit drop as
  select p.id, p.provider, p.currency, p.amount_minor, w.way, coalesce(p.value_date, l.booked) as expected,
    ${plain("p.reference")} as whole, ${plain("split_part(p.reference, ' ', 1)")} as first_word,
    names.words as names
  from reconciliation.payout p
  cross join (values ('PAID'), ('RETURNED')) as w (way)
  left join lateral (select string_agg(n.word, '|') as words
    from jsonb_array_elements_text($2::jsonb -> p.provider) as n (word)) names on true
  left join lateral (select max(b.booking_date) as booked from reconciliation.settlement_batch b
    where b.merchant_id = p.merchant_id and b.payout_id = p.id) l on true
  where p.merchant_id = $1
    and not exists (select from reconciliation.payout_credit c
      where c.merchant_id = p.merchant_id and c.payout_id = p.id and c.way = w.way and c.released_at is null)`;

/** Pairs that fit each other alone. */
function credits(stage: string, fits: string): string {
  return `
  with fitting as (
    select p.id as payout_id, p.way, e.id as bank_entry_id,
      e.amount_minor - case p.way when 'PAID' then p.amount_minor else -p.amount_minor end as difference_minor,
      e.amount_minor as allocated_minor, count(*) over (partition by p.id, p.way) as entries,
      count(*) over (partition by e.id) as payouts
    from open_payout p
    join open_entry e on ${COULD_BE} and ${fits}
  ), made as (
    insert into reconciliation.payout_credit (merchant_id, id, payout_id, bank_entry_id, way, stage, difference_minor,
      allocated_minor, run_id)
    select $1, concord.stable_id('crd', payout_id, bank_entry_id, $2), payout_id, bank_entry_id, way, '${stage}',
      difference_minor, allocated_minor, $2
    from fitting where entries = 1 and payouts = 1
    returning payout_id, way, bank_entry_id
  ), without_entries as (
    delete from open_entry e using made m where m.bank_entry_id = e.id
  )
  delete from open_payout p using made m where m.payout_id = p.id and m.way = p.way`;
}

/** A residual stands until the bank's figure and the payout's agree; found again, it keeps its id. */
const RESIDUALS = `
  insert into reconciliation.discrepancy as d (merchant_id, id, type, provider, line_id, transaction_id, candidates,
    currency, amount_at_risk_minor, explanation, run_id)
  select $1, concord.stable_id('dis', 'PAYOUT_RESIDUAL', p.id), 'PAYOUT_RESIDUAL', p.provider, null, null, '{}',
    p.currency, abs(c.difference_minor),
    format('the bank booked %s for payout %s of %s %s: %s', concord.decimal_text(p.amount_minor + c.difference_minor, p.currency),
      p.reference, concord.decimal_text(p.amount_minor, p.currency), p.currency,
      concord.decimal_text(c.difference_minor, p.currency)), $2
  from reconciliation.payout_credit c
  join reconciliation.payout p on p.merchant_id = c.merchant_id and p.id = c.payout_id
  where c.merchant_id = $1 and c.run_id = $2 and c.way = 'PAID' and c.difference_minor <> 0 and c.released_at is null
  on conflict (merchant_id, id) do update set seen_at = clock_timestamp(), explanation = excluded.explanation,
    amount_at_risk_minor = excluded.amount_at_risk_minor, run_id = excluded.run_id`;
