import { useMemo, useState } from "react";
import { useSearch } from "../../app/search-params.ts";
import { Unanswered } from "../../app/unanswered.tsx";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { AnalysisOverTimeDocument } from "../../generated/pages/analysis/analysis.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useStrings, useZone } from "../../language/language.tsx";
import { CoverageLine } from "../transactions/coverage-line.tsx";
import { PeriodPicker } from "../transactions/period-picker.tsx";
import { spanOfSearch } from "../transactions/transaction-search.ts";
import { ANALYSIS_SEARCH, linksOf } from "./analysis-search.ts";
import { granularityOf, untilToday } from "./analysis-span.ts";
import { analysisStrings } from "./analysis-strings.ts";
import { Breakdown } from "./breakdown.tsx";
import { Forecast } from "./forecast.tsx";
import { Hours } from "./hours.tsx";
import { KeyFigures } from "./key-figures.tsx";
import { OverTime } from "./over-time.tsx";
import { Refusals } from "./refusals.tsx";
import "../transactions/transactions.css";
import "./analysis.css";
import "./chart.css";
import "./ranking.css";

/** Before it nobody took cards. */
const EVER = "2000-01-01T00:00:00.000Z";
const DIMENSIONS = ["METHOD", "PROVIDER", "LOCATION"] as const;

/** How trade went, against the period before; every mark leads to the transactions that it is made of. */
export function Content() {
  const t = useStrings(analysisStrings);
  const zone = useZone();
  const [opened] = useState(() => new Date());
  const [search, change] = useSearch(ANALYSIS_SEARCH);
  const { from, to } = search;
  const period = search.period ?? (from || to ? undefined : "THIS_MONTH");
  const span = useMemo(() => {
    const asked = spanOfSearch({ period, from, to }, zone, opened);
    return untilToday({ from: asked?.from ?? EVER, to: asked?.to ?? opened.toISOString() }, opened, zone);
  }, [period, from, to, zone, opened]);
  const isOpen = span.from === EVER;
  const granularity = granularityOf(span);
  const { data, error, fetching, reload } = useGraph(AnalysisOverTimeDocument, {
    filter: { occurredAt: span },
    granularity,
    zone,
    compare: !isOpen,
  });
  const analysis = data?.analysis;
  const totals = (analysis?.period.totals ?? []).filter(({ count }) => count !== "0");
  const now = totals.find(({ currency }) => currency === search.currency) ?? largest(totals);
  const metric = search.by ?? "GROSS";
  const linkTo = linksOf({ period, from, to }, zone);
  return (
    <div className="analysis" aria-busy={fetching}>
      <div className="analysis__bar">
        <PeriodPicker search={{ period, from, to }} onChange={change} />
        <fieldset className="analysis__choice" aria-label={t.measure}>
          <Button aria-pressed={metric === "GROSS"} onClick={() => change({ by: undefined })}>
            {t.turnover}
          </Button>
          <Button aria-pressed={metric === "COUNT"} onClick={() => change({ by: "COUNT" })}>
            {t.count}
          </Button>
        </fieldset>
        {totals.length > 1 && (
          <fieldset className="analysis__choice" aria-label={t.currency}>
            {totals.map(({ currency }) => (
              <Button key={currency} aria-pressed={currency === now?.currency} onClick={() => change({ currency })}>
                {currency}
              </Button>
            ))}
          </fieldset>
        )}
      </div>
      {!analysis && fetching && <Spinner label={t.loading} />}
      {!analysis && !fetching && <Unanswered error={error} onAgain={reload} />}
      {analysis && !now && (
        <EmptyState icon={ICONS.search} title={t.nothing}>
          <p>{t.nothingAdvice}</p>
          <Button onClick={() => change({ period: "THIS_YEAR", from: undefined, to: undefined })}>{t.thisYear}</Button>
        </EmptyState>
      )}
      {analysis && now && (
        <>
          <KeyFigures
            now={now}
            before={analysis.previous?.totals.find(({ currency }) => currency === now.currency)}
            linkTo={linkTo}
          />
          <div className="analysis__grid">
            <OverTime {...{ analysis, metric, granularity, isOpen, linkTo }} currency={now.currency} />
            {DIMENSIONS.map((dimension) => (
              <Breakdown key={dimension} {...{ dimension, span, zone, metric, linkTo }} currency={now.currency} />
            ))}
            <Refusals refusals={analysis.period.refusals} currency={now.currency} linkTo={linkTo} />
            <Forecast currency={now.currency} />
            <Hours {...{ span, zone, metric, linkTo }} currency={now.currency} />
          </div>
          <CoverageLine coverage={analysis.coverage} />
        </>
      )}
    </div>
  );
}

function largest<Figures extends { readonly count: string }>(all: readonly Figures[]): Figures | undefined {
  return [...all].sort((a, b) => Number(b.count) - Number(a.count))[0];
}
