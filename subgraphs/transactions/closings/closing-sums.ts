import type { ClosingPart, ClosingSums } from "./closing-type.ts";

/** Sums of items that are alike, as they are kept with the closing; amounts are decimal text. */
export type KeptSums = {
  readonly status: string;
  readonly method: string;
  readonly origin: string;
  /** What became of late items; OWN of the period's own. */
  readonly way: string;
  readonly currency: string;
} & { readonly [A in Amount | "count"]: string };

const AMOUNTS = ["gross", "refunded", "chargedBack", "credited", "pending"] as const;
type Amount = (typeof AMOUNTS)[number];

const paid = (i: string, type: string) => `${i}.type = '${type}' and ${i}.base_status = 'SUCCESS'`;

/** What an item counts, in SQL, by the definitions of the list's totals. */
const WORTH: Readonly<Record<Amount, (i: string) => string>> = {
  gross: (i) => `case when ${paid(i, "SALE")} then ${i}.captured_minor else 0 end`,
  refunded: (i) => `case when ${paid(i, "REFUND")} then ${i}.amount_minor else 0 end`,
  chargedBack: (i) =>
    `case when ${paid(i, "CHARGEBACK")} then ${i}.amount_minor when ${paid(i, "CHARGEBACK_REVERSAL")} then -${i}.amount_minor else 0 end`,
  credited: (i) => `case when ${paid(i, "CREDIT")} then ${i}.amount_minor else 0 end`,
  pending: (i) => `case when ${i}.type = 'SALE' and ${i}.base_status = 'PROCESSING' then ${i}.amount_minor else 0 end`,
};

/** $1: merchant, $2: closing. A late item counts what it is more now than what it was closed as. */
export const SUMS_OF_ITEMS = `
  with worth as (
    select way, status, payment_method as method, status_origin as origin, currency, 1 as times,
      ${AMOUNTS.map((name) => `${WORTH[name]("i")} as "${name}"`).join(", ")}
    from transactions.closing_item i where merchant_id = $1 and closing_id = $2 and way <> 'REMOVED'
    union all
    select i.way, b.status, b.payment_method, b.status_origin, b.currency, -1,
      ${AMOUNTS.map((name) => `-(${WORTH[name]("b")})`).join(", ")}
    from transactions.closing_item i
    cross join lateral jsonb_to_record(i.before) as b (type text, base_status text, status text, status_origin text,
      payment_method text, currency char(3), amount_minor bigint, captured_minor bigint)
    where i.merchant_id = $1 and i.closing_id = $2 and i.before is not null
  )
  select way, status, method, origin, currency, sum(times)::text as count,
    ${AMOUNTS.map((name) => `sum("${name}")::text as "${name}"`).join(", ")}
  from worth group by way, status, method, origin, currency order by way, currency, status, method, origin`;

/** One entry per currency, by its code. */
export function totalled(sums: readonly KeptSums[]): ClosingSums[] {
  return [...new Set(sums.map(({ currency }) => currency))].sort().map((currency) => {
    const own = sums.filter((row) => row.currency === currency);
    const sum = (name: Amount | "count") => own.reduce((total, row) => total + BigInt(row[name]), 0n);
    const amounts = AMOUNTS.map((name) => [name, { amountMinor: sum(name), currency }] as const);
    return { currency, count: sum("count"), ...(Object.fromEntries(amounts) as Pick<ClosingSums, Amount>) };
  });
}

/** The same by a word of each. */
export function parted(sums: readonly KeptSums[], by: "status" | "method" | "origin" | "way"): ClosingPart[] {
  return [...new Set(sums.map((row) => row[by]))]
    .sort()
    .flatMap((key) => totalled(sums.filter((row) => row[by] === key)).map((each) => ({ key, sums: each })));
}
