import { addSeconds, compact, nextBankDay } from "../calendar.ts";
import { LineFile } from "../line-file.ts";
import { type Period, within } from "../period.ts";
import type { Purchase } from "../purchase.ts";
import type { Truth } from "../truth.ts";
import { addEdenred, type EdenredFacts, edenredHeader, edenredLine, edenredTrailer } from "../writers/edenred.ts";
import type { Transfer } from "./bank.ts";

type Job = { readonly folder: string; readonly period: Period; readonly affiliate: string; readonly truth: Truth };

/** One reimbursement a week, paid in one transfer; what is refused is listed and moves nothing. Gives the transfers. */
export function writeEdenred(
  { folder, period, affiliate, truth }: Job,
  purchases: readonly Purchase[],
): readonly Transfer[] {
  const transfers: Transfer[] = [];
  for (const [index, { reimbursement, bookedOn }] of period.weeks.entries()) {
    const path = `${folder}/EDENRED_REIMB_${affiliate}_${compact(bookedOn)}_${index + 1}.csv`;
    const file = new LineFile(path, { end: "\r\n", bom: true });
    const payout = `EDR-${compact(bookedOn)}-${index + 1}`;
    const totals = { count: 0, grossMinor: 0n, commissionMinor: 0n, netMinor: 0n };
    file.write(edenredHeader({ affiliate, ...reimbursement, generated: bookedOn }));
    for (const purchase of purchases) {
      if (purchase.provider !== "edenred" || purchase.result === "cancelled" || !within(purchase, reimbursement))
        continue;
      if (purchase.fault?.booked === "never") continue;
      const facts = factsOf(purchase, payout);
      addEdenred(totals, facts);
      const place = file.write(edenredLine(totals.count, affiliate, facts));
      truth.tells(place, purchase);
      if (purchase.result === "approved") truth.settles(place, purchase);
    }
    truth.settles(file.write(edenredTrailer(totals, payout)), undefined);
    file.close();
    const arrivesOn = nextBankDay(nextBankDay(bookedOn));
    transfers.push({ payer: "Edenred Belgium", text: payout, arrivesOn, amountMinor: totals.netMinor });
  }
  return transfers;
}

const PRODUCTS: Readonly<Record<string, string>> = { "01": "ETR", "02": "ECO", "03": "CMP", "07": "CONSO" };
const RESPONSES = { approved: "00", refused: "51", failed: "91", cancelled: "", manual_intervention: "" } as const;

function factsOf(purchase: Purchase, payout: string): EdenredFacts {
  const { amountMinor, requestedMinor = amountMinor, product = "01", original, result } = purchase;
  const isApproved = result === "approved";
  const sign = purchase.type === "REFUND" ? "D" : "C";
  const approvedMinor = isApproved ? amountMinor : 0n;
  const commission = isApproved ? commissionOf(approvedMinor, product) : 0n;
  const direction = sign === "C" ? 1n : -1n;
  return {
    transaction: purchase.reference,
    terminal: purchase.terminal ?? "",
    time: purchase.hostTime ?? addSeconds(purchase.time, Number(purchase.stan?.at(-1) ?? 0) % 3),
    product: PRODUCTS[product] ?? product,
    requestedMinor,
    approvedMinor,
    sign,
    authCode: isApproved ? (purchase.authCode ?? "") : "",
    maskedPan: purchase.card.maskedPan ?? "",
    response: RESPONSES[result],
    commissionMinor: direction * commission,
    netMinor: direction * (approvedMinor - commission),
    payout: isApproved ? payout : "",
    ...(original && { original: original.reference }),
  };
}

/** One percent of meal vouchers, 2.75 percent of the others, to the nearest cent. */
function commissionOf(amountMinor: bigint, product: string): bigint {
  return (amountMinor * (product === "01" ? 100n : 275n) + 5_000n) / 10_000n;
}
