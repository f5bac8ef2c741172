import { Fragment, type ReactNode } from "react";
import { providerName } from "../../domain/method-name.ts";
import type { TransactionDetailQuery } from "../../generated/pages/transactions/transaction-detail.ts";
import type { Formats, Money } from "../../language/formats.ts";
import { useFormats } from "../../language/language.tsx";
import { type TransactionWords, useTransactionWords } from "./words.ts";

type Detail = NonNullable<TransactionDetailQuery["transaction"]>;
type Fact = readonly [name: string, value: ReactNode];

/** What was said about it, by whoever processed it; what nobody said is left out. */
export function Facts({ transaction }: { readonly transaction: Detail }) {
  const t = useTransactionWords();
  const formats = useFormats();
  const facts = [...sharedFacts(transaction, t, formats), ...ownFacts(transaction, t, formats)];
  return (
    <section className="section">
      <h3>{t.detail.facts}</h3>
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== null && value !== undefined && value !== "")
          .map(([name, value]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </Fragment>
          ))}
      </dl>
    </section>
  );
}

function sharedFacts(row: Detail, t: TransactionWords, formats: Formats): readonly Fact[] {
  return [
    [t.columns.location, row.location?.name],
    [t.columns.device, row.terminal?.tid],
    [t.columns.paymentType, t.domain.paymentTypes[row.paymentType]],
    [t.columns.provider, providerName(row.provider)],
    [t.columns.entry, t.domain.entryModes[row.entryMode]],
    [t.columns.number, row.transactionNumber],
    [t.columns.reference, row.merchantReference],
    [t.columns.code, row.authorisationCode],
    [t.detail.captured, formats.money(row.capturedAmount)],
    [t.refunded, unlessZero(row.refundedAmount, formats)],
    [t.chargedBack, unlessZero(row.chargedBackAmount, formats)],
    [t.detail.refundable, unlessZero(row.refundableRemaining, formats)],
    [t.detail.businessDay, formats.date(row.businessDate)],
    [t.detail.providerReference, <code key="reference">{row.providerReference}</code>],
    [t.detail.id, <code key="id">{row.id}</code>],
  ];
}

/** What only one kind of provider tells. */
function ownFacts(row: Detail, t: TransactionWords, { money }: Formats): readonly Fact[] {
  switch (row.__typename) {
    case "CcvPayTransaction":
      return [
        [t.detail.acquirer, row.ccvAcquirer],
        [t.detail.failure, [row.failureCode, row.acquirerResponseCode].filter(Boolean).join(", ")],
        [t.detail.card, row.maskedPan],
      ];
    case "VoucherTransaction":
      return [
        [t.detail.issuer, row.issuer],
        [t.detail.purse, row.purse],
        [t.detail.requested, row.requestedAmount && money(row.requestedAmount)],
      ];
    case "AcquirerTransaction":
      return [
        [t.detail.acquirer, row.thirdAcquirer],
        ["ARN", row.arn],
        ["RRN", row.rrn],
        ["STAN", row.stan],
        [t.detail.interchange, row.interchange && money(row.interchange)],
        [t.detail.schemeFee, row.schemeFee && money(row.schemeFee)],
        [t.detail.markup, row.markup && money(row.markup)],
      ];
  }
}

function unlessZero(amount: Money, { money }: Formats): string | undefined {
  return amount.amountMinor === "0" ? undefined : money(amount);
}
