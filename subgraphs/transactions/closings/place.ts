import type { Transaction } from "../../shared/database/scope.ts";
import type { ClosePeriodInput } from "./close-period-input.ts";

/** What is closed, and how it is called. */
export type Place = {
  readonly merchantName: string;
  readonly locationId: string | null;
  readonly locationName: string | null;
  readonly terminalId: string | null;
  /** The terminal's number. */
  readonly tid: string | null;
  readonly zone: string;
  /** The location whose rows are counted; those of a terminal are, wherever it stood. */
  readonly onlyLocation: string | null;
};

/** Undefined where the merchant has no such place. */
export async function placeOf(
  { query }: Pick<Transaction, "query">,
  { merchantId, locationId, terminalId }: Pick<ClosePeriodInput, "merchantId" | "locationId" | "terminalId">,
): Promise<Place | undefined> {
  const asked = [merchantId, locationId ?? null, terminalId ?? null];
  const [place] = await query<Place>(PLACE, asked);
  return place;
}

const PLACE = `
  select m.name as "merchantName", l.id as "locationId", l.name as "locationName", t.id as "terminalId", t.tid,
    coalesce(l.zone, m.zone) as zone, case when t.id is null then l.id end as "onlyLocation"
  from accounts.merchant m
  left join accounts.terminal t on t.merchant_id = m.merchant_id and t.id = $3
  left join accounts.location l on l.merchant_id = m.merchant_id and l.id = coalesce($2, t.location_id)
  where m.merchant_id = $1 and ($3::text is null or t.id is not null and ($2::text is null or t.location_id = $2))
    and ($2::text is null or l.id is not null)
  order by t.valid_from desc nulls last limit 1`;
