import { createHmac, randomBytes } from "node:crypto";
import { Agent, request } from "undici";
import { addressIn, isPublicAddress, publicLookup } from "./public-address.ts";

export type Attempt = {
  readonly isDelivered: boolean;
  readonly status: number | null;
  readonly problem: string | null;
};
export type Sender = {
  readonly send: (notice: SignedNotice) => Promise<Attempt>;
  readonly close: () => Promise<void>;
};
export type SignedNotice = {
  readonly url: string;
  readonly secret: string;
  readonly id: string;
  readonly body: string;
};

/** A secret as it is shown once: what comes after the prefix is the key in base64. */
export const newSecret = (): string => `${SECRET_PREFIX}${randomBytes(32).toString("base64")}`;

/** By the Standard Webhooks specification: HMAC-SHA256 over `id.timestamp.body`. */
export function signatureOf({ secret, id, body }: Omit<SignedNotice, "url">, seconds: number): string {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64")}`;
}

/** Sends notices; `allowPrivate` lets them go anywhere, for tests and for merchants inside the same network. */
export function createSender({ allowPrivate }: { readonly allowPrivate: boolean }): Sender {
  const agent = new Agent({
    connect: { timeout: TIMEOUT_MS, ...(!allowPrivate && { lookup: publicLookup as never }) },
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  return { send: (notice) => send(notice, agent, allowPrivate), close: () => agent.destroy() };
}

async function send(notice: SignedNotice, dispatcher: Agent, allowPrivate: boolean): Promise<Attempt> {
  const problem = urlProblem(notice.url, allowPrivate);
  if (problem !== null) return { isDelivered: false, status: null, problem };
  const seconds = Math.floor(Date.now() / 1_000);
  try {
    // Redirects are not followed: where they lead nobody has agreed to.
    const { statusCode, body } = await request(notice.url, {
      dispatcher,
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "concord-webhooks",
        "webhook-id": notice.id,
        "webhook-timestamp": `${seconds}`,
        "webhook-signature": signatureOf(notice, seconds),
      },
      body: notice.body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // What it says beside its status nobody reads; left unread it would hold the connection.
    await body.dump({ limit: 4_096 }).catch(() => undefined);
    const isDelivered = statusCode >= 200 && statusCode < 300;
    return { isDelivered, status: statusCode, problem: isDelivered ? null : `it answered ${statusCode}` };
  } catch (error) {
    return { isDelivered: false, status: null, problem: (error as Error).message.slice(0, 200) || "no answer" };
  }
}

/** Why nothing is sent to this address; null where it may be. */
export function urlProblem(text: string, allowPrivate: boolean): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || text.length > 2_000) return "it is not a URL of at most 2,000 characters";
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:"))
    return "it does not begin with https://";
  if (url.username || url.password) return "it holds a name or a password, which would be kept: leave them out";
  if (allowPrivate) return null;
  const address = addressIn(url);
  if (address === null ? !url.hostname.includes(".") : !isPublicAddress(address)) {
    return "it is not an address of the open internet";
  }
  return null;
}

const SECRET_PREFIX = "whsec_";
const TIMEOUT_MS = 10_000;
