import { useState } from "react";
import { text, useSearch } from "../../app/search-params.ts";
import { shellStrings } from "../../app/shell-strings.ts";
import { useShortcuts } from "../../app/shortcuts.tsx";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { ManualInterventionsDocument } from "../../generated/pages/interventions/interventions.ts";
import { TransactionChangesDocument } from "../../generated/pages/transactions/transactions.ts";
import { useLive } from "../../graph/live.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { TransactionDrawer } from "../transactions/transaction-drawer.tsx";
import { AssignStatusDialog } from "./assign-status-dialog.tsx";
import { InterventionCard } from "./intervention-card.tsx";
import { interventionsStrings } from "./interventions-strings.ts";
import type { Verdict } from "./waiting.ts";
import "../transactions/transactions.css";
import "../transactions/transaction-detail.css";
import "./interventions.css";

const SEARCH = { open: text, after: text };

/** The queue of payments whose end nobody is certain of, oldest first. */
export function Content() {
  const t = useStrings(interventionsStrings);
  const { loading } = useStrings(shellStrings);
  const { money, ago } = useFormats();
  const [{ open, after }, change] = useSearch(SEARCH);
  const { data, error, fetching, reload } = useGraph(ManualInterventionsDocument, { after: after ?? null });
  const [selected, setSelected] = useState(0);
  const [asking, setAsking] = useState<{ readonly id: string; readonly verdict: Verdict }>();
  const queue = data?.manualInterventions;
  const waiting = queue?.edges.map(({ node }) => node) ?? [];
  // What somebody has decided about turns up in the list. Null stands for more than can be told one by one.
  useLive(TransactionChangesDocument, { filter: {} }, ({ transactionChanged: changed }) => {
    if (!changed || waiting.some(({ id }) => id === changed.id)) reload();
  });
  const chosen = waiting[Math.min(selected, waiting.length - 1)];
  const asked = waiting.find(({ id }) => id === asking?.id);
  const move = (by: number) => setSelected((at) => Math.max(0, Math.min(waiting.length - 1, at + by)));
  const decide = (verdict: Verdict) => {
    if (chosen?.assignableStatuses.includes(verdict)) setAsking({ id: chosen.id, verdict });
  };
  useShortcuts([
    { key: "j", label: t.keys.next, run: () => move(1) },
    { key: "k", label: t.keys.previous, run: () => move(-1) },
    { key: "y", label: t.keys.paid, run: () => decide("SUCCESS") },
    { key: "n", label: t.keys.failed, run: () => decide("FAILED") },
    { key: "Enter", label: t.keys.open, run: () => change({ open: chosen?.id }) },
    { key: "Escape", label: t.keys.close, run: () => change({ open: undefined }) },
  ]);
  if (!queue) {
    if (fetching) return <Spinner label={loading} />;
    return (
      <EmptyState icon={ICONS.plug} title={t.failed}>
        <p>{error?.graphQLErrors[0]?.message}</p>
        <Button onClick={reload}>{t.again}</Button>
      </EmptyState>
    );
  }
  return (
    <div className="interventions">
      {waiting.length === 0 ? (
        <EmptyState icon={ICONS.check} title={t.empty}>
          <p>{t.emptyAdvice}</p>
        </EmptyState>
      ) : (
        <>
          <p className="soft">{t.intro}</p>
          <div className="transactions__totals">
            <strong>{t.waiting(Number(queue.totalCount))}</strong>
            {queue.totals.map(({ amount, oldest }) => (
              <dl key={amount.currency}>
                <div>
                  <dt>{t.money}</dt>
                  <dd>{money(amount)}</dd>
                </div>
                <div>
                  <dt>{t.oldest}</dt>
                  <dd>{ago(oldest)}</dd>
                </div>
              </dl>
            ))}
          </div>
          <ul className="interventions__queue">
            {waiting.map((payment) => (
              <InterventionCard
                key={payment.id}
                payment={payment}
                isSelected={payment === chosen}
                onDecide={(verdict) => setAsking({ id: payment.id, verdict })}
                onOpen={() => change({ open: payment.id })}
              />
            ))}
          </ul>
          {queue.pageInfo.hasNextPage && (
            <Button onClick={() => change({ after: queue.pageInfo.endCursor ?? undefined })}>{t.more}</Button>
          )}
        </>
      )}
      {asking && asked && (
        <AssignStatusDialog
          payment={asked}
          verdict={asking.verdict}
          onClose={() => setAsking(undefined)}
          onAssigned={() => {
            setAsking(undefined);
            reload();
          }}
        />
      )}
      {open && (
        <TransactionDrawer
          id={open}
          asOf={null}
          linkTo={(id) => `/interventions?open=${encodeURIComponent(id)}`}
          onClose={() => change({ open: undefined })}
        />
      )}
    </div>
  );
}
