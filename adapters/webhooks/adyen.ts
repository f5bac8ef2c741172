import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { parseJson } from "../readers/json.ts";
import { adyenDispute } from "./adyen-dispute.ts";
import { adyenEvent } from "./adyen-event.ts";
import { AdyenItem } from "./adyen-item.ts";
import { disputeFindings, findingOf } from "./finding.ts";
import { hmacOf, isOneOf } from "./signature.ts";
import type { Notice, WebhookReceiver } from "./webhook.ts";

/**
 * Adyen's standard webhook. Each item is signed over eight of its fields; two keys are good while one takes the other's
 * place, and a key of one account (`account:key`) is good for that one. An item is known by its event and reference, so one
 * that is sent again changes nothing however late it comes.
 */
export function adyenWebhooks({ hmacKeys }: { readonly hmacKeys: readonly string[] }): WebhookReceiver {
  const keys = hmacKeys.map(keyOf);
  return {
    answer: "[accepted]",
    open: ({ body, isProven = false }) => itemsOf(body).map((item) => noticeOf(item, isProven ? "proven" : keys)),
    read: async ({ payload }) => [
      findingOf(() => adyenEvent(AdyenItem.parse(payload))),
      ...disputeFindings(() => adyenDispute(AdyenItem.parse(payload))),
    ],
  };
}

const Notification = z.object({
  notificationItems: z
    .array(z.object({ NotificationRequestItem: AdyenItem }))
    .min(1)
    .max(100),
});

function itemsOf(body: Buffer): readonly AdyenItem[] {
  try {
    const { notificationItems } = Notification.parse(parseJson(body.toString("utf8")));
    return notificationItems.map(({ NotificationRequestItem }) => NotificationRequestItem);
  } catch (cause) {
    throw new AppError("INVALID_INPUT", "the body is not a notification of Adyen's: send JSON with notificationItems", {
      cause,
    });
  }
}

type Key = { readonly account: string | undefined; readonly bytes: Buffer };

function keyOf(text: string): Key {
  const colon = text.lastIndexOf(":");
  return { account: colon < 0 ? undefined : text.slice(0, colon), bytes: Buffer.from(text.slice(colon + 1), "hex") };
}

function noticeOf(item: AdyenItem, keys: readonly Key[] | "proven"): Notice {
  const { additionalData: { hmacSignature = "", ...kept } = {}, ...fields } = item;
  if (keys !== "proven" && !isSigned(item, hmacSignature, keys)) {
    throw new AppError(
      "UNAUTHENTICATED",
      "the HMAC signature of this notification is missing or not good: compare the key with the one in Adyen's Customer Area",
    );
  }
  return {
    account: item.merchantAccountCode,
    key: [item.eventCode, item.pspReference, item.originalReference ?? "", item.success].join("|"),
    rereads: false,
    payload: { ...fields, ...(Object.keys(kept).length > 0 && { additionalData: kept }) },
  };
}

function isSigned(item: AdyenItem, signature: string, keys: readonly Key[]): boolean {
  const signed = signedText(item);
  const own = keys.filter(({ account }) => account === undefined || account === item.merchantAccountCode);
  return isOneOf(
    Buffer.from(signature, "base64"),
    own.map(({ bytes }) => hmacOf(bytes, signed)),
  );
}

/** The fields in Adyen's order; what an item does not have is empty. */
function signedText(item: AdyenItem): string {
  const { pspReference, originalReference, merchantAccountCode, merchantReference, amount, eventCode, success } = item;
  return [
    ...[pspReference, originalReference ?? "", merchantAccountCode, merchantReference ?? ""],
    ...[amount?.value ?? "", amount?.currency ?? "", eventCode, success],
  ].join(":");
}
