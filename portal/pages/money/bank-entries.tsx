import type { PayoutRowFragment } from "../../generated/pages/money/money.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { moneyStrings } from "./money-strings.ts";
import { Origin } from "./origin.tsx";

export function BankEntries({ entries }: { readonly entries: NonNullable<PayoutRowFragment["bankEntries"]> }) {
  const t = useStrings(moneyStrings);
  const { money, date } = useFormats();
  return (
    <table className="table money__table money__table--bank">
      <thead>
        <tr>
          <th scope="col">{t.date}</th>
          <th scope="col">{t.account}</th>
          <th scope="col">{t.remittance}</th>
          <th scope="col">{t.origin}</th>
          <th scope="col" className="number">
            {t.amount}
          </th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <td className="money__date">{date(entry.bookingDate)}</td>
            <td className="money__provider">{entry.account}</td>
            <td className="money__reference">{entry.remittance}</td>
            <td className="money__origin">
              <Origin fileName={entry.fileName} lineNumber={entry.lineNumber} />
            </td>
            <td className="number money__amount">{money(entry.amount)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
