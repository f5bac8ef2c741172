import type { TransactionTotalsQuery } from "../../generated/pages/transactions/transactions.ts";
import type { Money } from "../../language/formats.ts";
import { useFormats } from "../../language/language.tsx";
import { useTransactionWords } from "./words.ts";

type Figures = NonNullable<TransactionTotalsQuery["transactions"]>;

/** Sums over all that the filter finds, one line a currency; what is nothing is left out. */
export function TotalsLine({ figures }: { readonly figures: Figures | undefined }) {
  const t = useTransactionWords();
  const { money } = useFormats();
  return (
    <div className="transactions__totals" aria-live="polite">
      <strong>{figures ? t.count(Number(figures.totalCount)) : " "}</strong>
      {figures?.totals.map((totals) => (
        <dl key={totals.currency}>
          <Sum name={t.gross} value={money(totals.gross)} />
          {!isZero(totals.refunded) && <Sum name={t.refunded} value={money(negative(totals.refunded))} />}
          {!isZero(totals.chargedBack) && <Sum name={t.chargedBack} value={money(negative(totals.chargedBack))} />}
          {totals.fees && <Sum name={t.fees} value={money(totals.fees)} />}
          {totals.net && <Sum name={t.net} value={money(totals.net)} />}
        </dl>
      ))}
    </div>
  );
}

function Sum({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function isZero({ amountMinor }: Money): boolean {
  return amountMinor === "0";
}

function negative({ amountMinor, currency }: Money): Money {
  return { currency, amountMinor: amountMinor.startsWith("-") ? amountMinor.slice(1) : `-${amountMinor}` };
}
