import { addDays } from "../calendar.ts";
import { LineFile } from "../line-file.ts";
import { type Period, within } from "../period.ts";
import type { Purchase } from "../purchase.ts";
import type { Truth } from "../truth.ts";
import { addJournal, type JournalFacts, journalEnd, journalHeader, journalLine } from "../writers/terminal-journal.ts";

type Job = { readonly folder: string; readonly period: Period; readonly merchant: string; readonly truth: Truth };

/** One terminal journal a week: what the terminals know, which is less than what happened. */
export function writeJournals({ folder, period, merchant, truth }: Job, purchases: readonly Purchase[]): void {
  for (const { from, to } of period.weeks) {
    const file = new LineFile(`${folder}/terminal-journal_${from}.ndjson`);
    const totals = { count: 0, amounts: new Map([["EUR", 0n]]) };
    const generatedAt = `${addDays(to, 1)}T02:00:00+01:00`;
    file.write(journalHeader({ merchant, from, to, generatedAt }));
    for (const purchase of purchases) {
      if (!purchase.terminal || !within(purchase, { from, to })) continue;
      const facts = factsOf(purchase, purchase.terminal);
      addJournal(totals, facts);
      truth.journals(file.write(journalLine(facts)), purchase);
    }
    file.write(journalEnd(totals));
    file.close();
  }
}

const CIRCUITS = { "ccv-pay": "CCV", edenred: "EDRD", adyen: "ADYEN" } as const;

function factsOf(purchase: Purchase, terminal: string): JournalFacts {
  const { known, result, provider, card, stan, rrn, authCode, arn, requestedMinor, product, ticket, reason } = purchase;
  const { merchantReference } = purchase;
  const approved = provider === "ccv-pay" ? "success" : "processing";
  return {
    terminal,
    time: purchase.fault?.toldTime ?? purchase.time,
    circuit: CIRCUITS[provider],
    account: purchase.account,
    type: purchase.type === "SALE" ? "sale" : "refund",
    status: result === "approved" ? approved : result,
    ...(reason && { reason }),
    amountMinor: purchase.amountMinor,
    ...(requestedMinor !== undefined && { requestedMinor }),
    currency: purchase.foreign?.currency ?? "EUR",
    brand: card.brand,
    ...(product && { product }),
    entryMode: card.entryMode,
    ...(card.maskedPan && { maskedPan: card.maskedPan }),
    ...(authCode && result === "approved" && { authCode }),
    ...(stan && { stan }),
    ...(rrn && { rrn }),
    ...(arn && known === "arn" && { arn }),
    ...(known === "reference" && { pspReference: purchase.fault?.toldReference ?? purchase.reference }),
    ...(purchase.original && { originalReference: purchase.original.reference }),
    ...(ticket && { ticket }),
    ...(merchantReference && { merchantReference }),
  };
}
