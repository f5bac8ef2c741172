import type { DisputeNotice } from "../../subgraphs/shared/event.ts";
import { instantOf } from "../../subgraphs/shared/time.ts";
import type { DisputeStage } from "../../subgraphs/shared/vocabulary.ts";
import { instrumentBehind } from "../vouchers/behind-acquirer.ts";
import { paymentOf, variantOf } from "./adyen-event.ts";
import type { AdyenItem } from "./adyen-item.ts";

/** What a notification of Adyen's says of a dispute's term; undefined where it is about none. */
export function adyenDispute(item: AdyenItem): DisputeNotice | undefined {
  const { pspReference, originalReference, additionalData } = item;
  const code = item.eventCode.toUpperCase();
  const stage = Object.hasOwn(STAGES, code) ? STAGES[code] : undefined;
  // What did not succeed, such as documents that were not taken, leaves the dispute where it was.
  if (!stage || item.success !== "true" || !originalReference) return undefined;
  const ends = additionalData?.defendable === "false" ? undefined : additionalData?.defensePeriodEndsAt;
  return {
    family: instrumentBehind(paymentOf(item), { words: [item.paymentMethod ?? "", variantOf(item)] }).family,
    provider: "adyen",
    account: item.merchantAccountCode,
    identity: ["dispute", code, pspReference, originalReference].join("|"),
    reference: pspReference,
    originalReference,
    occurredAt: instantOf(item.eventDate),
    stage: additionalData?.autoDefended === "true" && stage === "OPEN" ? "ANSWERED" : stage,
    respondBy: ends === undefined ? null : instantOf(ends).at,
  };
}

const STAGES: Readonly<Record<string, DisputeStage>> = {
  REQUEST_FOR_INFORMATION: "OPEN",
  NOTIFICATION_OF_CHARGEBACK: "OPEN",
  DISPUTE_OPENED_WITH_CHARGEBACK: "OPEN",
  CHARGEBACK: "OPEN",
  INFORMATION_SUPPLIED: "ANSWERED",
  CHARGEBACK_REVERSED: "ANSWERED",
  // Nobody answered in time, or said that nobody will.
  DISPUTE_DEFENSE_PERIOD_ENDED: "OVER",
  ISSUER_RESPONSE_TIMEFRAME_EXPIRED: "OVER",
  PREARBITRATION_WON: "OVER",
  PREARBITRATION_LOST: "OVER",
  SECOND_CHARGEBACK: "OVER",
};
