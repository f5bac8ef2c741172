import { AppError } from "../../shared/errors.ts";
import type { Reach } from "../../shared/identity/grants.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import type { TransactionFilter } from "../transaction-filter.ts";
import type { AnalysisKey, AnalysisPeriod, AnalysisRefusals, AnalysisSeries } from "./analysis-type.ts";
import { type Bucket, bucketsOf, type Granularity, isWholeHours, type Period } from "./buckets.ts";
import { type AnalysisDimension, columnOf, keySql } from "./dimensions.ts";
import { factsOf } from "./facts.ts";
import { FIGURES, type FigureRow, figuresIn } from "./figures.ts";

export type Asked = {
  readonly reach: Reach;
  readonly filter: TransactionFilter;
  readonly granularity: Granularity;
  readonly groupBy: readonly AnalysisDimension[];
  readonly zone: string;
  /** The instant that it is of; null for now. */
  readonly asOf: Date | null;
};

/** Points of one answer: more than that nobody looks at, and no browser draws. */
const MOST_POINTS = 10_000;
const MOST_DIMENSIONS = 3;

type Row = FigureRow & { readonly bucket: number; readonly keys: readonly (string | null)[] };

/** Figures of a period in one statement, and so of one moment. @throws AppError INVALID_INPUT where that is too much */
export async function analyse(
  context: Pick<RequestContext, "query">,
  asked: Asked,
  period: Period,
): Promise<AnalysisPeriod> {
  const { reach, filter, granularity, groupBy, zone, asOf } = asked;
  if (groupBy.length > MOST_DIMENSIONS || new Set(groupBy).size < groupBy.length) {
    throw new AppError("INVALID_INPUT", `\`groupBy\` takes up to ${MOST_DIMENSIONS} dimensions, each once.`);
  }
  const buckets = bucketsOf(granularity, period, zone);
  const facts = await factsOf(context, reach, filter, period, {
    columns: [...groupBy.flatMap(columnOf), "status_origin"],
    byHour: isWholeHours(buckets, zone),
    asOf,
  });
  const starts = facts.where.parameter(buckets.map(({ from }) => from));
  const clock = groupBy.some((dimension) => columnOf(dimension).length === 0) ? facts.where.parameter(zone) : "";
  const keys = groupBy.map((dimension) => keySql(dimension, clock)).join(", ");
  const text = `${facts.with}
    select bucket, keys, currency, settled_currency, ${FIGURES} from (
      select width_bucket(f.at, ${starts}::timestamptz[]) as bucket, array[${keys}]::text[] as keys, f.* from ${facts.from}
    ) f
    group by bucket, keys, currency, settled_currency
    limit ${MOST_POINTS + 1}`;
  const rows = await context.query<Row>(text, facts.where.values());
  return { reach, filter, asOf, ...period, buckets: [...buckets], ...seriesOf(rows, buckets, groupBy) };
}

function seriesOf(
  rows: readonly Row[],
  buckets: readonly Bucket[],
  groupBy: readonly AnalysisDimension[],
): Pick<AnalysisPeriod, "series" | "totals"> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = JSON.stringify(row.keys);
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const series = [...groups.values()].flatMap((group) =>
    currenciesOf(group).map((currency) => ({ group, currency, total: figuresIn(currency, group) })),
  );
  if (rows.length > MOST_POINTS || series.length * buckets.length > MOST_POINTS) throw tooManyPoints();
  return {
    totals: currenciesOf(rows).map((currency) => figuresIn(currency, rows)),
    series: series
      .map(({ group, currency, total }): AnalysisSeries => {
        const keys = groupBy.map((dimension, index) => keyOf(dimension, group[0]?.keys[index] ?? null));
        return { keys, total, points: pointsOf(currency, group, buckets) };
      })
      .sort(byTurnover),
  };
}

function pointsOf(currency: string, rows: readonly Row[], buckets: readonly Bucket[]) {
  const byBucket = new Map<number, Row[]>();
  for (const row of rows) byBucket.set(row.bucket, [...(byBucket.get(row.bucket) ?? []), row]);
  return buckets.map((_, index) => figuresIn(currency, byBucket.get(index + 1) ?? []));
}

function keyOf(dimension: AnalysisDimension, value: string | null): AnalysisKey {
  const place = (of: AnalysisDimension) => (dimension === of && value !== null ? { id: value } : null);
  return { dimension, value, location: place("LOCATION"), terminal: place("TERMINAL") };
}

function currenciesOf(rows: readonly FigureRow[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => [row.currency, row.settled_currency ?? row.currency]))].sort();
}

function byTurnover(a: AnalysisSeries, b: AnalysisSeries): number {
  if (a.total.currency !== b.total.currency) return a.total.currency < b.total.currency ? -1 : 1;
  const more = b.total.gross.amountMinor - a.total.gross.amountMinor;
  if (more !== 0n) return more > 0n ? 1 : -1;
  const name = ({ keys }: AnalysisSeries) => JSON.stringify(keys.map(({ value }) => value));
  return name(a) < name(b) ? -1 : 1;
}

function tooManyPoints(): AppError {
  return new AppError(
    "INVALID_INPUT",
    `That is more than ${MOST_POINTS} figures: ask for a shorter time or longer periods, or group by less.`,
  );
}

const MOST_REASONS = 100;

/** Why sales of a period were refused or failed, the most frequent first. */
export async function refusalsOf(
  context: Pick<RequestContext, "query">,
  { reach, filter, asOf, from, to }: AnalysisPeriod,
): Promise<readonly AnalysisRefusals[]> {
  const facts = await factsOf(context, reach, filter, { from, to }, { columns: ["reason"], asOf });
  const text = `${facts.with}
    select f.reason, f.base_status as status, f.currency, sum(f.count)::text as count, sum(f.amount_minor)::text as amount
    from ${facts.from}
    where f.type = 'SALE' and f.base_status in ('REFUSED', 'FAILED')
    group by f.reason, f.base_status, f.currency
    order by sum(f.count) desc, f.reason, f.base_status, f.currency limit ${MOST_REASONS}`;
  const rows = await context.query<RefusalRow>(text, facts.where.values());
  return rows.map(({ reason, status, currency, count, amount }) => ({
    reason,
    status,
    count: BigInt(count),
    amount: { amountMinor: BigInt(amount), currency },
  }));
}

type RefusalRow = {
  readonly reason: string | null;
  readonly status: string;
  readonly currency: string;
  readonly count: string;
  readonly amount: string;
};
