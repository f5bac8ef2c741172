import type { ClosingSumsAllFragment } from "../../generated/pages/closings/closings.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { closingsStrings } from "./closings-strings.ts";

type SumsTableProps = {
  readonly title: string;
  readonly note?: string;
  readonly parts: readonly { readonly key: string; readonly sums: ClosingSumsAllFragment }[];
  readonly nameOf: (key: string) => string;
  /** Number and turnover alone. */
  readonly isShort?: boolean;
};

const AMOUNTS = ["gross", "refunded", "chargedBack", "credited", "pending"] as const;

/** Sums of a closing by one thing; columns that are all nothing are left out. */
export function SumsTable({ title, note, parts, nameOf, isShort = false }: SumsTableProps) {
  const t = useStrings(closingsStrings);
  const { money, number } = useFormats();
  if (parts.length === 0) return null;
  const columns = AMOUNTS.filter((column) => {
    return column === "gross" || (!isShort && parts.some(({ sums }) => sums[column].amountMinor !== "0"));
  });
  return (
    <section className="section" aria-label={title}>
      <h2>{title}</h2>
      {note && <p className="soft">{note}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="panel closings__sums" tabIndex={0} aria-label={title}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">{title}</span>
              </th>
              <th scope="col" className="number">
                {t.transactions}
              </th>
              {columns.map((column) => (
                <th key={column} scope="col" className="number">
                  {t.amounts[column]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {parts.map(({ key, sums }) => (
              <tr key={`${key} ${sums.currency}`}>
                <th scope="row">{nameOf(key)}</th>
                <td className="number">{number(BigInt(sums.count))}</td>
                {columns.map((column) => (
                  <td key={column} className="number">
                    {money(sums[column])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
