import { decimalOf } from "../../language/decimals.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { NONE } from "../transactions/transaction-search.ts";
import type { LinkTo } from "./analysis-search.ts";
import { analysisStrings } from "./analysis-strings.ts";
import { ChartCard } from "./chart-card.tsx";
import type { Analysis } from "./over-time.tsx";
import { Ranking } from "./ranking.tsx";

type RefusalsProps = {
  readonly refusals: Analysis["period"]["refusals"];
  readonly currency: string;
  readonly linkTo: LinkTo;
};

/** Why sales did not come about, the most frequent reason first. */
export function Refusals({ refusals, currency, linkTo }: RefusalsProps) {
  const t = useStrings(analysisStrings);
  const { money, number } = useFormats();
  const rows = refusals
    .filter(({ amount }) => amount.currency === currency)
    .map(({ reason, status, count, amount }) => ({
      key: `${reason} ${status}`,
      name: reason === null ? t.noReason(status) : readable(reason),
      value: Number(count),
      figure: number(BigInt(count)),
      more: money(amount),
      raw: [reason ?? "", status, count, decimalOf(amount.amountMinor, currency)],
      href: linkTo({
        type: ["SALE"],
        status: [status === "FAILED" ? "FAILED" : "REFUSED"],
        reason: [reason ?? NONE],
      }),
    }));
  if (rows.length === 0) return null;
  return (
    <ChartCard
      title={t.refusals}
      subtitle={t.refusalsNote}
      data={{
        columns: [
          { name: t.reason },
          { name: t.status },
          { name: t.count, isNumber: true },
          { name: t.amount, isNumber: true },
        ],
        rows: rows.map(({ key, name, figure, more, raw, href }) => ({
          key,
          href,
          cells: [name, raw[1] === "FAILED" ? t.failed : t.refusedOne, figure, more],
          raw,
        })),
      }}
    >
      <Ranking label={t.refusals} ranks={rows.slice(0, 8)} />
    </ChartCard>
  );
}

/** Providers say it as programs do: `insufficient_funds`. */
function readable(reason: string): string {
  return reason.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());
}
