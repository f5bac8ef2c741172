import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { meaningOf } from "../ccv-pay/event.ts";
import { CcvTransaction } from "../ccv-pay/transaction.ts";
import { restGet } from "../clients/rest-client.ts";
import { type AccountKey, type ApiSettings, accountNamed, keysFor } from "./account-keys.ts";
import { findingOf } from "./finding.ts";
import type { Finding, StoredNotice, WebhookReceiver } from "./webhook.ts";

/**
 * CCV's webhook: `{"id":"<reference>"}` and nothing more, unsigned. What it says is only that something changed; the
 * transaction is read from CCV's Payment API, so that nobody can make us believe anything by calling this address.
 */
export function ccvPayWebhooks(api: ApiSettings): WebhookReceiver {
  return {
    open: ({ body, account }) => {
      const { id } = messageOf(body);
      return [{ account: accountNamed(account, api.accounts), key: id, rereads: true, payload: { id } }];
    },
    read: (notice) => readTransaction(api, notice),
  };
}

const Message = z.object({ id: z.string().regex(/^[\w.-]{3,64}$/) });

function messageOf(body: Buffer): z.infer<typeof Message> {
  try {
    return Message.parse(JSON.parse(body.toString("utf8")));
  } catch (cause) {
    throw new AppError("INVALID_INPUT", 'the body is not a message of CCV\'s: send {"id":"<transaction reference>"}', {
      cause,
    });
  }
}

async function readTransaction(api: ApiSettings, notice: StoredNotice): Promise<readonly Finding[]> {
  for (const key of keysFor(notice.account, api.accounts)) {
    const found = await fetchTransaction(api, key, notice.key, notice.id);
    if (!found) continue;
    const child = childOf(found);
    const payment = child && (await fetchTransaction(api, key, child, notice.id));
    return [found, ...(payment ? [payment] : [])].map((value) =>
      findingOf(() => meaningOf(CcvTransaction.parse({ ...value, account: key.account }))),
    );
  }
  return [{ kind: "unclear", problem: `CCV knows no transaction ${notice.key} of ours; check the account's key` }];
}

type Fields = Readonly<Record<string, unknown>>;

/** Undefined where CCV does not know the reference. */
async function fetchTransaction(
  api: ApiSettings,
  { key }: AccountKey,
  reference: string,
  notice: string,
): Promise<Fields | undefined> {
  const authorization = `Basic ${Buffer.from(`${key}:`).toString("base64")}`;
  const { url, timeoutMs, backoffMs } = api;
  const path = `/transaction?reference=${encodeURIComponent(reference)}`;
  const { status, value } = await restGet({ provider: "CCV", url, authorization, timeoutMs, backoffMs }, path, notice);
  if (status === 404 || isUnknown(value)) return undefined;
  if (status === 200 && isTransaction(value, reference)) return value;
  throw new AppError(
    "PROVIDER_UNAVAILABLE",
    `CCV answered ${status} with something else than transaction ${reference}`,
  );
}

function isUnknown(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).includes("unknown_reference");
}

function isTransaction(value: unknown, reference: string): value is Fields {
  return typeof value === "object" && value !== null && "reference" in value && value.reference === reference;
}

/** The payment that a landing page led to. */
function childOf({ childReferenceId }: Fields): string | undefined {
  return typeof childReferenceId === "string" && childReferenceId !== "" ? childReferenceId : undefined;
}
