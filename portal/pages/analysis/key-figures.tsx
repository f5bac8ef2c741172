import { Link } from "../../app/link.tsx";
import type { FiguresFragment } from "../../generated/pages/analysis/analysis.ts";
import type { Money } from "../../language/formats.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { type LinkTo, PAID_SALES } from "./analysis-search.ts";
import { analysisStrings } from "./analysis-strings.ts";

type KeyFiguresProps = {
  readonly now: FiguresFragment;
  readonly before: FiguresFragment | undefined;
  readonly linkTo: LinkTo;
};

/** The figures of the period, each with how far it is from that of the period before. */
export function KeyFigures({ now, before, linkTo }: KeyFiguresProps) {
  const t = useStrings(analysisStrings);
  const { money, number, percent } = useFormats();
  const share = (part: string, whole: number) => (whole > 0 ? percent(round(Number(part) / whole)) : "–");
  const attempts = Number(now.sales) + Number(now.refusals);
  const { currency } = now;
  return (
    <ul className="figures">
      <Figure
        name={t.turnover}
        value={money(now.gross)}
        change={changeOf(now.gross, before?.gross)}
        href={linkTo({ ...PAID_SALES })}
      />
      <Figure
        name={t.sales}
        value={number(BigInt(now.sales))}
        change={changeOf(now.sales, before?.sales)}
        href={linkTo({ ...PAID_SALES })}
      />
      <Figure
        name={t.average}
        value={now.average ? money(now.average) : "–"}
        change={changeOf(now.average, before?.average)}
        href={linkTo({ ...PAID_SALES })}
      />
      <Figure
        name={t.refunded}
        value={money(now.refunded)}
        note={t.ofTurnover(share(now.refunded.amountMinor, Number(now.gross.amountMinor)))}
        href={linkTo({ type: ["REFUND"], status: ["SUCCESS"] })}
      />
      <Figure
        name={t.refused}
        value={number(BigInt(now.refusals))}
        note={t.ofAttempts(share(now.refusals, attempts))}
        href={linkTo({ type: ["SALE"], status: ["REFUSED"] })}
      />
      <Figure
        name={t.fees}
        value={money(now.fees ?? { amountMinor: "0", currency })}
        note={now.effectiveRate === null ? t.notSettled : t.rate(percent(rateOf(now.effectiveRate)))}
        href={linkTo({ settled: ["SETTLED", "PAID_OUT"] })}
      />
    </ul>
  );
}

type FigureProps = {
  readonly name: string;
  readonly value: string;
  readonly change?: number | undefined;
  readonly note?: string;
  readonly href: string;
};

function Figure({ name, value, change, note, href }: FigureProps) {
  const t = useStrings(analysisStrings);
  const { percent } = useFormats();
  return (
    <li>
      <Link className="panel figures__figure" href={href}>
        <span className="figures__name">{name}</span>
        <strong className="figures__value">{value}</strong>
        {change !== undefined && (
          <span className={`figures__change ${change < 0 ? "figures__change--down" : ""}`}>
            <span aria-hidden="true">{change < 0 ? "▼" : "▲"}</span>{" "}
            {change < 0 ? t.less(percent(-change)) : t.more(percent(change))}
          </span>
        )}
        {change === undefined && <span className="figures__change soft">{note ?? t.nothingBefore}</span>}
      </Link>
    </li>
  );
}

/** Of basis points with two decimals: `125.50` is 0.01255. */
export function rateOf(effectiveRate: string): number {
  return Number(effectiveRate) / 10_000;
}

type Value = Money | string | null | undefined;

function changeOf(now: Value, before: Value): number | undefined {
  const [value, earlier] = [now, before].map((each) => Number(typeof each === "string" ? each : each?.amountMinor));
  return value === undefined || !earlier ? undefined : round(value / earlier - 1);
}

/** To tenths of a per cent: more nobody compares. */
function round(ratio: number): number {
  return Math.round(ratio * 1_000) / 1_000;
}
