import { compact } from "../calendar.ts";
import { LineFile } from "../line-file.ts";
import { type Period, within } from "../period.ts";
import { STATEMENT_END, statementEntry, statementHead } from "../writers/camt-statement.ts";

/** What a provider has sent to the merchant's bank. */
export type Transfer = {
  readonly payer: "Adyen N.V." | "CCV Group B.V." | "Edenred Belgium";
  /** What the bank's text has of it. */
  readonly text: string;
  /** The day it is booked, YYYY-MM-DD. */
  readonly arrivesOn: string;
  readonly amountMinor: bigint;
};

type Job = { readonly folder: string; readonly period: Period; readonly iban: string; readonly owner: string };

const FIRST_BALANCE_MINOR = 1_250_000n;

/** One statement a week of the account that all payouts go to. What arrives after the period is on its way still. */
export function writeBank({ folder, period, iban, owner }: Job, transfers: readonly Transfer[]): void {
  let balanceMinor = FIRST_BALANCE_MINOR;
  for (const [index, { from, to }] of period.weeks.entries()) {
    const booked = transfers
      .filter(({ arrivesOn, amountMinor }) => amountMinor !== 0n && within({ time: arrivesOn }, { from, to }))
      .sort(byDay);
    const openingMinor = balanceMinor;
    for (const { amountMinor } of booked) balanceMinor += amountMinor;
    const file = new LineFile(`${folder}/bank-statement_${to}.xml`);
    const facts = { iban, owner, number: index + 1, from, to, openingMinor, closingMinor: balanceMinor };
    for (const line of statementHead(facts)) file.write(line);
    for (const [place, { payer, text, arrivesOn, amountMinor }] of booked.entries()) {
      const reference = `KB${compact(arrivesOn)}${String(place + 1).padStart(4, "0")}`;
      file.write(
        statementEntry({ reference, bookedOn: arrivesOn, amountMinor, counterparty: payer, remittance: text }),
      );
    }
    file.write(STATEMENT_END);
    file.close();
  }
}

function byDay(a: Transfer, b: Transfer): number {
  if (a.arrivesOn !== b.arrivesOn) return a.arrivesOn < b.arrivesOn ? -1 : 1;
  return a.text < b.text ? -1 : 1;
}
