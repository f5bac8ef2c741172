import type { Family } from "../subgraphs/shared/vocabulary.ts";

export type PurchaseType = "SALE" | "REFUND" | "CHARGEBACK" | "CHARGEBACK_REVERSAL";

/** What the terminal or web shop was told at the till. */
export type Result = "approved" | "refused" | "cancelled" | "failed" | "manual_intervention";

/**
 * How a settlement line can be found to be about this transaction: by the processor's reference, by ARN, by the
 * authorisation code with amount and time, or (web shop) because the provider's own file is the only source.
 */
export type Known = "reference" | "arn" | "authorisation" | "provider";

export type Card = {
  /** As the terminal prints it: `bancontact`, `visa`, `mastercard`, `maestro`, `edenred`, `ideal`. */
  readonly brand: string;
  readonly maskedPan?: string;
  readonly entryMode: "CHIP" | "CONTACTLESS" | "ECOM";
  readonly isCredit: boolean;
};

/** One thing that truly happened, whatever the files say of it. Amounts are positive minor units of `currency`, or EUR. */
export type Purchase = {
  readonly key: string;
  readonly family: Family;
  readonly provider: "ccv-pay" | "edenred" | "adyen";
  readonly account: string;
  readonly type: PurchaseType;
  /** Absent for the web shop and for what only the provider does. */
  readonly terminal?: string;
  readonly zone: string;
  /** Wall clock, "YYYY-MM-DD HH:MM:SS". */
  readonly time: string;
  /** The processor's clock, where it differs from the terminal's. */
  readonly hostTime?: string;
  readonly amountMinor: bigint;
  /** Sold in another currency than the account is settled in. */
  readonly foreign?: Foreign;
  readonly requestedMinor?: bigint;
  readonly card: Card;
  readonly authCode?: string;
  readonly stan?: string;
  readonly rrn?: string;
  readonly arn?: string;
  /** The provider's reference; whether the terminal knows it is told by `known`. */
  readonly reference: string;
  readonly known: Known;
  readonly result: Result;
  readonly reason?: string;
  readonly product?: string;
  readonly ticket?: string;
  readonly merchantReference?: string;
  readonly original?: Purchase;
  /** Which of the cases a matcher must get right this belongs to. */
  readonly note?: string;
  /** What went wrong on the way to the files. */
  readonly fault?: Fault;
};

/** What the terminal says wrongly, or what its provider does. */
export type Fault = {
  /** The clock as the terminal has it. */
  readonly toldTime?: string;
  readonly toldReference?: string;
  readonly booked?: "never" | "twice";
  /** What the provider takes beyond its price list, in minor units of EUR. */
  readonly feeDriftMinor?: bigint;
};

/** The settlement's EUR are `amountMinor` by the rate, to the nearest cent. */
export type Foreign = { readonly currency: "GBP"; readonly euroPerUnit: string; readonly euroMinor: bigint };

/** A place in a written file; lines count from 1. */
export type Place = { readonly file: string; readonly line: number };
