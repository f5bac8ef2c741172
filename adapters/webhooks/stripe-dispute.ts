import { AppError } from "../../subgraphs/shared/errors.ts";
import type { DisputeNotice } from "../../subgraphs/shared/event.ts";
import { epochMillis } from "../../subgraphs/shared/time.ts";
import type { DisputeStage } from "../../subgraphs/shared/vocabulary.ts";
import { instrumentBehind } from "../vouchers/behind-acquirer.ts";
import { paymentOf, type StripeEvent } from "./stripe-event.ts";

/**
 * What an event of Stripe's says of a dispute's term; undefined where it is about none.
 * @throws AppError INVALID_INPUT for a status that is not known
 */
export function stripeDispute({ id, type, created, data }: StripeEvent, account: string): DisputeNotice | undefined {
  const { object, charge, status, evidence_details: evidence } = data.object;
  if (object !== "dispute" || !type.startsWith("charge.dispute.") || !charge || !status) return undefined;
  const stage = Object.hasOwn(STAGES, status) ? STAGES[status] : undefined;
  if (!stage) throw new AppError("INVALID_INPUT", `the dispute status "${status}" is not known; add it to the adapter`);
  // Zero is what a bank that takes no answer has.
  const due = evidence?.due_by && evidence.due_by !== "0" ? epochMillis(`${evidence.due_by}000`).at : null;
  return {
    family: instrumentBehind(paymentOf(data.object), {}).family,
    provider: "stripe",
    account,
    identity: `dispute|${id}`,
    reference: data.object.id,
    originalReference: charge,
    occurredAt: epochMillis(`${created}000`),
    stage,
    respondBy: due,
  };
}

const STAGES: Readonly<Record<string, DisputeStage>> = {
  ...{ warning_needs_response: "OPEN", warning_under_review: "ANSWERED", warning_closed: "OVER" },
  ...{ needs_response: "OPEN", under_review: "ANSWERED", won: "OVER", lost: "OVER" },
  ...{ charge_refunded: "OVER", prevented: "OVER" },
};
