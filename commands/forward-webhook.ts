import type { ReceiveWebhook } from "../gateway/webhooks/webhooks-endpoint.ts";
import { CALL_SIGNATURE_HEADER, signCall, streamDigest } from "../subgraphs/shared/identity/call-signature.ts";
import { isMachineKey } from "../subgraphs/shared/identity/machine-keys.ts";
import type { CallKeys } from "./call-keys.ts";
import { passOn, unavailable } from "./pass-on.ts";

/** Headers that providers put their proof in; nothing else of theirs is passed on. */
const PASSED_ON = ["content-type", "stripe-signature"];

/**
 * Passes a webhook on to POST /webhooks of the reconciliation subgraph, byte for byte: the provider's proof is checked
 * there. @throws AppError SUBGRAPH_UNAVAILABLE
 */
export function forwardWebhook(reconciliationUrl: string, keys: CallKeys | undefined): ReceiveWebhook {
  return async (provider, { body, headers, account }) => {
    const url = new URL("/webhooks", reconciliationUrl);
    url.searchParams.set("provider", provider);
    if (account !== undefined) url.searchParams.set("account", account);
    const head = {
      path: url.pathname + url.search,
      length: `${body.byteLength}`,
      fileName: undefined,
      merchantId: undefined,
    };
    const authorization = isMachineKey(headers["authorization"]) ? headers["authorization"] : undefined;
    const call = { subgraph: "reconciliation", content: streamDigest(head), authorization };
    const passedOn = PASSED_ON.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]));
    const response = await passOn("reconciliation", url, {
      method: "POST",
      headers: {
        ...Object.fromEntries(passedOn),
        ...(authorization !== undefined && { authorization }),
        ...(keys && { [CALL_SIGNATURE_HEADER]: signCall(keys[0], call) }),
      },
      body,
    });
    if (response.status >= 500) throw unavailable(new Error(`it answered ${response.status}`));
    const isText = response.headers.get("content-type")?.startsWith("text/plain") === true;
    if (isText) return { status: response.status, text: await response.text() };
    return { status: response.status, body: await response.json() };
  };
}
