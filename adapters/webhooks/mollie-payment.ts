import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Outcome, PaymentFacts, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, type Money, parseAmount } from "../../subgraphs/shared/money.ts";
import { instantOf } from "../../subgraphs/shared/time.ts";
import type { PaymentType } from "../../subgraphs/shared/vocabulary.ts";
import { meaningIn } from "../readers/closed-list.ts";
import { instrumentBehind } from "../vouchers/behind-acquirer.ts";

const amount = z.object({ currency: z.string(), value: z.string() });
const id = z.string().min(1).max(64);

const MollieRefund = z.object({ id, amount, status: z.string(), createdAt: z.string() });
const MollieChargeback = z.object({ id, amount, createdAt: z.string(), reversedAt: z.string().nullish() });

/** A payment of Mollie's API with its refunds and chargebacks, as far as we read it; whose it is and what for is dropped. */
export const MolliePayment = z.object({
  id,
  amount,
  status: z.string(),
  createdAt: z.string(),
  method: z.string().nullish(),
  details: z
    .object({ failureReason: z.string().nullish(), cardLabel: z.string().nullish(), cardNumber: z.string().nullish() })
    .nullish(),
  _embedded: z
    .object({ refunds: z.array(MollieRefund).default([]), chargebacks: z.array(MollieChargeback).default([]) })
    .optional(),
});
export type MolliePayment = z.infer<typeof MolliePayment>;

/** One event for the payment's state, and one for that of each refund and chargeback. Nothing is booked. */
export function eventsOfPayment(payment: MolliePayment, account: string): readonly (() => ProviderEvent)[] {
  const { refunds = [], chargebacks = [] } = payment._embedded ?? {};
  const base = baseOf(payment, account);
  const back = { ...base, originalReference: payment.id };
  return [
    () => ({
      ...base,
      kind: payment.status === "authorized" ? "AUTHORISATION" : "SALE",
      identity: `webhook|${payment.id}|${payment.status}`,
      reference: payment.id,
      occurredAt: instantOf(payment.createdAt),
      amount: moneyOf(payment.amount),
      outcome: outcomeOf(payment),
      rawStatus: payment.status,
    }),
    ...refunds.map(
      (refund) => (): ProviderEvent => ({
        ...back,
        kind: "REFUND",
        identity: `webhook|${refund.id}|${refund.status}`,
        reference: refund.id,
        occurredAt: instantOf(refund.createdAt),
        amount: moneyOf(refund.amount),
        outcome: meaningIn(REFUNDS, "refund status", refund.status),
        rawStatus: `refund ${refund.status}`,
      }),
    ),
    ...chargebacks.flatMap(({ reversedAt, ...chargeback }) => [
      () => disputeEvent(back, "CHARGEBACK", chargeback.id, chargeback),
      ...(reversedAt
        ? [
            () =>
              disputeEvent(back, "CHARGEBACK_REVERSAL", `${chargeback.id}-reversed`, {
                ...chargeback,
                createdAt: reversedAt,
              }),
          ]
        : []),
    ]),
  ];
}

type Back = Omit<ProviderEvent, "kind" | "occurredAt" | "amount" | "rawStatus">;
type Moved = { readonly amount: z.infer<typeof amount>; readonly createdAt: string };

function disputeEvent(
  back: Back,
  kind: "CHARGEBACK" | "CHARGEBACK_REVERSAL",
  reference: string,
  moved: Moved,
): ProviderEvent {
  return {
    ...back,
    kind,
    identity: `webhook|${reference}`,
    reference,
    occurredAt: instantOf(moved.createdAt),
    amount: moneyOf(moved.amount),
    outcome: MOVED,
    rawStatus: kind.toLowerCase(),
  };
}

const MOVED: Outcome = { status: "SUCCESS", certainty: "DEFINITIVE" };
const UNDER_WAY: Outcome = { status: "PROCESSING", certainty: "INDETERMINATE" };
const FAILED: Outcome = { status: "FAILED", certainty: "DEFINITIVE" };
const CANCELLED: Outcome = { status: "CANCELLED", certainty: "DEFINITIVE" };

const PAYMENTS: Readonly<Record<string, Outcome>> = {
  ...{ open: UNDER_WAY, pending: UNDER_WAY, authorized: UNDER_WAY, paid: MOVED, canceled: CANCELLED },
  ...{ expired: { ...FAILED, reason: "expired" }, failed: FAILED },
};
const REFUNDS: Readonly<Record<string, Outcome>> = {
  ...{ queued: UNDER_WAY, pending: UNDER_WAY, processing: UNDER_WAY, refunded: MOVED },
  ...{ failed: FAILED, canceled: CANCELLED },
};

/** Why a bank or an issuer said no. Other failures are failures. */
const REFUSALS = new Set([
  ...["authentication_failed", "authentication_required", "card_declined", "inactive_card", "insufficient_funds"],
  ...["invalid_card_number", "invalid_card_holder_name", "invalid_card_type", "invalid_cvv", "possible_fraud"],
  ...["refused_by_issuer", "authentication_abandoned", "authentication_unavailable_acs"],
]);

function outcomeOf({ status, details }: MolliePayment): Outcome {
  const outcome = meaningIn(PAYMENTS, "status", status);
  const reason = details?.failureReason;
  if (outcome.status !== "FAILED" || !reason) return outcome;
  return { ...outcome, status: REFUSALS.has(reason) ? "REFUSED" : "FAILED", reason: reason.slice(0, 64) };
}

function baseOf(payment: MolliePayment, account: string) {
  const method = payment.method ?? undefined;
  return { provider: "mollie", account, ...instrumentBehind(paymentOf(payment, method), { words: [method ?? ""] }) };
}

function paymentOf({ details }: MolliePayment, method: string | undefined): PaymentFacts {
  const last4 = /^\d{4}$/.exec(details?.cardNumber ?? "")?.[0];
  const label = details?.cardLabel?.toLowerCase();
  const name = method === "creditcard" && label ? label : method;
  return {
    ...(name !== undefined && { type: TYPES[method ?? ""] ?? "OTHER", method: METHODS[name] ?? name }),
    ...(last4 && { last4 }),
    acquirer: "mollie",
  };
}

const METHODS: Readonly<Record<string, string>> = { banktransfer: "bank_transfer", "american express": "amex" };
const TYPES: Readonly<Record<string, PaymentType>> = {
  ...{ creditcard: "CARD", bancontact: "DEBIT_CARD", ideal: "BANK_TRANSFER", banktransfer: "BANK_TRANSFER" },
  ...{ kbc: "BANK_TRANSFER", belfius: "BANK_TRANSFER", directdebit: "BANK_TRANSFER", eps: "BANK_TRANSFER" },
  ...{ paypal: "WALLET", applepay: "WALLET", payconiq: "WALLET", voucher: "VOUCHER", giftcard: "VOUCHER" },
};

function moneyOf({ value, currency }: z.infer<typeof amount>): Money {
  const money = parseAmount(value, currencyOf(currency), ".");
  if (money.amountMinor < 0n) throw new AppError("INVALID_AMOUNT", `the amount ${value} is below zero`);
  return money;
}
