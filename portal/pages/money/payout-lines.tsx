import { Link } from "../../app/link.tsx";
import { Paged } from "../../app/paged.tsx";
import { PayoutLinesDocument } from "../../generated/pages/money/money.ts";
import { usePages } from "../../graph/use-pages.ts";
import { useMay } from "../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { moneyStrings } from "./money-strings.ts";
import { Origin } from "./origin.tsx";
import type { Bar, PayoutDetail } from "./waterfall.ts";

type PayoutLinesProps = { readonly payout: PayoutDetail; readonly kinds: Bar["kinds"] };

export function PayoutLines({ payout: { id, reference }, kinds }: PayoutLinesProps) {
  const t = useStrings(moneyStrings);
  const { money, date } = useFormats();
  const maySeeTransactions = useMay("TRANSACTIONS", "VIEW");
  const pages = usePages(
    PayoutLinesDocument,
    { reference, kinds },
    ({ payouts }) => payouts?.edges.find(({ node }) => node.id === id)?.node.lines,
  );
  return (
    <Paged pages={pages}>
      {(rows) => (
        <table className="table money__table money__table--lines">
          <thead>
            <tr>
              <th scope="col">{t.date}</th>
              <th scope="col">{t.kind}</th>
              <th scope="col">{t.origin}</th>
              <th scope="col" className="number">
                {t.gross}
              </th>
              <th scope="col" className="number">
                {t.fee}
              </th>
              <th scope="col" className="number">
                {t.net}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td className="money__date">{date(row.bookingDate)}</td>
                <td className="money__provider">
                  {row.transaction && maySeeTransactions ? (
                    <Link className="money__link" href={`/transactions?open=${encodeURIComponent(row.transaction.id)}`}>
                      {t.kinds[row.kind]}
                    </Link>
                  ) : (
                    t.kinds[row.kind]
                  )}
                </td>
                <td className="money__origin">
                  <Origin fileName={row.fileName} lineNumber={row.lineNumber} />
                </td>
                <td className="number money__gross">{money(row.gross)}</td>
                <td className="number money__fee">{money(row.fee)}</td>
                <td className="number money__amount">{money(row.net)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Paged>
  );
}
