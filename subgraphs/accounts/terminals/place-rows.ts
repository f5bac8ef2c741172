import type { Transaction } from "../../shared/database/scope.ts";
import { noteSeen } from "../../shared/store/note-seen.ts";
import { tellOfMany } from "../write-places.ts";

/** What a terminal took in a time, and its place there so far: an id of `accounts.terminal`, or null where it had none. */
export type Taken = {
  readonly merchantId: string;
  readonly tid: string;
  readonly held: string | null;
  readonly from: Date;
  readonly until: Date | null;
};

/** Where it stood then: null, and a location of null, where nobody held it. */
export type Stood = { readonly terminalId: string | null; readonly locationId: string | null };

/**
 * Gives what is there already the place that its file would be given now: the terminal's, else the account's, and the
 * business date that goes with it. Lines go along, since reconciliation compares them by it. Must run in `writePlaces`.
 * Answers how many transactions it were.
 */
export async function placeRows(transaction: Transaction, taken: Taken, stood: Stood): Promise<number> {
  const { merchantId, tid, held, from, until } = taken;
  const values = [merchantId, tid, held, from, until, stood.terminalId, stood.locationId];
  const [moved] = await transaction.query<{ transactions: number }>(TRANSACTIONS(held), values);
  await transaction.query(PLACED("reconciliation.settlement_line", held, ""), values);
  const transactions = moved?.transactions ?? 0;
  if (transactions > 0) await tellOfMany(transaction, merchantId);
  return transactions;
}

/** Rows that had a place are known by it, since they may be older than their number is kept; the others by the number. */
const PLACED = (table: string, held: string | null, more: string) => `
  update ${table} t set
    tid = $2, terminal_id = $6, ${more}
    (location_id, business_date) = (
      select l.id, (t.occurred_at at time zone coalesce(l.zone, m.zone))::date
      from accounts.merchant m
      left join accounts.provider_account a
        on a.merchant_id = m.merchant_id and a.provider = t.provider and a.account = t.account
      left join accounts.location l on l.merchant_id = m.merchant_id and l.id = coalesce($7, a.location_id)
      where m.merchant_id = t.merchant_id)
  where t.merchant_id = $1 and t.occurred_at >= $4 and ($5::timestamptz is null or t.occurred_at < $5)
    and ${held === null ? "$3::text is null and t.terminal_id is null and t.tid = $2" : "t.terminal_id = $3"}`;

const TRANSACTIONS = (held: string | null) => `
  with moved as (
    ${PLACED("transactions.transaction", held, "version = t.version + 1,")}
    returning t.merchant_id, t.provider, t.location_id, t.family, t.occurred_at
  ), seen as (
    ${noteSeen({ merchant: "s.merchant_id", from: "moved s", noticed: "null::timestamptz" })}
  )
  select count(*)::int as transactions from moved`;
