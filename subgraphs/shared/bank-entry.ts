import type { Money } from "./money.ts";

/**
 * One booked entry of a bank statement (camt.053 and camt.054, MT940, CODA), in our words. Payouts are matched to
 * these. Names and addresses of people are dropped at the adapter; references and remittance text stay.
 */
export type BankEntry = {
  /** IBAN without spaces, or the bank's own account number where it gives no IBAN. */
  readonly account: string;
  /** The statement's own identification, as given: camt `Stmt/Id`, MT940 `:20:` and `:28C:`, CODA year and number. */
  readonly statement: string;
  /**
   * The bank's reference of this entry, unique within the account (camt `AcctSvcrRef`, CODA bank reference). A
   * notification (camt.054) and a statement (camt.053) that book the same entry share it. Without one, identity is the
   * row's content plus its occurrence among equal rows of the statement.
   */
  readonly identity?: string;
  /** ISO date. */
  readonly bookingDate: string;
  readonly valueDate?: string;
  /** Signed from the account holder's side: a credit is positive. */
  readonly amount: Money;
  /** True where the bank says that this entry takes back an earlier one. */
  readonly reversal: boolean;
  /** The bank's transaction code, as given: `PMNT/RCDT/ESCT`, `00450000`, `NTRF`. */
  readonly code: string;
  /** `NOTPROVIDED` counts as absent. */
  readonly endToEndId?: string;
  /** Free text of the payment; the parts of it joined by one space, line breaks of the format taken out. */
  readonly remittance: string;
  /** A structured communication, by its type: CODA `101`, `114`, `123`; camt `SCOR`. */
  readonly structured?: { readonly type: string; readonly value: string };
  /** From CODA's communication 114: the day's total of one terminal, as the bank names it. */
  readonly pos?: PosTotal;
  /** The payments that one booked sum stands for, where the bank lists them. Never added to `amount`. */
  readonly parts?: readonly BankEntryPart[];
};

export type PosTotal = {
  /** Terminal number as the acquirer knows it. */
  readonly posNumber: string;
  /** The terminal's period (shift) and the sequence of its first or only payment. */
  readonly period: string;
  readonly sequence: string;
  /** Local wall clock of the terminal, `YYYY-MM-DD HH:MM`. */
  readonly localTime: string;
};

export type BankEntryPart = {
  readonly amount: Money;
  readonly endToEndId?: string;
  readonly reference?: string;
  readonly remittance: string;
};
