import { createHmac } from "node:crypto";
import type { Delivery } from "../../adapters/webhooks/webhook.ts";

export const HMAC_KEY = "a1".repeat(32);

/** An item of Adyen's as its documentation shows it; what a test does not name is filled in. */
export type AdyenFields = {
  readonly eventCode: string;
  readonly pspReference: string;
  readonly originalReference?: string;
  readonly merchantAccountCode: string;
  readonly merchantReference?: string;
  readonly value?: number;
  readonly currency?: string;
  readonly success?: "true" | "false";
  readonly additionalData?: Readonly<Record<string, string>>;
};

/** One notification of several items, each signed with the key. */
export function adyenDelivery(items: readonly AdyenFields[], key = HMAC_KEY): Delivery {
  const notificationItems = items.map(
    ({ value = 1000, currency = "EUR", success = "true", additionalData, ...fields }) => {
      const { pspReference, originalReference = "", merchantAccountCode, merchantReference = "", eventCode } = fields;
      const signed = [
        pspReference,
        originalReference,
        merchantAccountCode,
        merchantReference,
        value,
        currency,
        eventCode,
        success,
      ];
      const hmacSignature = createHmac("sha256", Buffer.from(key, "hex")).update(signed.join(":")).digest("base64");
      const item = {
        ...fields,
        amount: { value, currency },
        success,
        eventDate: "2026-11-02T12:00:00+01:00",
        paymentMethod: "mc",
        reason: "",
        additionalData: { ...additionalData, hmacSignature },
      };
      return { NotificationRequestItem: item };
    },
  );
  return delivery(JSON.stringify({ live: "true", notificationItems }), { "content-type": "application/json" });
}

export type StripeFields = {
  readonly id: string;
  readonly type: string;
  readonly object: Readonly<Record<string, unknown>>;
};

/** An event signed at `at` with each of the secrets. */
export function stripeDelivery(
  { id, type, object }: StripeFields,
  { secrets, at = Date.now(), account }: { secrets: readonly string[]; at?: number; account?: string },
): Delivery {
  const time = Math.floor(at / 1_000);
  const body = JSON.stringify({ id, object: "event", created: 1_793_605_500, type, data: { object } });
  const signatures = secrets.map(
    (secret) => `v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`,
  );
  return { ...delivery(body, { "stripe-signature": [`t=${time}`, ...signatures, "v0=ab"].join(",") }), account };
}

export const ccvDelivery = (id: string, account?: string): Delivery => ({
  ...delivery(JSON.stringify({ id }), { "content-type": "application/json" }),
  account,
});

export const mollieDelivery = (id: string): Delivery =>
  delivery(new URLSearchParams({ id }).toString(), { "content-type": "application/x-www-form-urlencoded" });

export function delivery(body: string, headers: Readonly<Record<string, string>> = {}): Delivery {
  return { body: Buffer.from(body), headers, account: undefined };
}
