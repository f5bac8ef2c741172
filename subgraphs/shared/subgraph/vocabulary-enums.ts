import { PERMISSIONS_BY_ROLE, type Role } from "../identity/permissions.ts";
import {
  DISPUTE_STATES,
  ENTRY_MODES,
  EVENT_KINDS,
  FAMILIES,
  PAYMENT_TYPES,
  RECONCILIATION_STATES,
  REFUND_STATES,
  SETTLEMENT_STATES,
  STATUS_ORIGINS,
  TRANSACTION_STATUSES,
  TRANSACTION_TYPES,
  VOUCHER_ISSUERS,
  VOUCHER_PURSES,
} from "../vocabulary.ts";
import { enumOf } from "./output.ts";

/** The word lists as GraphQL enums, made once: subgraphs that share an enum must mean the same one. */
export const FamilyEnum = enumOf("Family", "Which kind of provider processed a transaction.", FAMILIES, {
  CCV_PAY: "CCV's own processing, on terminals and online.",
  E_VOUCHER: "Meal, eco and gift cheques.",
  ACQUIRER: "A third-party acquirer.",
});

export const TransactionStatusEnum = enumOf(
  "TransactionStatus",
  "What became of a transaction, decided from all the evidence there is and whatever its order.",
  TRANSACTION_STATUSES,
  {
    PROCESSING: "Nothing has decided yet.",
    SUCCESS: "Paid, and not fully refunded or charged back.",
    FAILED: "Not paid.",
    REFUSED: "Refused by the acquirer or issuer.",
    MANUAL_INTERVENTION: "Unclear; a person has to assign a status. Not in lists or totals until then.",
    CANCELLED: "Called off before it was settled.",
    REFUNDED: "Paid, and all of it given back.",
    CHARGEBACK: "Paid, and money of it taken back by the shopper's bank.",
  },
);

export const TransactionTypeEnum = enumOf("TransactionType", "What a transaction is.", TRANSACTION_TYPES, {
  SALE: "Money from the shopper.",
  REFUND: "Money back to the shopper, for an earlier sale.",
  CHARGEBACK: "Money taken back by the shopper's bank.",
  CHARGEBACK_REVERSAL: "Money of a chargeback returned to the merchant.",
  CREDIT: "Money to the shopper without an earlier sale.",
});

export const StatusOriginEnum = enumOf("StatusOrigin", "Who decided a status.", STATUS_ORIGINS, {
  AUTOMATIC: "A provider's answer or a settlement line.",
  MANUAL: "A person.",
});

export const RefundStateEnum = enumOf("RefundState", "How much of a sale was given back.", REFUND_STATES, {
  OVER: "More than was captured.",
});

export const DisputeStateEnum = enumOf("DisputeState", "Where a dispute about a sale stands.", DISPUTE_STATES);

export const SettlementStateEnum = enumOf("SettlementState", "How far the money has come.", SETTLEMENT_STATES, {
  UNSETTLED: "On no settlement yet.",
  SETTLED: "Booked on a settlement.",
  PAID_OUT: "Part of a payout to the bank.",
  EXTERNAL: "Settled outside the files we see.",
});

export const ReconciliationStateEnum = enumOf(
  "ReconciliationState",
  "Whether a transaction and its settlement were brought together.",
  RECONCILIATION_STATES,
  {
    NOT_EXPECTED: "No settlement will come, because no money moved.",
    EXPECTED: "A settlement is due and not late.",
    MATCHED: "Its settlement lines are claimed for it.",
    PARTIAL: "Some of its settlement lines are.",
    AMBIGUOUS: "Several lines or transactions fit equally well; a person has to choose.",
    DISCREPANT: "Its settlement says something else than it does.",
    MISSING: "A settlement was due and did not come.",
  },
);

export const EntryModeEnum = enumOf("EntryMode", "How the card or voucher was read.", ENTRY_MODES, {
  ECOM: "Online.",
  MOTO: "By mail or telephone.",
  UNKNOWN: "Not said, or a word we do not know.",
});

export const PaymentTypeEnum = enumOf("PaymentType", "Coarse kind of instrument.", PAYMENT_TYPES, {
  CARD: "A card, not known whether debit or credit.",
});

export const EventKindEnum = enumOf("EventKind", "What a provider says happened.", EVENT_KINDS);

export const VoucherIssuerEnum = enumOf("VoucherIssuer", "Who issues and reimburses a voucher.", VOUCHER_ISSUERS);

export const VoucherPurseEnum = enumOf("VoucherPurse", "Which purse of the card paid.", VOUCHER_PURSES);

export const RoleEnum = enumOf(
  "Role",
  "What a user may do at a merchant.",
  [...(Object.keys(PERMISSIONS_BY_ROLE) as Role[]), "member"],
  {
    administrator: "Everything, accounts included.",
    finance: "See all, upload files, run reconciliation and decide about matches and discrepancies.",
    viewer: "See transactions, settlements and places.",
    location_manager: "See transactions, settlements and places, and what waits for a status.",
    adapter: "A machine that delivers files.",
    member: "What a user group of the merchant's own opens: see `group`.",
  },
);
