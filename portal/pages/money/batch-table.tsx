import type { ReactNode } from "react";
import { providerName } from "../../domain/method-name.ts";
import type { BatchRowFragment } from "../../generated/pages/money/money.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { moneyStrings } from "./money-strings.ts";

type BatchTableProps<Row extends BatchRowFragment> = {
  readonly rows: readonly Row[];
  /** What stands in the column of payouts; without it there is none. */
  readonly payoutOf?: (row: Row) => ReactNode;
};

export function BatchTable<Row extends BatchRowFragment>({ rows, payoutOf }: BatchTableProps<Row>) {
  const t = useStrings(moneyStrings);
  const { money, date, number } = useFormats();
  return (
    <table className="table money__table money__table--batches">
      <thead>
        <tr>
          <th scope="col">{t.date}</th>
          <th scope="col">{t.provider}</th>
          <th scope="col">{t.batch}</th>
          {payoutOf && <th scope="col">{t.payout}</th>}
          <th scope="col" className="number">
            {t.lines}
          </th>
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
            <td className="money__provider">{providerName(row.provider)}</td>
            <td className="money__reference">{row.batch}</td>
            {payoutOf && <td className="money__status">{payoutOf(row)}</td>}
            <td className="number money__count">{number(BigInt(row.lineCount))}</td>
            <td className="number money__gross">{money(row.gross)}</td>
            <td className="number money__fee">{money(row.fee)}</td>
            <td className="number money__amount">{money(row.net)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
