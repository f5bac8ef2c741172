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
  readonly numbers: readonly NumberedDay[];
};

/** A number of a series that counts by one, and the last day of the file that it came with. */
type NumberedDay = { readonly series: string; readonly number: number; readonly day?: string };

/**
 * Numbers of a series that did not come although a later one did, both ends included. What is missing is of the days
 * from `since` to `until`, where the files beside it end.
 */
export type SequenceGap = {
  readonly series: string;
  readonly from: number;
  readonly to: number;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
};

export type Assessment = {
  /** Days between files as a rule; null until three have come. */
  readonly usualDays: number | null;
  /** The day by which the next file comes nine times in ten, weekends and holidays in it; null like `usualDays`. */
  readonly expectedBy: string | null;
  /** The day after which the next file is missed; null while it is not known how often they come. */
  readonly dueBy: string | null;
  readonly isSilent: boolean;
  readonly gaps: readonly SequenceGap[];
};

/** Says what is missing of an account's files, as of a day (`YYYY-MM-DD`). */
export function assessCoverage({ days, numbers }: Pick<CoverageRow, "days" | "numbers">, today: string): Assessment {
  const steps = stepsBetween(days);
  const usualDays = quantile(steps, 0.5);
  const [last] = days;
  const after = (interval: number) => (usualDays === null || last === undefined ? null : dayAfter(last, interval));
  // A weekend or a holiday must not look like silence, nor one report that is late by as much as it usually takes.
  const dueBy = after(Math.max(2 * (usualDays ?? 0), (usualDays ?? 0) + 3));
  const expectedBy = after(quantile(steps, 0.9) ?? 0);
  return { usualDays, expectedBy, dueBy, isSilent: dueBy !== null && today > dueBy, gaps: gapsIn(numbers) };
}

/** The days between files, the shortest first. */
function stepsBetween(days: readonly string[]): readonly number[] {
  return days
    .slice(1)
    .map((day, index) => daysBetween(day, days[index]!))
    .sort((a, b) => a - b);
}

/** Null of fewer than two, which are no rule yet. */
function quantile(sorted: readonly number[], part: number): number | null {
  if (sorted.length < 2) return null;
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? null;
}

function gapsIn(numbers: readonly NumberedDay[]): readonly SequenceGap[] {
  const bySeries = new Map<string, Map<number, string | undefined>>();
  for (const { series, number, day } of numbers) {
    const days = bySeries.get(series) ?? new Map<number, string | undefined>();
    bySeries.set(series, days.set(number, day));
  }
  return [...bySeries].flatMap(([series, days]) => {
    const sorted = [...days].sort(([a], [b]) => a - b);
    return sorted.slice(1).flatMap(([number, until], index) => {
      const [before, since] = sorted[index]!;
      return number > before + 1 ? [{ series, from: before + 1, to: number - 1, since, until }] : [];
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

/** One row an account and adapter, of the files that had come by `until`, in SQL; `t` in a list. */
export const coverageFrom = (until: string) => `(
  select a.merchant_id, a.provider || ' ' || a.account || ' ' || a.adapter as id, a.provider, a.account, a.adapter,
    count(distinct a.file_id) as files, max(a.received_at) as last_received_at, max(a.last_date) as last_date,
    (array_agg(distinct a.last_date::text order by a.last_date::text desc))[1:21] as days,
    coalesce(jsonb_agg(n.number || jsonb_build_object('day', a.last_date) order by a.last_date)
      filter (where n.number is not null), '[]') as numbers
  from reconciliation.file_account a
  left join lateral jsonb_array_elements(a.numbers) as n (number) on true
  where a.received_at <= ${until}::timestamptz
  group by a.merchant_id, a.provider, a.account, a.adapter
) t`;

/** The same of all files there are. */
export const COVERAGE_FROM = coverageFrom("'infinity'");

export const COVERAGE_COLUMNS = `t.id, t.merchant_id, t.provider, t.account, t.adapter, t.files, t.last_received_at,
  t.last_date, t.days, t.numbers`;
