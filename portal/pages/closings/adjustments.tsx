import { Link } from "../../app/link.tsx";
import { Paged } from "../../app/paged.tsx";
import { Badge, type Tone } from "../../design/badge.tsx";
import { domainStrings } from "../../domain/domain-strings.ts";
import { methodName } from "../../domain/method-name.ts";
import { type ClosedAsFragment, ClosingAdjustmentsDocument } from "../../generated/pages/closings/closings.ts";
import { usePages } from "../../graph/use-pages.ts";
import { createFormats } from "../../language/formats.ts";
import { useSpeech, useStrings } from "../../language/language.tsx";
import { closingsStrings } from "./closings-strings.ts";

const TONES: Readonly<Record<"ADDED" | "CHANGED" | "REMOVED", Tone>> = {
  ADDED: "good",
  CHANGED: "info",
  REMOVED: "bad",
};

/** Each transaction of an earlier period that is another by now: what it was closed as, and what it counts as. */
export function Adjustments({ id, zone }: { readonly id: string; readonly zone: string }) {
  const t = useStrings(closingsStrings);
  const domain = useStrings(domainStrings);
  const { language } = useSpeech();
  const { money, moment } = createFormats(language, zone);
  const pages = usePages(ClosingAdjustmentsDocument, { id }, ({ closing }) => closing?.adjustments);
  const state = (of: ClosedAsFragment | null) =>
    of === null
      ? "–"
      : [
          domain.types[of.type],
          domain.statuses[of.status],
          methodName(of.method, domain.methods),
          money(of.amount),
        ].join(" · ");
  return (
    <Paged pages={pages}>
      {(rows) => (
        <ul className="panel closings__adjustments">
          {rows.map(({ transactionId, transactionNumber, occurredAt, way, before, after }) => (
            <li key={transactionId}>
              <Badge tone={TONES[way]}>{t.ways[way]}</Badge>
              <Link className="closings__link" href={`/transactions?open=${transactionId}`}>
                {transactionNumber}
              </Link>
              <span className="soft">{moment(occurredAt)}</span>
              <dl className="closings__change">
                <dt>{t.closedAs}</dt>
                <dd>{state(before)}</dd>
                <dt>{t.countsAs}</dt>
                <dd>{state(after)}</dd>
              </dl>
            </li>
          ))}
        </ul>
      )}
    </Paged>
  );
}
