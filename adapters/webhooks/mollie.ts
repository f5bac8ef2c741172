import { AppError } from "../../subgraphs/shared/errors.ts";
import { restGet } from "../clients/rest-client.ts";
import { type ApiSettings, accountNamed, keysFor } from "./account-keys.ts";
import { findingOf } from "./finding.ts";
import { eventsOfPayment, MolliePayment } from "./mollie-payment.ts";
import type { Finding, StoredNotice, WebhookReceiver } from "./webhook.ts";

/**
 * Mollie's classic webhook: a form with the id of a payment and nothing more, unsigned. It is sent again whenever the
 * payment, one of its refunds or one of its chargebacks changes, so all of them are read from Mollie's API each time.
 */
export function mollieWebhooks(api: ApiSettings): WebhookReceiver {
  return {
    open: ({ body, account }) => {
      const id = new URLSearchParams(body.toString("utf8")).get("id") ?? "";
      if (!ID.test(id)) {
        throw new AppError("INVALID_INPUT", "the body is not a message of Mollie's: send the form id=tr_…");
      }
      return [{ account: accountNamed(account, api.accounts), key: id, rereads: true, payload: { id } }];
    },
    read: (notice) => readPayment(api, notice),
  };
}

const ID = /^[a-z]{2,6}_[A-Za-z0-9]{4,40}$/;

async function readPayment(api: ApiSettings, { id, key, account }: StoredNotice): Promise<readonly Finding[]> {
  if (!key.startsWith("tr_")) {
    return [{ kind: "skipped", reason: `${key.split("_", 1)[0]}_: its payments are told one by one` }];
  }
  const { url, timeoutMs, backoffMs } = api;
  for (const each of keysFor(account, api.accounts)) {
    const authorization = `Bearer ${each.key}`;
    const options = { provider: "Mollie", url, authorization, timeoutMs, backoffMs };
    const { status, value } = await restGet(options, `/payments/${key}?embed=refunds,chargebacks`, id);
    if (status === 404) continue;
    const payment = MolliePayment.safeParse(value);
    if (status !== 200 || !payment.success || payment.data.id !== key) {
      throw new AppError("PROVIDER_UNAVAILABLE", `Mollie answered ${status} with something else than payment ${key}`);
    }
    return eventsOfPayment(payment.data, each.account).map((read) => findingOf(read));
  }
  return [{ kind: "unclear", problem: `Mollie knows no payment ${key} of ours; check the account's key` }];
}
