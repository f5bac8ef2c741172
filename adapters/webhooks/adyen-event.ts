import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Outcome, PaymentFacts, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { instantOf } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import { instrumentOf } from "../adyen/payment.ts";
import { instrumentBehind } from "../vouchers/behind-acquirer.ts";
import type { AdyenItem } from "./adyen-item.ts";
import { providerMinor } from "./minor-units.ts";

/**
 * What a notification of Adyen's means. It books nothing: what was authorised, captured or sent for refund is being
 * processed until a settlement claims it. @throws AppError INVALID_INPUT for an event that nobody mapped yet
 */
export function adyenEvent(item: AdyenItem): ProviderEvent | { readonly skipped: string } {
  const code = item.eventCode.toUpperCase();
  const notice = Object.hasOwn(NOTICES, code) ? NOTICES[code] : undefined;
  if (notice) return { skipped: `${code}: ${notice}` };
  const rule = ruleOf(code, item);
  const outcome = item.success === "true" ? rule.good : rule.bad;
  if (!outcome) return { skipped: `${code} success=${item.success}: the payment stays as it was` };
  if (!item.amount) throw new AppError("INVALID_INPUT", `${code} has no amount`);
  const about = referencesOf(rule, item);
  return {
    kind: rule.kind,
    provider: "adyen",
    account: item.merchantAccountCode,
    identity: ["webhook", code, item.pspReference, item.originalReference ?? "", item.success].join("|"),
    ...about,
    occurredAt: instantOf(item.eventDate),
    amount: providerMinor(item.amount.value, item.amount.currency, DECIMALS),
    outcome: { ...outcome, ...reasonOf(item, outcome) },
    ...instrumentBehind(paymentOf(item), { words: [item.paymentMethod ?? "", variantOf(item)] }),
    rawStatus: `${item.eventCode} ${item.success}`,
  };
}

/** Where Adyen counts in other units than ISO 4217. */
const DECIMALS: Readonly<Record<string, number>> = { CLP: 2, CVE: 0, IDR: 0, ISK: 2 };

type Rule = {
  readonly kind: EventKind;
  readonly about: "own" | "original" | "child";
  readonly good?: Outcome;
  readonly bad?: Outcome;
  /** A dispute has one reference; each move of its money is a transaction of its own, as in the settlement report. */
  readonly suffix?: string;
};

const UNDER_WAY: Outcome = { status: "PROCESSING", certainty: "INDETERMINATE" };
const MOVED: Outcome = { status: "SUCCESS", certainty: "DEFINITIVE" };
const FAILED: Outcome = { status: "FAILED", certainty: "DEFINITIVE" };
const CANCELLED: Outcome = { status: "CANCELLED", certainty: "DEFINITIVE" };

const REFUND: Rule = { kind: "REFUND", about: "child", good: UNDER_WAY, bad: FAILED };
const CANCEL: Rule = { kind: "CANCELLATION", about: "original", good: CANCELLED };

const RULES: Readonly<Record<string, Rule>> = {
  AUTHORISATION: {
    kind: "AUTHORISATION",
    about: "own",
    good: UNDER_WAY,
    bad: { status: "REFUSED", certainty: "DEFINITIVE" },
  },
  CAPTURE: { kind: "CAPTURE", about: "original", good: UNDER_WAY },
  CAPTURE_FAILED: { kind: "CAPTURE", about: "original", good: FAILED },
  CANCELLATION: CANCEL,
  TECHNICAL_CANCEL: CANCEL,
  VOID_PENDING_REFUND: CANCEL,
  EXPIRE: CANCEL,
  REFUND,
  REFUND_WITH_DATA: REFUND,
  REFUND_FAILED: { kind: "REFUND", about: "child", good: FAILED },
  REFUNDED_REVERSED: { kind: "REFUND_REVERSAL", about: "child", good: CANCELLED },
  CHARGEBACK: { kind: "CHARGEBACK", about: "child", good: MOVED },
  CHARGEBACK_REVERSED: { kind: "CHARGEBACK_REVERSAL", about: "child", good: MOVED, suffix: "-reversed" },
  SECOND_CHARGEBACK: { kind: "SECOND_CHARGEBACK", about: "child", good: MOVED, suffix: "-second" },
};

/** What is told without money moving or a status changing, and why it is passed over. */
const NOTICES: Readonly<Record<string, string>> = {
  ...{
    NOTIFICATION_OF_CHARGEBACK: "a dispute begins, no money moved yet",
    REQUEST_FOR_INFORMATION: "a dispute's question",
    DISPUTE_OPENED_WITH_CHARGEBACK: "the money goes as CHARGEBACK",
  },
  ...{ NOTIFICATION_OF_FRAUD: "a warning", PREARBITRATION_WON: "the money comes as CHARGEBACK_REVERSED" },
  ...{ PREARBITRATION_LOST: "the money goes as SECOND_CHARGEBACK", DISPUTE_DEFENSE_PERIOD_ENDED: "a dispute's term" },
  ...{ INFORMATION_SUPPLIED: "a dispute's answer", ISSUER_RESPONSE_TIMEFRAME_EXPIRED: "a dispute's term" },
  ...{ REPORT_AVAILABLE: "a report can be fetched", RECURRING_CONTRACT: "stored details, no payment" },
  ...{ ORDER_OPENED: "its payments are told one by one", ORDER_CLOSED: "its payments are told one by one" },
  ...{ OFFER_CLOSED: "an offer that nobody paid", AUTORESCUE: "retries of a payment that are told one by one" },
  ...{
    CANCEL_AUTORESCUE: "retries of a payment that are told one by one",
    PENDING: "the payment's result is told later",
  },
  ...{ PAYOUT_EXPIRE: "a payout to a shopper", HANDLED_EXTERNALLY: "handled outside Adyen" },
};

/** A cancel-or-refund says in its data which of the two it became. */
function ruleOf(code: string, { additionalData }: AdyenItem): Rule {
  const action = additionalData?.["modification.action"]?.toLowerCase();
  if (code === "CANCEL_OR_REFUND" && action === "cancel") return CANCEL;
  if (code === "CANCEL_OR_REFUND" && action === "refund") return REFUND;
  const rule = Object.hasOwn(RULES, code) ? RULES[code] : undefined;
  if (rule) return rule;
  throw new AppError("INVALID_INPUT", `the event "${code.slice(0, 40)}" is not known; add it to the adapter`);
}

type About = Pick<ProviderEvent, "reference" | "originalReference">;

function referencesOf({ about, suffix = "" }: Rule, { eventCode, pspReference, originalReference }: AdyenItem): About {
  if (about === "own") return { reference: pspReference };
  if (about === "child") return { reference: pspReference + suffix, ...(originalReference && { originalReference }) };
  if (originalReference) return { reference: originalReference };
  throw new AppError("INVALID_INPUT", `${eventCode} does not say which payment it is about`);
}

function reasonOf({ reason }: AdyenItem, { status }: Outcome): Pick<Outcome, "reason"> {
  const says = reason && reason !== "null" && (status === "REFUSED" || status === "FAILED");
  return says ? { reason: reason.slice(0, 64) } : {};
}

export function variantOf({ additionalData }: AdyenItem): string {
  return additionalData?.paymentMethodVariant ?? "";
}

/** What the payment was paid with, as its item says. */
export function paymentOf(item: AdyenItem): PaymentFacts {
  const { merchantReference, paymentMethod = "", additionalData } = item;
  const last4 = /^\d{4}$/.exec(additionalData?.cardSummary ?? "")?.[0];
  return {
    ...(paymentMethod !== "" && instrumentOf(paymentMethod, variantOf(item))),
    acquirer: "adyen",
    ...(merchantReference && { merchantReference }),
    ...(additionalData?.authCode && { authorisationCode: additionalData.authCode }),
    ...(last4 && { last4 }),
  };
}
