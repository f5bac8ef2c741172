import { Link } from "../../app/link.tsx";
import { Badge } from "../../design/badge.tsx";
import { Drawer } from "../../design/drawer.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { discrepancyStrings } from "../../domain/discrepancies/discrepancy-strings.ts";
import { Explanation } from "../../domain/discrepancies/explanation.tsx";
import { methodName } from "../../domain/method-name.ts";
import { StatusMark } from "../../domain/status-mark.tsx";
import { TransactionDetailDocument } from "../../generated/pages/transactions/transaction-detail.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useMay } from "../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { Amount, Marks } from "./columns.tsx";
import { DisputeTerm } from "./dispute-term.tsx";
import { Facts } from "./transaction-facts.tsx";
import { Links } from "./transaction-links.tsx";
import { Settlement } from "./transaction-settlement.tsx";
import { Timeline, Why } from "./transaction-timeline.tsx";
import { useTransactionWords } from "./words.ts";

type TransactionDrawerProps = {
  readonly id: string;
  /** The moment that it is told of; null for now. */
  readonly asOf: string | null;
  readonly linkTo: (id: string) => string;
  readonly onClose: () => void;
};

/** All there is to know about one transaction. */
export function TransactionDrawer({ id, asOf, linkTo, onClose }: TransactionDrawerProps) {
  const t = useTransactionWords();
  const kinds = useStrings(discrepancyStrings);
  const formats = useFormats();
  const mayClear = useMay("RECONCILIATION", "VIEW");
  const { data, fetching } = useGraph(TransactionDetailDocument, { id, asOf });
  const found = data?.transaction?.id === id ? data.transaction : undefined;
  const title = found ? methodName(found.paymentMethod, t.domain.methods) : t.detail.facts;
  return (
    <Drawer title={title} closing={t.close} onClose={onClose}>
      {found ? (
        <>
          <div className="transactions__summary">
            <span className="transactions__figure">
              <Amount row={found} formats={formats} />
            </span>
            <StatusMark status={found.status} isManual={found.statusOrigin === "MANUAL"} />
            <span className="soft">{formats.exactTime(found.occurredAt)}</span>
            <Marks row={found} t={t} />
          </div>
          {found.disputeRespondBy && <DisputeTerm until={found.disputeRespondBy} />}
          {found.discrepancies
            ?.filter(({ state }) => state !== "RESOLVED")
            .map(({ id: key, type, explanation, amountAtRisk, severity }) => (
              <p key={key} className="banner banner--warn">
                <span>
                  <Explanation type={type} details={explanation} />{" "}
                  <Badge tone="warn">{kinds.severities[severity]}</Badge> {formats.money(amountAtRisk)}{" "}
                  {mayClear && <Link href={`/reconciliation?open=${encodeURIComponent(key)}`}>{t.detail.clear}</Link>}
                </span>
              </p>
            ))}
          <Why explanation={found.statusExplanation} />
          <Timeline events={found.history} />
          <Settlement transaction={found} />
          <Facts transaction={found} />
          {found.original && <Links title={t.detail.original} links={[found.original]} linkTo={linkTo} />}
          <Links title={t.detail.related} links={found.related} linkTo={linkTo} />
          {found.__typename === "VoucherTransaction" && (
            <Links title={t.detail.split} links={found.splitTender ?? []} linkTo={linkTo} />
          )}
        </>
      ) : fetching ? (
        <Spinner label={t.detail.loading} />
      ) : (
        <EmptyState icon={ICONS.search} title={t.nothing}>
          <p>{t.detail.gone}</p>
        </EmptyState>
      )}
    </Drawer>
  );
}
