import type { TransactionDetailQuery } from "../../generated/pages/transactions/transaction-detail.ts";
import { useFormats } from "../../language/language.tsx";
import { useTransactionWords } from "./words.ts";

type Detail = NonNullable<TransactionDetailQuery["transaction"]>;

/** The lines of files that are its money, down to the line, and the payout that it left with. */
export function Settlement({ transaction }: { readonly transaction: Detail }) {
  const t = useTransactionWords();
  const { money, date } = useFormats();
  const { settlement, payout, reconciliationState } = transaction;
  return (
    <section className="section">
      <h3>{t.detail.settlement}</h3>
      {settlement && settlement.length > 0 ? (
        <ul className="transactions__lines">
          {settlement.map((line) => (
            <li key={line.id} className="panel">
              <dl className="facts">
                <dt>{t.detail.gross}</dt>
                <dd className="number">{money(line.gross)}</dd>
                <dt>{t.fees}</dt>
                <dd className="number">{money(line.fee)}</dd>
                <dt>{t.columns.net}</dt>
                <dd className="number">
                  <strong>{money(line.net)}</strong>
                </dd>
              </dl>
              <p className="soft">
                {t.domain.kinds[line.kind]} · {date(line.bookingDate)}
                <br />
                {line.fileName !== null && t.detail.line(line.fileName, line.lineNumber)}
              </p>
            </li>
          ))}
        </ul>
      ) : (
        <p className="soft">
          {reconciliationState && `${t.domain.reconciliationStates[reconciliationState]}. `}
          {settlement && t.detail.notSettled}
        </p>
      )}
      {payout && (
        <dl className="facts">
          <dt>{t.detail.payout}</dt>
          <dd>{payout.reference}</dd>
          <dt>{t.columns.amount}</dt>
          <dd className="number">{money(payout.amount)}</dd>
        </dl>
      )}
    </section>
  );
}
