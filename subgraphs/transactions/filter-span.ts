import { AppError } from "../shared/errors.ts";
import type { Reach } from "../shared/identity/grants.ts";
import { periodOf } from "../shared/periods.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import type { TransactionFilter } from "./transaction-filter.ts";

/** Either end may be open. */
export type Span = { readonly from: Date | null; readonly to: Date | null };

/** The time that a filter is about: of all merchants together, and of each where their zones make a difference. */
export type FilterSpan = Span & { readonly byMerchant: ReadonlyMap<string, Span> | null };

/** The merchants of a reach that a filter is about. */
export function merchantsOf(filter: TransactionFilter, merchants: readonly string[]): readonly string[] {
  return merchants.filter((merchant) => filter.merchants?.includes(merchant) ?? true);
}

/**
 * Works out a filter's time. A preset without a zone is each merchant's own: today in Brussels is not today in Lisbon.
 * Throws INVALID_INPUT for a preset beside instants.
 */
export async function spanOf(
  { query }: Pick<RequestContext, "query">,
  { merchants }: Pick<Reach, "merchants">,
  filter: TransactionFilter,
  now: Date = new Date(),
): Promise<FilterSpan> {
  const { period, zone, occurredAt } = filter;
  if (!period) return { from: occurredAt?.from ?? null, to: occurredAt?.to ?? null, byMerchant: null };
  if (occurredAt) {
    throw new AppError(
      "INVALID_INPUT",
      `\`period\` (${period}) and \`occurredAt\` both say when: leave one of them out.`,
    );
  }
  if (zone) return { ...periodOf(period, zone, now), byMerchant: null };
  const zones = await query<ZoneRow>(ZONES, [merchantsOf(filter, merchants)], "zones-of-merchants");
  const spans = new Map(zones.map((row) => [row.merchant_id, periodOf(period, row.zone, now)]));
  const [first, ...others] = spans.values();
  // Who sees no merchant finds nothing, whatever the time.
  if (!first) return { from: null, to: null, byMerchant: null };
  const isOne = others.every(({ from, to }) => +from === +first.from && +to === +first.to);
  return {
    from: new Date(Math.min(...[...spans.values()].map(({ from }) => from.getTime()))),
    to: new Date(Math.max(...[...spans.values()].map(({ to }) => to.getTime()))),
    byMerchant: isOne ? null : spans,
  };
}

type ZoneRow = { readonly merchant_id: string; readonly zone: string };

const ZONES = "select merchant_id, zone from accounts.merchant where merchant_id = any($1::text[])";
