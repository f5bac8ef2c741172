import type { AnalysisOverTimeQuery } from "../../generated/pages/analysis/analysis.ts";
import { decimalOf } from "../../language/decimals.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { type LinkTo, type Metric, PAID_SALES } from "./analysis-search.ts";
import { type Granularity, within } from "./analysis-span.ts";
import { analysisStrings } from "./analysis-strings.ts";
import { ChartCard } from "./chart-card.tsx";
import { ColumnChart } from "./column-chart.tsx";

export type Analysis = NonNullable<AnalysisOverTimeQuery["analysis"]>;
type Point = Analysis["period"]["series"][number]["points"][number];

type OverTimeProps = {
  readonly analysis: Analysis;
  readonly currency: string;
  readonly metric: Metric;
  readonly granularity: Granularity;
  /** Where no beginning was asked for, the chart begins with the first that happened. */
  readonly isOpen: boolean;
  readonly linkTo: LinkTo;
};

/** Turnover or count by time, with the period before. */
export function OverTime({ analysis, currency, metric, granularity, isOpen, linkTo }: OverTimeProps) {
  const t = useStrings(analysisStrings);
  const { money, number, date, time, shortDate, compact, day } = useFormats();
  const { period, previous } = analysis;
  const pointsOf = ({ series }: Pick<Analysis["period"], "series">) =>
    series.find(({ total }) => total.currency === currency)?.points;
  const points = pointsOf(period);
  const earlier = previous && !isOpen ? pointsOf(previous) : undefined;
  const figureOf = (point: Point | undefined) =>
    Number((metric === "COUNT" ? point?.count : point?.gross.amountMinor) ?? 0);
  const write = (value: number) =>
    metric === "COUNT" ? number(value) : money({ amountMinor: String(value), currency });
  const scale = (value: number) =>
    metric === "COUNT" ? compact(value) : compact(Number(decimalOf(String(value), currency)), currency);
  const raw = (value: number) => (metric === "COUNT" ? String(value) : decimalOf(String(value), currency));
  const first = isOpen ? Math.max(0, points?.findIndex(({ count }) => count !== "0") ?? 0) : 0;
  const buckets = period.buckets.slice(first).map((bucket, at) => {
    const index = first + at;
    const value = figureOf(points?.[index]);
    const before = earlier ? figureOf(earlier[index]) : undefined;
    const hour = time(bucket.from);
    const name = granularity === "HOUR" ? `${shortDate(bucket.day)} ${hour}` : date(bucket.day);
    const href = linkTo(metric === "GROSS" ? PAID_SALES : {}, within(bucket, period));
    return { key: bucket.from, value, before, name, short: shortName(bucket.day, hour), href };
  });
  function shortName(localDay: string, hour: string): string {
    if (granularity === "HOUR") return hour;
    return granularity === "MONTH" ? date(localDay).replace(/^\d+\.?\s*/, "") : shortDate(localDay);
  }
  const lastDay = (end: string) => day(new Date(Date.parse(end) - 1).toISOString());
  const spanOf = ({ from, to }: Pick<Analysis["period"], "from" | "to">) => `${day(from)} – ${lastDay(to)}`;
  const what = metric === "COUNT" ? t.count : t.turnover;
  const hasBefore = previous !== null && earlier !== undefined;
  return (
    <ChartCard
      shape="wide"
      title={what}
      subtitle={spanOf(period)}
      legend={
        <>
          <span className="legend legend--0">{t.thisPeriod}</span>
          {hasBefore && <span className="legend legend--before">{t.periodBefore(spanOf(previous))}</span>}
        </>
      }
      data={{
        columns: [
          { name: t.granularities[granularity] },
          { name: what, isNumber: true },
          ...(hasBefore ? [{ name: t.before, isNumber: true }] : []),
        ],
        rows: buckets.map(({ key, value, before, name, href }) => ({
          key,
          href,
          cells: [name, write(value), ...(before === undefined ? [] : [write(before)])],
          raw: [key, raw(value), ...(before === undefined ? [] : [raw(before)])],
        })),
      }}
    >
      <ColumnChart
        label={what}
        write={scale}
        columns={buckets.map(({ key, value, before, name, short, href }) => ({
          key,
          href,
          values: [value],
          before,
          name: short,
          label: `${name}: ${write(value)}${before === undefined ? "" : ` (${t.wasBefore(write(before))})`}`,
        }))}
      />
    </ChartCard>
  );
}
