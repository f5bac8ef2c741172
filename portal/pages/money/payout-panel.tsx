import { Link } from "../../app/link.tsx";
import { formatSearch, useSearch } from "../../app/search-params.ts";
import { useShortcuts } from "../../app/shortcuts.tsx";
import { Unanswered } from "../../app/unanswered.tsx";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { providerName } from "../../domain/method-name.ts";
import { PayoutDetailDocument } from "../../generated/pages/money/money.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { BatchTable } from "./batch-table.tsx";
import { MONEY_SEARCH } from "./money-search.ts";
import { moneyStrings } from "./money-strings.ts";
import { dayOf } from "./payout-list.tsx";
import { PayoutStatus } from "./payout-status.tsx";
import type { PayoutDetail } from "./waterfall.ts";
import { WaterfallChart } from "./waterfall-chart.tsx";

/** One payout, explained to the cent. */
export function PayoutPanel() {
  const t = useStrings(moneyStrings);
  const [search, change] = useSearch(MONEY_SEARCH);
  const { data, error, fetching, reload } = useGraph(PayoutDetailDocument, { reference: search.reference ?? "" });
  const payout = data?.payouts?.edges.find(({ node }) => node.id === search.payout)?.node;
  const back = `/money${formatSearch(MONEY_SEARCH, { ...search, payout: undefined, reference: undefined, bar: undefined })}`;
  useShortcuts([
    {
      key: "Escape",
      label: t.back,
      run: () => change({ payout: undefined, reference: undefined, bar: undefined }),
    },
  ]);
  return (
    <div className="money">
      <Link className="money__back" href={back}>
        <Icon path={ICONS.up} />
        {search.view === "batches" ? t.batches : t.payouts}
      </Link>
      {payout && <Explained payout={payout} />}
      {!payout && fetching && <Spinner label={t.loading} />}
      {!payout && !fetching && !data?.payouts && <Unanswered error={error} onAgain={reload} />}
      {!payout && !fetching && data?.payouts && (
        <EmptyState icon={ICONS.search} title={t.noPayouts}>
          <Button onClick={() => change({ payout: undefined, reference: undefined })}>{t.payouts}</Button>
        </EmptyState>
      )}
    </div>
  );
}

function Explained({ payout }: { readonly payout: PayoutDetail }) {
  const t = useStrings(moneyStrings);
  const { money, date } = useFormats();
  const day = dayOf(payout);
  const batches = payout.all?.edges.map(({ node }) => node) ?? [];
  return (
    <>
      <header className="money__head">
        <div className="money__headline">
          <h2>
            {providerName(payout.provider)} <span className="soft">{payout.reference}</span>
          </h2>
          <PayoutStatus status={payout.status} />
        </div>
        <strong className="money__figure">{money(payout.amount)}</strong>
        <dl className="money__facts">
          <div>
            <dt>{t.account}</dt>
            <dd>{payout.account}</dd>
          </div>
          <div>
            <dt>{t.date}</dt>
            <dd>{day ? date(day) : "–"}</dd>
          </div>
          <div>
            <dt>{t.atBank}</dt>
            <dd>{payout.arrivalDate ? date(payout.arrivalDate) : t.notFound}</dd>
          </div>
        </dl>
      </header>
      {payout.parts && payout.residuals ? <WaterfallChart payout={payout} /> : <p className="soft">{t.notExplained}</p>}
      {batches.length > 0 && (
        <section className="section">
          <h2>{t.batches}</h2>
          <div className="panel">
            <BatchTable rows={batches} />
          </div>
        </section>
      )}
    </>
  );
}
