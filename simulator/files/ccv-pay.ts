import { epochOf, nextBankDay } from "../calendar.ts";
import type { Identifiers } from "../identifiers.ts";
import { LineFile } from "../line-file.ts";
import { dayOf, type Period, within } from "../period.ts";
import type { Purchase } from "../purchase.ts";
import type { Truth } from "../truth.ts";
import { type CcvFacts, ccvEnd, ccvLine } from "../writers/ccv-pay.ts";
import type { Transfer } from "./bank.ts";

const FEE_MINOR = 6n;
const ZONE = "Europe/Brussels";

type Job = {
  readonly folder: string;
  readonly period: Period;
  readonly account: string;
  readonly ids: Identifiers;
  readonly truth: Truth;
};

/** One file a week of CCV's transactions as they stood at the end of the period, paid out the next bank day. Gives the payouts. */
export function writeCcvPay(
  { folder, period, account, ids, truth }: Job,
  purchases: readonly Purchase[],
): readonly Transfer[] {
  const paid = new Map<string, bigint>();
  const pay = (day: string, amountMinor: bigint) => paid.set(day, (paid.get(day) ?? 0n) + amountMinor);
  for (const week of period.weeks) {
    const file = new LineFile(`${folder}/ccv-pay_${week.from}.ndjson`);
    const payouts = new Map<string, bigint>();
    let count = 0;
    for (const purchase of purchases) {
      if (purchase.provider !== "ccv-pay" || !within(purchase, week)) continue;
      const day = nextBankDay(dayOf(purchase));
      const isPaid = purchase.result === "approved" && day <= period.to;
      const place = file.write(ccvLine(factsOf(purchase, isPaid ? payoutOn(day) : undefined)));
      truth.tells(place, purchase);
      if (isPaid) truth.settles(place, purchase);
      if (isPaid) payouts.set(day, (payouts.get(day) ?? 0n) + FEE_MINOR);
      if (isPaid) pay(day, isIncoming(purchase) ? purchase.amountMinor : -purchase.amountMinor);
      count += 1;
    }
    for (const [day, amountMinor] of payouts) {
      truth.settles(file.write(ccvLine(collection(ids, { account, day, amountMinor }))), undefined);
      pay(day, -amountMinor);
      count += 1;
    }
    file.write(ccvEnd(count));
    file.close();
  }
  return Array.from(paid, ([day, amountMinor]) => {
    const text = payoutOn(day).reference;
    return { payer: "CCV Group B.V.", text, arrivesOn: day, amountMinor };
  });
}

function isIncoming({ type }: Purchase): boolean {
  return type === "SALE" || type === "CHARGEBACK_REVERSAL";
}

function payoutOn(day: string): NonNullable<CcvFacts["payout"]> {
  return { reference: `CCVPAY-${day}`, date: epochOf(`${day} 06:00:00`, ZONE) };
}

const TYPES = { SALE: "sale", REFUND: "refund", CHARGEBACK: "chargeback", CHARGEBACK_REVERSAL: "chargeback_reversal" };

function factsOf(purchase: Purchase, payout: CcvFacts["payout"] | undefined): CcvFacts {
  const { card, original, terminal, merchantReference } = purchase;
  const created = epochOf(purchase.time, purchase.zone) + 417;
  return {
    reference: purchase.reference,
    ...(original && { originalReference: original.reference }),
    ...(merchantReference && { merchantOrderReference: merchantReference }),
    type: TYPES[purchase.type],
    ...statusOf(purchase),
    amountMinor: purchase.amountMinor,
    ...instrumentOf(purchase),
    entryMode: card.entryMode === "ECOM" ? "ecom" : "instore",
    created,
    lastUpdate: created + 3_250,
    ...(payout && { payout }),
    account: purchase.account,
    ...(terminal && { terminal }),
    ...(card.maskedPan && { maskedPan: card.maskedPan }),
  };
}

function statusOf({ result, reason }: Purchase): Pick<CcvFacts, "status" | "failureCode"> {
  if (result === "approved") return { status: "success" };
  if (result === "manual_intervention") return { status: "manualintervention" };
  return { status: "failed", failureCode: result === "cancelled" ? "cancelled" : (reason ?? "processing_error") };
}

function instrumentOf({ card, terminal }: Purchase): Pick<CcvFacts, "method" | "brand"> {
  const brand = card.brand === "bancontact" ? "bcmc" : card.brand;
  if (terminal) return { method: "terminal", brand };
  return brand === "visa" ? { method: "card", brand } : { method: brand };
}

type Collection = { readonly account: string; readonly day: string; readonly amountMinor: bigint };

/** CCV's costs of a day's payout, taken from it. */
function collection(ids: Identifiers, { account, day, amountMinor }: Collection): CcvFacts {
  const created = epochOf(`${day} 05:30:00`, ZONE);
  return {
    reference: ids.ccv("C", `${day} 05:30:00`),
    type: "collection",
    status: "success",
    amountMinor,
    created,
    lastUpdate: created,
    payout: payoutOn(day),
    account,
  };
}
