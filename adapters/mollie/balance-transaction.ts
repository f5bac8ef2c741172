import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Outcome, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { instantOf } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import { meaningIn } from "../readers/closed-list.ts";
import { checkDirection } from "../readers/direction.ts";
import { type Residual, rounded } from "../readers/exact.ts";
import { MOVEMENTS, type Movement } from "./movements.ts";
import { exactMoney, MollieAmount, sameCurrency } from "./resource.ts";

const id = z.string().min(1).nullish();

/** A movement of a balance, as far as we read it: descriptions, which may name the shopper, are dropped. */
export const BalanceTransaction = z.object({
  resource: z.string(),
  id: z.string().min(1),
  type: z.string(),
  resultAmount: MollieAmount,
  initialAmount: MollieAmount,
  deductions: MollieAmount.nullish(),
  createdAt: z.string(),
  context: z
    .object({ paymentId: id, refundId: id, chargebackId: id, settlementId: id, transferId: id })
    .or(z.array(z.never()).transform(() => ({})))
    .default({}),
});
export type BalanceTransaction = z.infer<typeof BalanceTransaction>;

type Context = {
  readonly [Field in "paymentId" | "refundId" | "chargebackId" | "settlementId" | "transferId"]?:
    | string
    | null
    | undefined;
};

/** The event of a movement; the residual of its currency takes up what rounding it to the cent leaves over. */
export function eventOf(
  transaction: BalanceTransaction,
  account: string,
  residualOf: (currency: string) => Residual,
): ProviderEvent {
  const movement = meaningIn(MOVEMENTS, "type", transaction.type);
  const { exact, currency } = exactMoney(transaction.resultAmount);
  const initial = sameCurrency(transaction.initialAmount, currency);
  if (initial + sameCurrency(transaction.deductions, currency) !== exact) {
    throw new AppError("INVALID_AMOUNT", `${transaction.id}: initialAmount and deductions do not make resultAmount`);
  }
  const [gross, net] = [rounded(initial, currency), rounded(exact, currency)];
  checkDirection(movement.kind, gross);
  residualOf(currency).add(exact, net.amountMinor);
  const occurredAt = instantOf(transaction.createdAt);
  const day = occurredAt.at.toISOString().slice(0, 10);
  const { settlementId, transferId } = transaction.context as Context;
  const payout = movement.kind === "PAYOUT" ? (settlementId ?? transferId ?? transaction.id) : undefined;
  return {
    kind: movement.kind,
    family: "ACQUIRER",
    provider: "mollie",
    account,
    identity: transaction.id,
    ...referencesOf(movement, transaction),
    occurredAt,
    amount: { amountMinor: gross.amountMinor < 0n ? -gross.amountMinor : gross.amountMinor, currency },
    ...(OUTCOMES[movement.kind] && { outcome: OUTCOMES[movement.kind] }),
    booking: {
      // The API does not say which transfer carries a movement, so those of one day stand together.
      batch: payout ?? day,
      bookingDate: day,
      ...(payout !== undefined && { payoutReference: payout }),
      gross,
      fees: { commission: net.amountMinor - gross.amountMinor },
      net,
    },
    ...(ABOUT_PAYMENTS.has(movement.kind) && { payment: { type: "OTHER" as const, acquirer: "mollie" } }),
    rawStatus: transaction.type,
  };
}

type References = Pick<ProviderEvent, "reference" | "originalReference">;

/** A chargeback and its reversal have one id and move money both ways: the reversal gets a suffix. */
function referencesOf({ kind, id: own }: Movement, { id: movement, context }: BalanceTransaction): References {
  if (!ABOUT_PAYMENTS.has(kind)) return {};
  const { paymentId, [own ?? "paymentId"]: ownId } = context as Context;
  if (!ownId) throw new AppError("INVALID_INPUT", `${movement} does not say which payment it is about`);
  if (kind === "SALE" || kind === "CANCELLATION") return { reference: ownId };
  const suffix = kind === "CHARGEBACK_REVERSAL" ? "-reversed" : own === "paymentId" ? "-unauthorised" : "";
  return { reference: ownId + suffix, ...(paymentId && { originalReference: paymentId }) };
}

const ABOUT_PAYMENTS: ReadonlySet<EventKind> = new Set([
  "SALE",
  "CANCELLATION",
  "REFUND",
  "REFUND_REVERSAL",
  "CHARGEBACK",
  "CHARGEBACK_REVERSAL",
]);

const MOVED: Outcome = { status: "SUCCESS", certainty: "DEFINITIVE" };

const OUTCOMES: Partial<Readonly<Record<EventKind, Outcome>>> = {
  CANCELLATION: { status: "CANCELLED", certainty: "DEFINITIVE", reason: "failed_payment" },
  REFUND: MOVED,
  CHARGEBACK: MOVED,
  CHARGEBACK_REVERSAL: MOVED,
};
