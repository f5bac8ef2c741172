import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { parseJson } from "../readers/json.ts";
import { type AccountKey, accountNamed } from "./account-keys.ts";
import { disputeFindings, findingOf } from "./finding.ts";
import { hmacOf, isOneOf } from "./signature.ts";
import { stripeDispute } from "./stripe-dispute.ts";
import { StripeEvent, stripeMeaning } from "./stripe-event.ts";
import type { Delivery, WebhookReceiver } from "./webhook.ts";

/** `account` is ours for it: an endpoint of Stripe's belongs to one account. Two secrets are good while they change. */
export type StripeSettings = { readonly accounts: readonly AccountKey[]; readonly now?: () => number };

/**
 * Stripe's webhook. The header `stripe-signature` signs the time and the body, so an old delivery cannot be sent again
 * after five minutes; within them it is known by its event's id.
 */
export function stripeWebhooks({ accounts, now = Date.now }: StripeSettings): WebhookReceiver {
  return {
    open: (delivery) => {
      const account = delivery.isProven ? (delivery.account ?? "") : signedFor(delivery, accounts, now());
      const event = eventOf(delivery.body);
      // With Connect the event says whose it is.
      return [{ account: event.account ?? account, key: event.id, rereads: false, payload: event }];
    },
    read: async ({ account, payload }) => [
      findingOf(() => stripeMeaning(StripeEvent.parse(payload), account)),
      ...disputeFindings(() => stripeDispute(StripeEvent.parse(payload), account)),
    ],
  };
}

const TOLERANCE_MS = 300_000;

/** The account whose secret signed it. @throws AppError UNAUTHENTICATED */
function signedFor({ headers, body, account }: Delivery, accounts: readonly AccountKey[], now: number): string {
  const parts = (headers["stripe-signature"] ?? "").split(",").map((part) => part.trim().split("="));
  const time = parts.find(([name]) => name === "t")?.[1] ?? "";
  const signatures = parts.flatMap(([name, value]) => (name === "v1" && value ? [Buffer.from(value, "hex")] : []));
  if (!/^\d{1,12}$/.test(time) || signatures.length === 0) {
    throw refused("there is no header Stripe-Signature with t and v1");
  }
  const named = accountNamed(account, accounts);
  const candidates = accounts.filter((each) => named === "" || each.account === named);
  const signer = candidates.find(({ key }) => {
    const expected = hmacOf(key, `${time}.`, body);
    return signatures.some((signature) => isOneOf(signature, [expected]));
  });
  if (!signer) throw refused("it was made with another secret, or the body was changed");
  const age = Math.abs(now - Number(time) * 1_000);
  if (age > TOLERANCE_MS) throw refused(`it is ${Math.round(age / 1_000)} s old; check the clock of this machine`);
  return signer.account;
}

function refused(why: string): AppError {
  return new AppError("UNAUTHENTICATED", `the signature of this event is not good: ${why}`);
}

function eventOf(body: Buffer): z.infer<typeof StripeEvent> {
  try {
    return StripeEvent.parse(parseJson(body.toString("utf8")));
  } catch (cause) {
    throw new AppError(
      "INVALID_INPUT",
      "the body is not an event of Stripe's: send JSON with id, type and data.object",
      {
        cause,
      },
    );
  }
}
