import type { SequenceNumber } from "../../../adapters/adapter.ts";

/** The files of one adapter about one account, as they are stored. */
export type CoverageRow = {
  readonly id: string;
  readonly merchant_id: string;
  readonly provider: string;
  readonly account: string;
  readonly adapter: string;
  readonly files: bigint;
  readonly last_received_at: Date;
  readonly last_date: string;
  /** The days up to which the latest files went, the latest first, each once. */
  readonly days: readonly string[];
  readonly numbers: readonly SequenceNumber[];
};

/** Numbers of a series that did not come although a later one did, both ends included. */
export type SequenceGap = { readonly series: string; readonly from: number; readonly to: number };

export type Assessment = {
  /** Days between files as a rule; null until three have come. */
  readonly usualDays: number | null;
  /** The day after which the next file is missed; null while it is not known how often they come. */
  readonly dueBy: string | null;
  readonly isSilent: boolean;
  readonly gaps: readonly SequenceGap[];
};

/** Says what is missing of an account's files, as of a day (`YYYY-MM-DD`). */
export function assessCoverage({ days, numbers }: Pick<CoverageRow, "days" | "numbers">, today: string): Assessment {
  const usualDays = usualInterval(days);
  const [last] = days;
  // A weekend or a holiday must not look like silence, nor one report that is late by as much as it usually takes.
  const dueBy =
    usualDays === null || last === undefined ? null : dayAfter(last, Math.max(2 * usualDays, usualDays + 3));
  return { usualDays, dueBy, isSilent: dueBy !== null && today > dueBy, gaps: gapsIn(numbers) };
}

/** The median of the days between files. */
function usualInterval(days: readonly string[]): number | null {
  const steps = days.slice(1).map((day, index) => daysBetween(day, days[index]!));
  if (steps.length < 2) return null;
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? null;
}

function gapsIn(numbers: readonly SequenceNumber[]): readonly SequenceGap[] {
  const bySeries = new Map<string, number[]>();
  for (const { series, number } of numbers) bySeries.set(series, [...(bySeries.get(series) ?? []), number]);
  return [...bySeries].flatMap(([series, found]) => {
    const sorted = [...new Set(found)].sort((a, b) => a - b);
    return sorted.slice(1).flatMap((number, index) => {
      const from = sorted[index]! + 1;
      return number > from ? [{ series, from, to: number - 1 }] : [];
    });
  });
}

const DAY_MS = 86_400_000;

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** One row an account and adapter; `t` in a list. */
export const COVERAGE_FROM = `(
  select a.merchant_id, a.provider || ' ' || a.account || ' ' || a.adapter as id, a.provider, a.account, a.adapter,
    count(distinct a.file_id) as files, max(a.received_at) as last_received_at, max(a.last_date) as last_date,
    (array_agg(distinct a.last_date::text order by a.last_date::text desc))[1:21] as days,
    coalesce(jsonb_agg(n.number) filter (where n.number is not null), '[]') as numbers
  from reconciliation.file_account a
  left join lateral jsonb_array_elements(a.numbers) as n (number) on true
  group by a.merchant_id, a.provider, a.account, a.adapter
) t`;

export const COVERAGE_COLUMNS = `t.id, t.merchant_id, t.provider, t.account, t.adapter, t.files, t.last_received_at,
  t.last_date, t.days, t.numbers`;
