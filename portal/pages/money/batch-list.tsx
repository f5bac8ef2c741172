import { useMemo } from "react";
import { Link } from "../../app/link.tsx";
import { Paged } from "../../app/paged.tsx";
import { useSearch } from "../../app/search-params.ts";
import { useRowKeys } from "../../app/use-row-keys.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
import { BatchesDocument } from "../../generated/pages/money/money.ts";
import { usePages } from "../../graph/use-pages.ts";
import { useStrings } from "../../language/language.tsx";
import { BatchTable } from "./batch-table.tsx";
import { MoneyFilters } from "./money-filters.tsx";
import { linkToPayout, MONEY_SEARCH } from "./money-search.ts";
import { moneyStrings } from "./money-strings.ts";

export function BatchList() {
  const t = useStrings(moneyStrings);
  const [search] = useSearch(MONEY_SEARCH);
  const { provider } = search;
  const filter = useMemo(() => ({ ...(provider && { providers: [provider] }) }), [provider]);
  const pages = usePages(BatchesDocument, { filter }, ({ settlementBatches }) => settlementBatches);
  const list = useRowKeys();
  return (
    <>
      <MoneyFilters />
      <Paged
        pages={pages}
        empty={
          <EmptyState icon={ICONS.search} title={t.noBatches}>
            <p>{t.noPayoutsAdvice}</p>
          </EmptyState>
        }
      >
        {(rows) => (
          <div className="panel" ref={list} aria-busy={pages.fetching}>
            <BatchTable
              rows={rows}
              payoutOf={({ payout }) =>
                payout ? (
                  <Link className="money__link" data-row href={linkToPayout(search, payout)}>
                    {payout.reference}
                  </Link>
                ) : (
                  <span className="soft">{t.notPaidOut}</span>
                )
              }
            />
          </div>
        )}
      </Paged>
    </>
  );
}
