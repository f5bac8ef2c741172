import { domainStrings } from "../../../domain/domain-strings.ts";
import { methodName, providerName } from "../../../domain/method-name.ts";
import type {
  BatchEvidenceFragment,
  LineEvidenceFragment,
  PayoutEvidenceFragment,
  TransactionEvidenceFragment,
} from "../../../generated/pages/reconciliation/evidence/evidence.ts";
import { useMay } from "../../../graph/viewer.tsx";
import type { Money } from "../../../language/formats.ts";
import { useFormats, useStrings } from "../../../language/language.tsx";
import { evidenceStrings } from "./evidence-strings.ts";
import { fact, type Side } from "./side.ts";

type Type = TransactionEvidenceFragment["type"];

/** Which type of transaction a line of each kind is about. */
const TYPES: Readonly<Record<string, Type>> = {
  CAPTURE: "SALE",
  SECOND_CHARGEBACK: "CHARGEBACK",
  REFUND_REVERSAL: "REFUND",
};

/** What the shopper paid or got back, which is what a transaction says, without the sign of the booking. */
export function amountOf({ gross, processingAmount }: LineEvidenceFragment): Money {
  const { amountMinor, currency } = processingAmount ?? gross;
  return { amountMinor: amountMinor.replace("-", ""), currency };
}

/** Puts what the graph tells of each kind of money into the words of a side. */
export function useSides() {
  const t = useStrings(evidenceStrings);
  const domain = useStrings(domainStrings);
  const { money, date, dateTime, number } = useFormats();
  const maySeeTransactions = useMay("TRANSACTIONS", "VIEW");
  const amount = (value: Money | null | undefined) =>
    value ? fact(`${value.amountMinor} ${value.currency}`, money(value)) : undefined;
  const shared = (of: LineEvidenceFragment | TransactionEvidenceFragment) => ({
    time: fact(of.occurredAt, of.occurredAt && dateTime(of.occurredAt)),
    provider: fact(of.provider, of.provider && providerName(of.provider)),
    method: fact(of.paymentMethod, of.paymentMethod && methodName(of.paymentMethod, domain.methods)),
    merchantReference: fact(of.merchantReference),
    authorisationCode: fact(of.authorisationCode),
    last4: fact(of.last4, `•••• ${of.last4}`),
  });
  /** Of one of several that are weighed together, the part that is the other side's money is compared. */
  const partOf = (whole: Money | null | undefined, part: Money | undefined) =>
    part && whole && part.amountMinor !== whole.amountMinor
      ? fact(`${part.amountMinor} ${part.currency}`, t.partOf(money(part), money(whole)))
      : amount(whole);
  const lineSide = (line: LineEvidenceFragment, part?: Money): Side => ({
    title: t.line,
    facts: given({
      ...shared(line),
      kind: fact(TYPES[line.kind] ?? line.kind, domain.kinds[line.kind]),
      amount: partOf(amountOf(line), part),
      reference: fact(line.reference),
      arn: fact(line.arn),
      terminal: fact(line.tid),
    }),
    own: [
      [t.booked, date(line.bookingDate)],
      ...(line.processingAmount ? ([[t.inBooks, money(line.gross)]] as const) : []),
      [t.file, `${line.fileName ?? t.hiddenFile}, ${t.lineNumber(line.lineNumber)}`],
    ],
  });
  const transactionSide = (transaction: TransactionEvidenceFragment, part?: Money): Side => ({
    title: t.transaction,
    href: maySeeTransactions ? `/transactions?open=${encodeURIComponent(transaction.id)}` : undefined,
    facts: given({
      ...shared(transaction),
      kind: fact(transaction.type, transaction.type && domain.types[transaction.type]),
      amount: partOf(transaction.amount, part),
      reference: fact(transaction.providerReference),
      arn: "arn" in transaction ? fact(transaction.arn) : undefined,
      terminal: fact(transaction.terminal?.tid),
    }),
    own: transaction.status ? [[t.status, domain.statuses[transaction.status]]] : [],
  });
  const payoutSide = (payout: PayoutEvidenceFragment): Side => ({
    title: t.payout,
    href: `/money?payout=${encodeURIComponent(payout.id)}&reference=${encodeURIComponent(payout.reference)}`,
    facts: given({
      amount: amount(payout.amount),
      day: fact(payout.valueDate, payout.valueDate && date(payout.valueDate)),
      reference: fact(payout.reference),
      account: fact(payout.account),
    }),
    own: [[t.provider, providerName(payout.provider)]],
  });
  const bankSide = (entries: NonNullable<PayoutEvidenceFragment["bankEntries"]>, reference: string): Side => {
    const [first] = entries;
    const text = entries.map(({ remittance, endToEndId }) => `${endToEndId ?? ""} ${remittance}`.trim()).join("; ");
    return {
      title: t.bank(entries.length),
      facts: given({
        amount: first && amount(sumOf(entries.map((entry) => entry.amount))),
        day: fact(first?.bookingDate, first && date(first.bookingDate)),
        // A bank writes more around it.
        reference: text.includes(reference) ? { shown: text, key: reference } : fact(text),
      }),
      own: first ? [[t.bankAccount, first.account]] : [],
    };
  };
  /** What a payout pays, which should be what was paid. */
  const linesSide = (batches: readonly { readonly net: Money; readonly lineCount: string }[]): Side => ({
    title: t.itsLines,
    facts: given({ amount: batches.length > 0 ? amount(sumOf(batches.map(({ net }) => net))) : undefined }),
    own: [[t.lines, number(batches.reduce((total, { lineCount }) => total + BigInt(lineCount), 0n))]],
  });
  const batchSide = (batch: BatchEvidenceFragment): Side => ({
    title: t.batch,
    facts: given({
      amount: amount(batch.net),
      day: fact(batch.bookingDate, date(batch.bookingDate)),
      reference: fact(batch.batch),
      account: fact(batch.account),
    }),
    own: [[t.provider, providerName(batch.provider)]],
  });
  return { lineSide, transactionSide, payoutSide, bankSide, linesSide, batchSide };
}

/** All of one currency: they are parts of one payout. */
function sumOf(amounts: readonly Money[]): Money {
  const sum = amounts.reduce((total, { amountMinor }) => total + BigInt(amountMinor), 0n);
  return { amountMinor: String(sum), currency: amounts[0]?.currency ?? "" };
}

function given(facts: { readonly [Name in keyof Side["facts"]]: Side["facts"][Name] | undefined }): Side["facts"] {
  return Object.fromEntries(Object.entries(facts).filter(([, each]) => each !== undefined));
}
