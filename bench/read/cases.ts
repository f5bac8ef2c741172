import { LARGEST } from "./build.ts";

/** What is asked of the list, the totals and the analysis, as a person's own merchant and month; each with its variables. */
export type Case = { readonly query: string; readonly variables: object };

/** September by Brussels' clock. */
export const MONTH = { from: "2026-08-31T22:00:00Z", to: "2026-09-30T22:00:00Z" };

export const PAGE = `query ($filter: TransactionFilter, $orderBy: TransactionOrder, $first: Int, $after: String) {
  transactions(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    edges { node { id status amount { amountMinor currency } occurredAt provider paymentMethod location { id } } }
    pageInfo { endCursor hasNextPage } } }`;

export const WALK = `query ($after: String) {
  transactions(first: 100, after: $after) { pageInfo { endCursor hasNextPage } } }`;

const TOTALS = `query ($filter: TransactionFilter) { transactions(filter: $filter, first: 1) {
  totalCount totals { currency count gross { amountMinor } refunded { amountMinor } fees { amountMinor } net { amountMinor } } } }`;

const FACETS = `query ($filter: TransactionFilter, $fields: [FacetField!]!) { transactions(filter: $filter, first: 1) {
  facets(fields: $fields) { field others values { value count } } } }`;

const ANALYSIS = `query ($filter: TransactionFilter, $groupBy: [AnalysisDimension!]) {
  analysis(granularity: DAY, filter: $filter, groupBy: $groupBy) {
    period { totals { currency count gross { amountMinor } fees { amountMinor } } series { keys { value } points { count gross { amountMinor } } } } } }`;

const month = { occurredAt: MONTH };

export const FIGURES = {
  analysisOfMonth: { query: ANALYSIS, variables: { filter: month } },
  analysisOfMonthByMethod: { query: ANALYSIS, variables: { filter: month, groupBy: ["METHOD"] } },
  totalsOfMonth: { query: TOTALS, variables: { filter: month } },
  totalsOfMonthFailed: { query: TOTALS, variables: { filter: { ...month, statuses: ["FAILED"] } } },
  facetsOfMonth: {
    query: FACETS,
    variables: { filter: month, fields: ["STATUS", "PROVIDER", "LOCATION", "PAYMENT_METHOD"] },
  },
} as const satisfies Record<string, Case>;

const page = (filter: object, field: string, direction: string): Case => ({
  query: PAGE,
  variables: { filter, first: 50, orderBy: { field, direction } },
});

const FILTERS = { all: {}, monthAndProvider: { ...month, providers: ["adyen"] } };

/** By every sort, both ways, over all and over a filter. */
export const SORTS: Readonly<Record<string, Case>> = Object.fromEntries(
  Object.entries(FILTERS).flatMap(([name, filter]) =>
    ["OCCURRED_AT", "AMOUNT", "STATUS", "LOCATION"].flatMap((field) =>
      ["ASC", "DESC"].map((direction) => [`${field} ${direction} ${name}`, page(filter, field, direction)]),
    ),
  ),
);

/** What a person reads off a row of the ledger. */
export type Marks = {
  readonly id: string;
  readonly occurredAt: string;
  readonly transactionNumber: string;
  readonly providerReference: string;
  readonly authorisationCode: string | null;
  readonly last4: string | null;
};

export const MARKS = `query ($after: String) { transactions(first: 1, after: $after) { edges { node {
  id occurredAt transactionNumber providerReference authorisationCode last4 } } } }`;

/** And looks for. */
export function searchesOf(row: Marks): Readonly<Record<string, Case>> {
  const latest = (filter: object) => page(filter, "OCCURRED_AT", "DESC");
  return {
    transactionNumber: latest({ transactionNumber: row.transactionNumber }),
    authorisationCode: latest({ authorisationCode: row.authorisationCode ?? "Y10001" }),
    last4: latest({ last4: row.last4 ?? "7788" }),
    refusedOnly: latest({ statuses: ["REFUSED"] }),
    amountRange: latest({ amount: { currency: "EUR", minimumMinor: "3700", maximumMinor: "3750" } }),
    searchOfAReference: latest({ search: row.providerReference }),
    searchOfAReferenceInTheMonth: latest({ ...month, search: row.providerReference }),
    searchThatFindsNothing: latest({ search: "no such thing" }),
    searchThatFindsNothingInTheMonth: latest({ ...month, search: "no such thing" }),
  };
}

/** The page as whoever has the database writes it: the same columns, no row security, and planned once. */
export const BARE_PAGE = `
  select id, status, amount_minor, currency, occurred_at, provider, payment_method, location_id, merchant_id, family
  from transactions.transaction
  where merchant_id = '${LARGEST}' and superseded_by is null and base_status <> 'MANUAL_INTERVENTION'
    and (occurred_at, id) < ($1::timestamptz, $2::text)
  order by occurred_at desc, id desc limit 51`;

/** The analysis of the month as whoever has the sums writes it. */
export const BARE_ROLLUP = `
  select date_trunc('day', hour at time zone 'Europe/Brussels') as day, currency, sum(count) as count,
    sum(captured_minor) filter (where type = 'SALE' and base_status = 'SUCCESS') as gross, sum(settled_fee_minor) as fees
  from transactions.hour_sum
  where merchant_id = '${LARGEST}' and hour >= $1::timestamptz and hour < $2::timestamptz
  group by 1, 2 order by 1, 2`;
