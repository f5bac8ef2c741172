import { AnalysisByDocument } from "../../generated/pages/analysis/analysis.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { decimalOf } from "../../language/decimals.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { type LinkTo, type Metric, PAID_SALES } from "./analysis-search.ts";
import type { Span } from "./analysis-span.ts";
import { analysisStrings } from "./analysis-strings.ts";
import { ChartCard, Waiting } from "./chart-card.tsx";
import { HeatMap } from "./heat-map.tsx";

type HoursProps = {
  readonly span: Span;
  readonly zone: string;
  readonly currency: string;
  readonly metric: Metric;
  readonly linkTo: LinkTo;
};

const WEEKDAYS = ["1", "2", "3", "4", "5", "6", "7"] as const;

/** At which hours of which weekdays it is busy: the darker the more. */
export function Hours({ span, zone, currency, metric, linkTo }: HoursProps) {
  const t = useStrings(analysisStrings);
  const { money, number, weekday: weekdayName } = useFormats();
  const filter = { occurredAt: span };
  const { data, fetching } = useGraph(AnalysisByDocument, { filter, dimensions: ["WEEKDAY", "HOUR_OF_DAY"], zone });
  const isCount = metric === "COUNT";
  const values = new Map(
    (data?.analysis?.period.series ?? [])
      .filter(({ total }) => total.currency === currency)
      .map(({ keys: [weekday, hour], total }) => [
        `${weekday?.value} ${hour?.value}`,
        isCount ? total.count : total.gross.amountMinor,
      ]),
  );
  const cells = WEEKDAYS.flatMap((weekday) =>
    Array.from({ length: 24 }, (_, hour) => {
      const value = values.get(`${weekday} ${hour}`) ?? "0";
      const name = `${weekdayName(Number(weekday))} ${String(hour).padStart(2, "0")}:00`;
      const figure = isCount ? number(BigInt(value)) : money({ amountMinor: value, currency });
      return {
        weekday: Number(weekday),
        hour,
        value: Number(value),
        name,
        figure,
        label: `${name}: ${figure}`,
        raw: [weekday, String(hour), isCount ? value : decimalOf(value, currency)],
        href: linkTo({ ...(isCount ? {} : PAID_SALES), weekday: [weekday], hour: [String(hour)] }),
      };
    }),
  );
  if (!data && fetching) return <Waiting shape="wide" />;
  if (values.size === 0) return null;
  return (
    <ChartCard
      shape="wide"
      title={t.hours}
      subtitle={isCount ? t.count : t.turnover}
      legend={<HeatLegend />}
      data={{
        columns: [{ name: t.hour }, { name: isCount ? t.count : t.turnover, isNumber: true }],
        rows: cells
          .filter(({ value }) => value !== 0)
          .map(({ name, figure, raw, href }) => ({
            key: name,
            href,
            cells: [name, figure],
            raw: [`${raw[0]} ${raw[1]}`, raw[2] ?? ""],
          })),
      }}
    >
      <HeatMap label={t.hours} cells={cells} weekdayName={(weekday) => weekdayName(weekday, "short")} />
    </ChartCard>
  );
}

function HeatLegend() {
  const t = useStrings(analysisStrings);
  return (
    <span className="heat-legend">
      {t.quiet}
      {[0, 1, 2, 3, 4, 5, 6].map((level) => (
        <span key={level} className={`heat-legend__step heat--${level}`} />
      ))}
      {t.busy}
    </span>
  );
}
