import type { AccountKey, ApiSettings } from "./account-keys.ts";
import { adyenWebhooks } from "./adyen.ts";
import { ccvPayWebhooks } from "./ccv-pay.ts";
import { mollieWebhooks } from "./mollie.ts";
import { stripeWebhooks } from "./stripe.ts";
import type { WebhookReceiver } from "./webhook.ts";

/** Every provider whose webhooks we know. */
export const WEBHOOK_PROVIDERS = ["ccv-pay", "adyen", "mollie", "stripe"] as const;

/** What is set up; a provider without settings has no address here. */
export type WebhookSettings = {
  readonly ccvPay?: ApiSettings | undefined;
  readonly adyen?: { readonly hmacKeys: readonly string[] } | undefined;
  readonly mollie?: ApiSettings | undefined;
  readonly stripe?: { readonly accounts: readonly AccountKey[] } | undefined;
};

/** The receivers by the provider's name, which is also the end of the address: `/webhooks/adyen`. */
export function webhookReceivers(settings: WebhookSettings): ReadonlyMap<string, WebhookReceiver> {
  const { ccvPay, adyen, mollie, stripe } = settings;
  return new Map([
    ...(ccvPay ? [["ccv-pay", ccvPayWebhooks(ccvPay)] as const] : []),
    ...(adyen ? [["adyen", adyenWebhooks(adyen)] as const] : []),
    ...(mollie ? [["mollie", mollieWebhooks(mollie)] as const] : []),
    ...(stripe ? [["stripe", stripeWebhooks(stripe)] as const] : []),
  ]);
}
