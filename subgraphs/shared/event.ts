import type { Money } from "./money.ts";
import type {
  BaseStatus,
  DisputeStage,
  EntryMode,
  EventKind,
  Family,
  PaymentType,
  VoucherIssuer,
  VoucherPurse,
} from "./vocabulary.ts";

/**
 * What one row of a provider says, in our words. An adapter yields it; the family's `normalise.ts` turns it into the
 * shared transaction and its details; the import stores it. It may say what became of a transaction (`outcome`), that
 * money was booked (`booking`), or both. A row that says neither is not an event.
 */
export type ProviderEvent = {
  readonly kind: EventKind;
  readonly family: Family;
  /** Adapter family name: `ccv-pay`, `edenred`, `adyen`, … */
  readonly provider: string;
  /** The provider's account this happened on (merchant account, affiliate number, MID); maps to a merchant. */
  readonly account?: string;
  /** Terminal id as the provider writes it; maps to a merchant where there is no account. */
  readonly terminal?: string;
  /**
   * The provider's own id of this event, unique within (provider, account). Without one, identity is the row's content
   * plus its occurrence among equal rows of the file, so that two genuinely identical purchases stay two.
   */
  readonly identity?: string;
  /**
   * The provider's reference of the transaction that this event is about: for a sale its PSP reference, for a refund or
   * chargeback the reference of that refund or chargeback itself. Absent where the provider gives none.
   */
  readonly reference?: string;
  /**
   * Where the provider's reference is not known to the source: the source's own key of the transaction (a terminal's id,
   * STAN and local time). It keeps later reports on the same transaction together and is never compared with a
   * settlement's references.
   */
  readonly localReference?: string;
  /** For refunds, chargebacks and their reversals: the reference of the sale they go back to. */
  readonly originalReference?: string;
  readonly occurredAt: Instant;
  /** Positive magnitude of what the event is about; null for events that carry none. */
  readonly amount: Money | null;
  readonly outcome?: Outcome;
  readonly booking?: Booking;
  readonly payment?: PaymentFacts;
  readonly voucher?: VoucherFacts;
  /** The provider's own word for type and status, kept beside ours. */
  readonly rawStatus: string;
};

/** What a provider says of a dispute, which moves no money by itself. What it said last counts. */
export type DisputeNotice = {
  readonly family: Family;
  readonly provider: string;
  readonly account: string;
  /** The provider's own id of this notice. */
  readonly identity: string;
  /** The dispute's reference, and that of the sale which it is about. */
  readonly reference: string;
  readonly originalReference: string;
  readonly occurredAt: Instant;
  readonly stage: DisputeStage;
  /** Until when it can be answered, where the provider says so: never guessed. */
  readonly respondBy: Date | null;
};

/** When something happened: the instant, and whether the wall-clock time it came from exists twice (October fold). */
export type Instant = { readonly at: Date; readonly ambiguous: boolean };

/** What the provider says became of the transaction. */
export type Outcome = {
  readonly status: BaseStatus;
  /** INDETERMINATE: "failed" that may yet turn out to be paid; open to a manual status. */
  readonly certainty: "DEFINITIVE" | "INDETERMINATE";
  /** The provider's order among events of one transaction, if it gives one; ranks before time. */
  readonly sequence?: bigint;
  /** Normalised refusal or failure reason, lower case with underscores, or the provider's own word. */
  readonly reason?: string;
};

/** Money booked on a settlement, signed from the merchant's side: net = gross + Σ fees, fees ≤ 0 as a rule. */
export type Booking = {
  readonly batch: string;
  readonly bookingDate: string;
  readonly valueDate?: string;
  /** Reference of the payout that carries it, if the row says so. */
  readonly payoutReference?: string;
  readonly gross: Money;
  readonly fees: Fees;
  readonly net: Money;
  /** The shopper's amount, where it differs in currency from `gross`. */
  readonly processingAmount?: Money;
  /** Decimal text as given; never computed with. */
  readonly exchangeRate?: string;
};

/** Signed parts of the fee in the booking's currency; absent means the provider does not say, zero means zero. */
export type Fees = {
  readonly interchange?: bigint;
  readonly schemeFee?: bigint;
  readonly markup?: bigint;
  readonly commission?: bigint;
  readonly tax?: bigint;
};

export type PaymentFacts = {
  readonly type?: PaymentType;
  /** Lower case: `bancontact`, `visa`, `mastercard`, `ideal`, `meal_voucher`, … */
  readonly method?: string;
  readonly brand?: string;
  readonly entryMode?: EntryMode;
  readonly authorisedAmount?: Money;
  readonly capturedAmount?: Money;
  readonly authorisationCode?: string;
  readonly last4?: string;
  /** At most first six (or eight) and last four digits visible. */
  readonly maskedPan?: string;
  readonly merchantReference?: string;
  readonly transactionNumber?: string;
  readonly acquirer?: string;
  readonly responseCode?: string;
  readonly arn?: string;
  readonly rrn?: string;
  readonly stan?: string;
  readonly schemeTransactionId?: string;
  readonly terminalBatch?: string;
  /** Ticket or order that the parts of one split tender share. */
  readonly ticket?: string;
  /** CCV's own fields: method id and failure code. */
  readonly providerMethod?: string;
  readonly failureCode?: string;
};

export type VoucherFacts = {
  readonly issuer: VoucherIssuer;
  readonly purse: VoucherPurse;
  readonly requestedAmount?: Money;
  /** Ticket or order that voucher and card rows of one split tender share. */
  readonly ticket?: string;
};
