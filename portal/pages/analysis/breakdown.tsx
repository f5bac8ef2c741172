import { domainStrings } from "../../domain/domain-strings.ts";
import { methodName, providerName } from "../../domain/method-name.ts";
import { AnalysisByDocument } from "../../generated/pages/analysis/analysis.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { decimalOf } from "../../language/decimals.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { NONE, type Search } from "../transactions/transaction-search.ts";
import { type LinkTo, type Metric, PAID_SALES } from "./analysis-search.ts";
import type { Span } from "./analysis-span.ts";
import { analysisStrings } from "./analysis-strings.ts";
import { ChartCard, Waiting } from "./chart-card.tsx";
import { Costs } from "./costs.tsx";
import { Ranking } from "./ranking.tsx";
import type { Series } from "./series.ts";

type BreakdownProps = {
  readonly dimension: "METHOD" | "PROVIDER" | "LOCATION";
  readonly span: Span;
  readonly zone: string;
  readonly currency: string;
  readonly metric: Metric;
  readonly linkTo: LinkTo;
};

/** Most that are drawn; the table has them all. */
const MOST = 8;

/** Turnover or count by one thing, with its share; by provider, what it costs as well. */
export function Breakdown({ dimension, span, zone, currency, metric, linkTo }: BreakdownProps) {
  const t = useStrings(analysisStrings);
  const domain = useStrings(domainStrings);
  const { money, number, percent } = useFormats();
  const filter = { occurredAt: span };
  const { data, fetching } = useGraph(AnalysisByDocument, { filter, dimensions: [dimension], zone });
  const series = (data?.analysis?.period.series ?? []).filter(({ total }) => total.currency === currency);
  const isCount = metric === "COUNT";
  const amountOf = ({ total }: Series) => Number(isCount ? total.count : total.gross.amountMinor);
  const sum = series.reduce((all, each) => all + amountOf(each), 0);
  const nameOf = ({ keys: [key] }: Series) => {
    if (!key || key.value === null) return t.noLocation;
    if (dimension === "METHOD") return methodName(key.value, domain.methods);
    return dimension === "PROVIDER" ? providerName(key.value) : (key.location?.name ?? key.value);
  };
  const narrowed = ({ keys: [key] }: Series): Partial<Search> => {
    const values = [key?.value ?? NONE];
    if (dimension === "METHOD") return { method: values };
    return dimension === "PROVIDER" ? { provider: values } : { location: values };
  };
  const parts = series
    .map((each) => {
      const value = amountOf(each);
      return {
        key: each.keys[0]?.value ?? "",
        name: nameOf(each),
        value,
        figure: isCount ? number(value) : money(each.total.gross),
        raw: isCount ? each.total.count : decimalOf(each.total.gross.amountMinor, currency),
        more: sum > 0 ? percent(Math.round((1_000 * value) / sum) / 1_000) : "",
        href: linkTo({ ...(isCount ? {} : PAID_SALES), ...narrowed(each) }),
      };
    })
    .filter(({ value }) => value !== 0)
    .sort((a, b) => b.value - a.value);
  const title = t.by[dimension];
  // Providers and what they cost stand beside it, one above the other.
  const shape = dimension === "METHOD" ? "tall" : "plain";
  if (!data && fetching) return <Waiting shape={shape} />;
  if (parts.length === 0) return null;
  return (
    <>
      <ChartCard
        shape={shape}
        title={title}
        subtitle={parts.length > MOST ? t.largest(MOST, parts.length) : isCount ? t.count : t.turnover}
        data={{
          columns: [
            { name: title },
            { name: isCount ? t.count : t.turnover, isNumber: true },
            { name: t.share, isNumber: true },
          ],
          rows: parts.map(({ key, name, figure, raw, more, href, value }) => ({
            key,
            href,
            cells: [name, figure, more],
            raw: [name, raw, (value / sum).toFixed(4)],
          })),
        }}
      >
        <Ranking label={title} ranks={parts.slice(0, MOST)} />
      </ChartCard>
      {dimension === "PROVIDER" && <Costs series={series} currency={currency} linkTo={linkTo} />}
    </>
  );
}
