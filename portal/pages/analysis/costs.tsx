import { providerName } from "../../domain/method-name.ts";
import { decimalOf } from "../../language/decimals.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import type { LinkTo } from "./analysis-search.ts";
import { analysisStrings } from "./analysis-strings.ts";
import { ChartCard } from "./chart-card.tsx";
import { rateOf } from "./key-figures.tsx";
import { Ranking } from "./ranking.tsx";
import type { Series } from "./series.ts";

type CostsProps = { readonly series: readonly Series[]; readonly currency: string; readonly linkTo: LinkTo };

/** What each provider keeps of what it settled, the dearest first. */
export function Costs({ series, currency, linkTo }: CostsProps) {
  const t = useStrings(analysisStrings);
  const { money, percent } = useFormats();
  const rows = series
    .flatMap(({ keys: [key], total: { fees, effectiveRate } }) => {
      if (!fees || effectiveRate === null || !key?.value) return [];
      return {
        key: key.value,
        name: providerName(key.value),
        value: rateOf(effectiveRate),
        figure: percent(rateOf(effectiveRate)),
        more: money(fees),
        raw: [rateOf(effectiveRate).toFixed(6), decimalOf(fees.amountMinor, currency)],
        href: linkTo({ provider: [key.value], settled: ["SETTLED", "PAID_OUT"] }),
      };
    })
    .sort((a, b) => b.value - a.value);
  if (rows.length === 0) return null;
  return (
    <ChartCard
      title={t.costs}
      subtitle={t.costsNote}
      data={{
        columns: [{ name: t.by.PROVIDER }, { name: t.effectiveRate, isNumber: true }, { name: t.fees, isNumber: true }],
        rows: rows.map(({ key, name, figure, more, raw, href }) => ({
          key,
          href,
          cells: [name, figure, more],
          raw: [name, ...raw],
        })),
      }}
    >
      <Ranking label={t.costs} ranks={rows.slice(0, 8)} />
    </ChartCard>
  );
}
