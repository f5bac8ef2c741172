import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Outcome, PaymentFacts, ProviderEvent } from "../../subgraphs/shared/event.ts";
import type { Money } from "../../subgraphs/shared/money.ts";
import { epochMillis } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import { instrumentOf } from "../stripe/payment.ts";
import { instrumentBehind } from "../vouchers/behind-acquirer.ts";
import { providerMinor } from "./minor-units.ts";

const text = z.string().max(255);

const Card = z.object({ brand: text.nullish(), funding: text.nullish(), last4: text.nullish() });

/** A charge, refund or dispute as far as we read it; billing details, receipts and metadata are dropped. */
const StripeObject = z.object({
  id: text.min(1),
  object: text,
  amount: text.optional(),
  amount_captured: text.optional(),
  currency: text.optional(),
  status: text.nullish(),
  captured: z.boolean().optional(),
  charge: text.nullish(),
  created: text.optional(),
  failure_code: text.nullish(),
  failure_reason: text.nullish(),
  /** `has_evidence` is not asked: it may be there and not handed in; the status tells. */
  evidence_details: z.object({ due_by: text.nullish() }).nullish(),
  payment_method_details: z.object({ type: text, card: Card.optional(), card_present: Card.optional() }).nullish(),
});
type StripeObject = z.infer<typeof StripeObject>;

export const StripeEvent = z.object({
  id: text.min(1),
  type: text.min(1),
  created: text,
  account: text.min(1).optional(),
  data: z.object({ object: StripeObject }),
});
export type StripeEvent = z.infer<typeof StripeEvent>;

/** What an event of Stripe's means. It books nothing. @throws AppError INVALID_INPUT for one that may be money and is not known */
export function stripeMeaning(event: StripeEvent, account: string): ProviderEvent | { readonly skipped: string } {
  const { type, created, id } = event;
  const rule = Object.hasOwn(RULES, type) ? RULES[type] : undefined;
  if (typeof rule === "string") return { skipped: `${type}: ${rule}` };
  const object = event.data.object;
  if (!rule) {
    if (!OF_MONEY.has(object.object)) return { skipped: `${type}: tells of no charge, refund or dispute` };
    throw new AppError("INVALID_INPUT", `the event "${type.slice(0, 40)}" is not known; add it to the adapter`);
  }
  const told = rule(object);
  const at = epochMillis(`${object.created ?? created}000`);
  return {
    kind: told.kind,
    provider: "stripe",
    account,
    identity: `webhook|${id}`,
    reference: told.reference,
    ...(told.original && { originalReference: told.original }),
    occurredAt: told.now ? epochMillis(`${created}000`) : at,
    amount: told.amount ?? amountOf(object, object.amount),
    outcome: { ...told.outcome, sequence: BigInt(epochMillis(`${created}000`).at.getTime()) },
    ...instrumentBehind(paymentOf(object), { words: [object.payment_method_details?.type ?? ""] }),
    rawStatus: type,
  };
}

type Told = {
  readonly kind: EventKind;
  readonly reference: string;
  readonly original?: string | undefined;
  readonly outcome: Outcome;
  readonly amount?: Money;
  /** True where it happened when it was told, and not when the object was made. */
  readonly now?: boolean;
};

const UNDER_WAY: Outcome = { status: "PROCESSING", certainty: "INDETERMINATE" };
const MOVED: Outcome = { status: "SUCCESS", certainty: "DEFINITIVE" };
const FAILED: Outcome = { status: "FAILED", certainty: "DEFINITIVE" };
const CANCELLED: Outcome = { status: "CANCELLED", certainty: "DEFINITIVE" };

/** A charge that is not captured is an authorisation. */
function succeeded({ id, captured }: StripeObject): Told {
  if (captured === false) return { kind: "AUTHORISATION", reference: id, outcome: UNDER_WAY };
  return { kind: "SALE", reference: id, outcome: MOVED };
}

function captured(object: StripeObject): Told {
  const amount = amountOf(object, object.amount_captured ?? object.amount);
  return { kind: "CAPTURE", reference: object.id, outcome: MOVED, amount, now: true };
}

function failed({ id, failure_code: code }: StripeObject): Told {
  const refused = code !== "processing_error";
  const reason = code ? { reason: code.slice(0, 64) } : {};
  return { kind: "SALE", reference: id, outcome: { ...FAILED, ...(refused && { status: "REFUSED" }), ...reason } };
}

function refund({ id, charge, status, failure_reason: why }: StripeObject): Told {
  const outcome = REFUNDS[status ?? ""];
  if (!outcome)
    throw new AppError("INVALID_INPUT", `the refund status "${status}" is not known; add it to the adapter`);
  const reason = why ? { reason: why.slice(0, 64) } : {};
  return { kind: "REFUND", reference: id, original: charge ?? undefined, outcome: { ...outcome, ...reason } };
}

const REFUNDS: Readonly<Record<string, Outcome>> = {
  ...{ pending: UNDER_WAY, requires_action: UNDER_WAY, succeeded: MOVED, failed: FAILED, canceled: CANCELLED },
};

const dispute = (kind: EventKind, suffix: string) => (object: StripeObject) => {
  const { id, charge } = object;
  return { kind, reference: id + suffix, original: charge ?? undefined, outcome: MOVED, now: true };
};

const TOLD = "its charge, refund or dispute is told by itself";
const NO_MONEY = "a dispute goes on, and no money moved";

const RULES: Readonly<Record<string, ((object: StripeObject) => Told) | string>> = {
  "charge.succeeded": succeeded,
  "charge.pending": ({ id }) => ({ kind: "SALE", reference: id, outcome: UNDER_WAY }),
  "charge.captured": captured,
  "charge.failed": failed,
  "charge.expired": ({ id }) => ({ kind: "CANCELLATION", reference: id, outcome: CANCELLED }),
  "charge.updated": TOLD,
  "charge.refunded": TOLD,
  "refund.created": refund,
  "refund.updated": refund,
  "refund.failed": refund,
  "charge.refund.updated": refund,
  "charge.dispute.funds_withdrawn": dispute("CHARGEBACK", ""),
  "charge.dispute.funds_reinstated": dispute("CHARGEBACK_REVERSAL", "-reversed"),
  ...{ "charge.dispute.created": NO_MONEY, "charge.dispute.updated": NO_MONEY, "charge.dispute.closed": NO_MONEY },
};

const OF_MONEY: ReadonlySet<string> = new Set(["charge", "refund", "dispute"]);

/** Currencies that Stripe counts in other units than ISO 4217, for charges. */
const DECIMALS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0, BIF: 0, GNF: 0, RWF: 0, XAF: 0, XOF: 0 };

function amountOf({ object, currency }: StripeObject, amount: string | undefined): Money {
  if (amount === undefined || !currency) throw new AppError("INVALID_INPUT", `the ${object} has no amount`);
  return providerMinor(amount, currency, DECIMALS);
}

/** What a charge was paid with. */
export function paymentOf({ payment_method_details: details }: StripeObject): PaymentFacts {
  if (!details) return { acquirer: "stripe" };
  const card = details.card ?? details.card_present;
  const last4 = /^\d{4}$/.exec(card?.last4 ?? "")?.[0];
  return {
    ...instrumentOf(details.type, card?.brand ?? "", card?.funding ?? ""),
    ...(last4 && { last4 }),
    acquirer: "stripe",
  };
}
