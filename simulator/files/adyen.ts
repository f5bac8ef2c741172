import { addSeconds, nextBankDay } from "../calendar.ts";
import { LineFile } from "../line-file.ts";
import { type Period, type Week, within } from "../period.ts";
import type { Purchase } from "../purchase.ts";
import type { Truth } from "../truth.ts";
import { ADYEN_HEADER, type AdyenFacts, adyenLine } from "../writers/adyen-settlement-detail.ts";
import type { Transfer } from "./bank.ts";

const FIRST_BATCH = 101;
const DISPUTE_FEE_MINOR = 1_065n;
const TRANSACTION_FEE_MINOR = 3n;

type Job = { readonly folder: string; readonly period: Period; readonly account: string; readonly truth: Truth };

/** One batch a week, closed by a fee that belongs to no sale and by the payout that brings it to zero. Gives the payouts. */
export function writeAdyen(
  { folder, period, account, truth }: Job,
  purchases: readonly Purchase[],
): readonly Transfer[] {
  const transfers: Transfer[] = [];
  for (const [index, week] of period.weeks.entries()) {
    const batch = String(FIRST_BATCH + index);
    const file = new LineFile(`${folder}/settlement_detail_report_batch_${batch}.csv`);
    file.write(ADYEN_HEADER);
    let netMinor = 0n;
    let count = 0n;
    for (const purchase of purchases) {
      if (purchase.provider !== "adyen" || purchase.result !== "approved" || !within(purchase, week.batch)) continue;
      const facts = factsOf(purchase, batch, week);
      for (const booked of bookingsOf(purchase, facts)) {
        netMinor += booked.netMinor;
        count += 1n;
        truth.settles(file.write(adyenLine(booked)), purchase);
      }
    }
    const feeMinor = count * TRANSACTION_FEE_MINOR;
    for (const facts of closingOf({ account, batch, week, netMinor, feeMinor })) {
      truth.settles(file.write(adyenLine(facts)), undefined);
    }
    file.close();
    const arrivesOn = nextBankDay(week.bookedOn);
    const text = payoutText(batch, account);
    transfers.push({ payer: "Adyen N.V.", text, arrivesOn, amountMinor: netMinor - feeMinor });
  }
  return transfers;
}

/** One booking, unless it was forgotten or made twice. */
function bookingsOf({ fault }: Purchase, facts: AdyenFacts): readonly AdyenFacts[] {
  if (fault?.booked === "never") return [];
  return fault?.booked === "twice" ? [facts, { ...facts, modification: `${facts.modification}2` }] : [facts];
}

const TYPES = {
  SALE: "Settled",
  REFUND: "Refunded",
  CHARGEBACK: "Chargeback",
  CHARGEBACK_REVERSAL: "ChargebackReversed",
} as const;

function factsOf(purchase: Purchase, batch: string, week: Week): AdyenFacts {
  const { original, type, account, arn, authCode, card, merchantReference } = purchase;
  const isDebit = type === "REFUND" || type === "CHARGEBACK";
  const sign = isDebit ? -1n : 1n;
  const grossMinor = sign * purchase.amountMinor;
  const settledMinor = sign * settledOf(purchase);
  const fees = type === "SALE" ? feesOf(purchase) : {};
  const unnamed = type === "CHARGEBACK" ? -DISPUTE_FEE_MINOR : 0n;
  const sold = original ?? purchase;
  return {
    account,
    batch,
    type: TYPES[type],
    created: hostTime(sold),
    booked: original ? purchase.time : `${week.bookedOn} 06:00:00`,
    psp: sold.reference,
    // A dispute has one reference, however often it turns.
    modification: type === "SALE" ? `S${purchase.reference.slice(1)}` : purchase.reference.replace(/-reversed$/, ""),
    method: METHODS[card.brand] ?? card.brand,
    variant: variantOf(purchase),
    ...(arn && { arn }),
    ...(authCode && { authCode }),
    ...(merchantReference && { merchantReference }),
    ...(purchase.foreign && { foreign: purchase.foreign }),
    grossMinor,
    netMinor: settledMinor + Object.values(fees).reduce((sum, fee) => sum + fee, unnamed),
    fees,
  };
}

const METHODS: Readonly<Record<string, string>> = { mastercard: "mc" };

function variantOf({ card }: Purchase): string {
  if (card.brand === "maestro") return "maestro";
  return `${METHODS[card.brand] ?? card.brand}standard${card.isCredit ? "credit" : "debit"}`;
}

/** The processor's clock runs up to two seconds behind the terminal's. */
function hostTime(purchase: Purchase): string {
  return purchase.hostTime ?? addSeconds(purchase.time, Number(purchase.stan?.at(-1) ?? 0) % 3);
}

/** Maestro costs one commission; the others are priced part by part (0.2 or 0.3 percent interchange and so on). */
function feesOf(purchase: Purchase): NonNullable<AdyenFacts["fees"]> {
  const { card, fault } = purchase;
  const settledMinor = settledOf(purchase);
  const drift = fault?.feeDriftMinor ?? 0n;
  if (card.brand === "maestro") return { commission: -(5n + share(settledMinor, 50n) + drift) };
  return {
    interchange: -share(settledMinor, card.isCredit ? 30n : 20n),
    schemeFee: -(1n + share(settledMinor, 3n)),
    markup: -(4n + share(settledMinor, 10n) + drift),
  };
}

/** In the currency of the account. */
function settledOf({ amountMinor, foreign }: Purchase): bigint {
  return foreign?.euroMinor ?? amountMinor;
}

/** Ten-thousandths of an amount, to the nearest cent. */
function share(amountMinor: bigint, parts: bigint): bigint {
  return (amountMinor * parts + 5_000n) / 10_000n;
}

function payoutText(batch: string, account: string): string {
  return `TX9000${batch}XT batch ${batch}, ${account}`;
}

type Closing = {
  readonly account: string;
  readonly batch: string;
  readonly week: Week;
  readonly netMinor: bigint;
  readonly feeMinor: bigint;
};

function closingOf({ account, batch, week, netMinor, feeMinor }: Closing): readonly AdyenFacts[] {
  const time = `${week.bookedOn} 06:30:00`;
  const row = { account, batch, created: time, booked: time };
  return [
    {
      ...row,
      type: "Fee",
      modification: `Transaction Fees ${week.batch.from} to ${week.batch.to}`,
      netMinor: -feeMinor,
    },
    {
      ...row,
      type: "MerchantPayout",
      modification: payoutText(batch, account),
      netMinor: -(netMinor - feeMinor),
    },
  ];
}
