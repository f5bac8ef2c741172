import type { TransactionDetailQuery } from "../../generated/pages/transactions/transaction-detail.ts";
import { useFormats } from "../../language/language.tsx";
import { useTransactionWords } from "./words.ts";

type Detail = NonNullable<TransactionDetailQuery["transaction"]>;

/** Which evidence decided, and what it outranks. */
export function Why({ explanation }: { readonly explanation: Detail["statusExplanation"] }) {
  const t = useTransactionWords();
  const { dateTime } = useFormats();
  const { rule, decidedBy, losers } = explanation;
  const rules: Readonly<Record<number, string>> = t.detail.rules;
  return (
    <section className="section">
      <h3>{t.detail.why}</h3>
      <p>{rules[rule]}</p>
      {decidedBy && (
        <p className="soft">
          {kindName(decidedBy.kind, t)}, {t.detail.sources[decidedBy.source]}, {dateTime(decidedBy.occurredAt)}
        </p>
      )}
      {losers.length > 0 && (
        <p className="soft">
          {t.detail.outranked}:{" "}
          {losers.map(({ kind, occurredAt }) => `${kindName(kind, t)} ${dateTime(occurredAt)}`).join("; ")}
        </p>
      )}
    </section>
  );
}

/** All evidence, the latest last. */
export function Timeline({ events }: { readonly events: Detail["history"] }) {
  const t = useTransactionWords();
  const { dateTime, money } = useFormats();
  return (
    <section className="section">
      <h3>{t.detail.timeline}</h3>
      <ol className="timeline">
        {events.map((event) => (
          <li key={event.id} className={`timeline__event timeline__event--${event.source.toLowerCase()}`}>
            <span>
              <strong>{kindName(event.kind, t)}</strong>
              {event.outcome && <span className="soft"> → {t.domain.statuses[event.outcome]}</span>}
            </span>
            <span className="number">{event.amount && money(event.amount)}</span>
            <span className="soft timeline__line">
              {dateTime(event.occurredAt)} · {t.detail.sources[event.source]}
              {event.rawStatus && ` · ${event.rawStatus}`}
              {event.actorId && ` · ${event.actorId}`}
            </span>
            {event.reason && <span className="timeline__line">{event.reason}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function kindName(kind: string, t: ReturnType<typeof useTransactionWords>): string {
  const names: Readonly<Record<string, string>> = t.domain.kinds;
  return names[kind] ?? kind;
}
