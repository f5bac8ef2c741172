import { useMemo } from "react";
import { Link } from "../../app/link.tsx";
import { Paged } from "../../app/paged.tsx";
import { useSearch } from "../../app/search-params.ts";
import { useRowKeys } from "../../app/use-row-keys.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { providerName } from "../../domain/method-name.ts";
import { type PayoutRowFragment, PayoutsDocument } from "../../generated/pages/money/money.ts";
import { usePages } from "../../graph/use-pages.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { MoneyFilters } from "./money-filters.tsx";
import { linkToPayout, MONEY_SEARCH } from "./money-search.ts";
import { moneyStrings } from "./money-strings.ts";
import { PayoutStatus } from "./payout-status.tsx";

export function PayoutList() {
  const t = useStrings(moneyStrings);
  const { money, date } = useFormats();
  const [search] = useSearch(MONEY_SEARCH);
  const { provider, status } = search;
  const filter = useMemo(
    () => ({ ...(provider && { providers: [provider] }), ...(status && { statuses: [status] }) }),
    [provider, status],
  );
  const pages = usePages(PayoutsDocument, { filter }, ({ payouts }) => payouts);
  const list = useRowKeys();
  return (
    <>
      <MoneyFilters withStatus />
      <Paged
        pages={pages}
        empty={
          <EmptyState icon={ICONS.search} title={t.noPayouts}>
            <p>{t.noPayoutsAdvice}</p>
          </EmptyState>
        }
      >
        {(rows) => (
          <div className="panel" ref={list} aria-busy={pages.fetching}>
            <table className="table money__table money__table--payouts">
              <thead>
                <tr>
                  <th scope="col">{t.date}</th>
                  <th scope="col">{t.provider}</th>
                  <th scope="col">{t.reference}</th>
                  <th scope="col">{t.status}</th>
                  <th scope="col">{t.atBank}</th>
                  <th scope="col" className="number">
                    {t.amount}
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <td className="money__date">{dayOf(row) ? date(dayOf(row) ?? "") : "–"}</td>
                    <td className="money__provider">{providerName(row.provider)}</td>
                    <td className="money__reference">
                      <Link className="money__link" data-row href={linkToPayout(search, row)}>
                        {row.reference}
                      </Link>
                    </td>
                    <td className="money__status">
                      <PayoutStatus status={row.status} />
                    </td>
                    <td className="money__bank">
                      {row.bankEntries?.length ? (
                        <span className="money__found">
                          <Icon path={ICONS.check} />
                          {row.arrivalDate ? t.booked(date(row.arrivalDate)) : t.found}
                        </span>
                      ) : (
                        <span className="soft">{t.notFound}</span>
                      )}
                    </td>
                    <td className="number money__amount">{money(row.amount)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Paged>
    </>
  );
}

/** Its value date, else the day that it was booked at the bank, else at the provider: as payouts are in order. */
export function dayOf({ valueDate, arrivalDate, batches }: PayoutRowFragment): string | undefined {
  return valueDate ?? arrivalDate ?? batches?.edges[0]?.node.bookingDate;
}
