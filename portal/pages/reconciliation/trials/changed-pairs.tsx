import { Link } from "../../../app/link.tsx";
import { Badge, type Tone } from "../../../design/badge.tsx";
import { providerName } from "../../../domain/method-name.ts";
import type { ChangedPairFragment } from "../../../generated/pages/reconciliation/trials/trials.ts";
import { useMay } from "../../../graph/viewer.tsx";
import type { Money } from "../../../language/formats.ts";
import { useFormats, useStrings } from "../../../language/language.tsx";
import { useStageName } from "./stage-name.ts";
import { trialsStrings } from "./trials-strings.ts";

type ChangedPairsProps = {
  readonly title: string;
  readonly tone: Tone;
  readonly changed: {
    readonly count: string;
    readonly money?: readonly Money[];
    readonly examples: readonly ChangedPairFragment[];
  };
};

/** Pairs that only one of two sides makes: how many, how much money, and which. */
export function ChangedPairs({ title, tone, changed: { count, money: sums, examples } }: ChangedPairsProps) {
  const t = useStrings(trialsStrings);
  const { number, money } = useFormats();
  const stageName = useStageName();
  const maySeeTransactions = useMay("TRANSACTIONS", "VIEW");
  return (
    <section className="section" aria-label={title}>
      <div className="headline">
        <h3>{title}</h3>
        <Badge tone={count === "0" ? "plain" : tone}>{number(BigInt(count))}</Badge>
        {sums && <strong>{sums.map(money).join(" + ")}</strong>}
      </div>
      {examples.length > 0 && (
        <details>
          <summary>{t.examples(examples.length)}</summary>
          <ul className="rules__examples">
            {examples.map(({ provider, lineId, transactionId, stage }) => (
              <li key={`${lineId} ${transactionId}`}>
                {maySeeTransactions ? (
                  <Link className="row-link" href={`/transactions?open=${encodeURIComponent(transactionId)}`}>
                    {transactionId}
                  </Link>
                ) : (
                  transactionId
                )}{" "}
                <span className="soft">
                  {providerName(provider)} · {stageName(stage)} · {lineId}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
