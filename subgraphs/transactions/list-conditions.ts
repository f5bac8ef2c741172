import { doubleLossSql } from "../shared/double-loss.ts";
import { AppError } from "../shared/errors.ts";
import type { Reach } from "../shared/identity/grants.ts";
import { type Conditions, conditions } from "../shared/subgraph/conditions.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { stoodAt, TRANSACTIONS, TRANSACTIONS_EVER } from "../shared/subgraph/transactions-as-of.ts";
import { withinLimits } from "../shared/subgraph/visible-transactions.ts";
import { FACET_COLUMNS, type FacetField } from "./facets/facet-fields.ts";
import { type FilterSpan, merchantsOf, type Span, spanOf } from "./filter-span.ts";
import type { TransactionFilter } from "./transaction-filter.ts";

/** The rows that a list, its count and its totals are about, as SQL: the table `t` and what holds of it. */
export type TransactionList = {
  /** The instant that it is of; null for now. */
  readonly asOf: Date | null;
  readonly from: string;
  /** All that holds; its first parameter is the list of merchants. */
  readonly where: Conditions;
  /** The part of it that is no choice among values, and the choices, over the same parameters. */
  readonly base: string;
  readonly choices: ReadonlyMap<FacetField, string>;
};

/**
 * The one definition of what a filter finds, or a list, its totals and its export would differ. What waits for a person is
 * in none of them, and neither is a provisional row that a better one replaced. $1: merchants.
 *
 * @param asOf the instant that it is of, checked by `heldAsOf`; null for now
 * @param now the moment that a preset such as TODAY is of
 */
export async function listConditions(
  context: Pick<RequestContext, "query">,
  reach: Reach,
  filter: TransactionFilter,
  asOf: Date | null = null,
  now: Date = asOf ?? new Date(),
): Promise<TransactionList> {
  const span = await spanOf(context, reach, filter, now);
  const seen = merchantsOf(filter, reach.merchants);
  const where = conditions([seen], ["t.superseded_by is null", "t.base_status <> 'MANUAL_INTERVENTION'"]);
  withinLimits(where, reach);
  for (const [field, condition] of Object.entries(EXACTLY)) {
    where.add(condition, filter[field as keyof typeof EXACTLY]);
  }
  within(where, span);
  atTimes(where, filter);
  where.add(REASONS, filter.reasons);
  where.add("t.currency = ?", filter.amount?.currency);
  where.add("t.amount_minor >= ?::bigint", filter.amount?.minimumMinor?.toString());
  where.add("t.amount_minor <= ?::bigint", filter.amount?.maximumMinor?.toString());
  where.add(`(${doubleLossSql("t").condition}) = ?::boolean`, filter.doubleLoss);
  where.add(SEARCH, searchText(filter.search));
  if (asOf) where.always(stoodAt(where.parameter(asOf)));
  return { asOf, from: asOf ? TRANSACTIONS_EVER : TRANSACTIONS, base: where.text(), ...chosen(where, filter) };
}

/**
 * The same but for the time, for sums of rows as well as for rows: both are `t`, with columns of the same names. Null where
 * the filter asks for what sums are not kept by.
 */
export function summedConditions(reach: Reach, filter: TransactionFilter): Conditions | null {
  const asked = Object.entries(filter).filter(([, value]) => value !== null && value !== undefined);
  if (!asked.every(([field]) => SUMMED_FIELDS.has(field))) return null;
  return chosen(withinLimits(conditions([merchantsOf(filter, reach.merchants)]), reach), filter).where;
}

const SUMMED_FIELDS: ReadonlySet<string> = new Set<keyof TransactionFilter>([
  "merchants",
  "occurredAt",
  "families",
  "providers",
  "locations",
  "terminals",
  "types",
  "statuses",
  "statusOrigin",
  "paymentTypes",
  "paymentMethods",
  "brands",
]);

function chosen(where: Conditions, filter: TransactionFilter): Pick<TransactionList, "where" | "choices"> {
  const choices = new Map<FacetField, string>();
  for (const [name, field] of Object.entries(CHOICES)) {
    const given = filter[name as keyof typeof CHOICES];
    if (given === null || given === undefined) continue;
    const values = where.parameter(typeof given === "string" ? [given] : given);
    const column = FACET_COLUMNS[field];
    const isAmong = `${column} = any(${values}::text[])`;
    choices.set(
      field,
      name === "locations" && filter.locations?.includes("") ? `(${isAmong} or ${column} is null)` : isAmong,
    );
  }
  for (const choice of choices.values()) where.always(choice);
  return { where, choices };
}

/** The bounds over all merchants lead to the index; each merchant's own are held to beside them. */
function within(where: Conditions, { from, to, byMerchant }: FilterSpan): void {
  where.add("t.occurred_at >= ?::timestamptz", from);
  where.add("t.occurred_at < ?::timestamptz", to);
  if (!byMerchant) return;
  const own = where.parameter(JSON.stringify(Object.fromEntries(byMerchant)));
  const end = (name: keyof Span) => `(${own}::jsonb -> t.merchant_id ->> '${name}')::timestamptz`;
  where.always(`t.occurred_at >= ${end("from")} and t.occurred_at < ${end("to")}`);
}

/** Weekdays and hours are those of a clock, so whose must be said. */
function atTimes(where: Conditions, { weekdays, hoursOfDay, zone }: TransactionFilter): void {
  if (!weekdays && !hoursOfDay) return;
  if (!zone) throw new AppError("INVALID_INPUT", "`weekdays` and `hoursOfDay` are those of a clock: say `zone`.");
  const clock = `t.occurred_at at time zone ${where.parameter(zone)}`;
  where.add(`extract(isodow from ${clock}) = any(?::int[])`, weekdays);
  where.add(`extract(hour from ${clock}) = any(?::int[])`, hoursOfDay);
}

/** Filters that choose among the values of a field. */
const CHOICES = {
  families: "FAMILY",
  providers: "PROVIDER",
  issuers: "ISSUER",
  purses: "PURSE",
  locations: "LOCATION",
  terminals: "TERMINAL",
  applications: "APPLICATION",
  types: "TYPE",
  statuses: "STATUS",
  statusOrigin: "STATUS_ORIGIN",
  refundStates: "REFUND_STATE",
  disputeStates: "DISPUTE_STATE",
  reconciliationStates: "RECONCILIATION_STATE",
  settlementStates: "SETTLEMENT_STATE",
  paymentTypes: "PAYMENT_TYPE",
  paymentMethods: "PAYMENT_METHOD",
  brands: "BRAND",
  entryModes: "ENTRY_MODE",
} as const satisfies Partial<Record<keyof TransactionFilter, FacetField>>;

const EXACTLY = {
  everManual: "t.ever_manual = ?",
  transactionNumber: "t.transaction_number = ?",
  merchantReference: "t.merchant_reference = ?",
  authorisationCode: "t.authorisation_code = ?",
  last4: "t.last4 = ?",
  arn: "t.arn = ?",
} as const satisfies Partial<Record<keyof TransactionFilter, string>>;

/** Where sums by hour have it from as well. */
const REASONS = `t.base_status in ('REFUSED', 'FAILED') and coalesce((
    select e.reason from transactions.transaction_event e
    where e.merchant_id = t.merchant_id and e.transaction_id = t.id and e.id = t.deciding_event
  ), '') = any(?::text[])`;

/** `position` and not `like`: a person's % is a per cent sign. */
const SEARCH = `? in (t.id, t.arn, t.authorisation_code, t.last4)
  or position(lower(?) in lower(t.transaction_number)) > 0
  or position(lower(?) in lower(t.merchant_reference)) > 0
  or position(lower(?) in lower(t.provider_reference)) > 0`;

function searchText(search: string | null | undefined): string | null {
  const text = search?.trim();
  if (!text) return null;
  if (text.length > 100) throw new AppError("INVALID_INPUT", "`search` is longer than 100 characters: shorten it.");
  return text;
}
