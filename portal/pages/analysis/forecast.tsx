import { formatSearch } from "../../app/search-params.ts";
import { providerName } from "../../domain/method-name.ts";
import { PayoutForecastDocument, type PayoutForecastQuery } from "../../generated/pages/analysis/analysis.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useMay, useViewer } from "../../graph/viewer.tsx";
import { decimalOf } from "../../language/decimals.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { SEARCH } from "../transactions/transaction-search.ts";
import { analysisStrings } from "./analysis-strings.ts";
import { ChartCard } from "./chart-card.tsx";
import { ColumnChart } from "./column-chart.tsx";

type Payout = NonNullable<PayoutForecastQuery["payoutForecast"]>[number];

const DAYS = 14;

/** What will arrive at the bank, day by day: announced below, reckoned above. */
export function Forecast({ currency }: { readonly currency: string }) {
  const t = useStrings(analysisStrings);
  const { money, date, shortDate, compact, list } = useFormats();
  const maySee = useMay("SETTLEMENTS", "VIEW");
  const [merchant] = useViewer().merchants ?? [];
  const { data } = useGraph(
    PayoutForecastDocument,
    { days: DAYS, ...(merchant && { merchantId: merchant.id }) },
    { pause: !maySee },
  );
  const payouts = (data?.payoutForecast ?? []).filter(({ certain }) => certain.currency === currency);
  const days = [...new Set(payouts.map(({ day }) => day))].sort().map((day) => {
    const ofDay = payouts.filter((payout) => payout.day === day);
    const [certain, expected] = [sumOf(ofDay, "certain"), sumOf(ofDay, "expected")];
    return { day, ofDay, certain, expected, total: certain + expected, href: listOf(ofDay) };
  });
  const write = (minor: bigint) => money({ amountMinor: String(minor), currency });
  if (days.length === 0) return null;
  const total = days.reduce((sum, day) => sum + day.total, 0n);
  return (
    <ChartCard
      shape="wide"
      title={t.forecast}
      subtitle={t.forecastNote(write(total), DAYS)}
      legend={
        <>
          <span className="legend legend--0">{t.announced}</span>
          <span className="legend legend--1">{t.reckoned}</span>
        </>
      }
      data={{
        columns: [
          { name: t.day },
          { name: t.by.PROVIDER },
          { name: t.announced, isNumber: true },
          { name: t.reckoned, isNumber: true },
        ],
        rows: payouts.map((payout) => ({
          key: `${payout.day} ${payout.provider}`,
          href: listOf([payout]),
          cells: [date(payout.day), providerName(payout.provider), money(payout.certain), money(payout.expected)],
          raw: [
            payout.day,
            payout.provider,
            decimalOf(payout.certain.amountMinor, currency),
            decimalOf(payout.expected.amountMinor, currency),
          ],
        })),
      }}
    >
      <ColumnChart
        label={t.forecast}
        write={(minor) => compact(Number(decimalOf(String(minor), currency)), currency)}
        columns={days.map(({ day, ofDay, certain, expected, total: sum, href }) => ({
          key: day,
          href,
          values: [Number(certain), Number(expected)],
          name: shortDate(day),
          label: `${date(day)}: ${write(sum)}, ${list(ofDay.map(({ provider }) => providerName(provider)))}`,
        }))}
      />
    </ChartCard>
  );
}

function sumOf(payouts: readonly Payout[], which: "certain" | "expected"): bigint {
  return payouts.reduce((sum, payout) => sum + BigInt(payout[which].amountMinor), 0n);
}

const STATES = { PAYOUT: "PAID_OUT", BATCH: "SETTLED", SALES: "UNSETTLED" } as const;

/** Of the same providers, what has come as far as what the money to come is known by. */
function listOf(payouts: readonly Payout[]): string {
  const states = new Set(payouts.flatMap(({ parts }) => parts.map(({ basis }) => STATES[basis])));
  const provider = [...new Set(payouts.map((payout) => payout.provider))];
  return `/transactions${formatSearch(SEARCH, { provider, settled: [...states] })}`;
}
