import type { SignCall } from "../gateway/calls/subgraph-client.ts";
import type { Config } from "../subgraphs/shared/config.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { bodyDigest, type CallKey, signCall } from "../subgraphs/shared/identity/call-signature.ts";
import type { Log } from "../subgraphs/shared/log.ts";

/** The first signs, all of them verify. */
export type CallKeys = readonly [CallKey, ...CallKey[]];

/**
 * What the gateway signs its calls with and subgraphs behind HTTP verify them with; undefined where the operator has
 * said that calls go unsigned. @throws AppError BAD_CONFIGURATION when nothing was said
 */
export function openCallKeys({ gatewayKeys, unsignedCalls }: Config, log: Log): CallKeys | undefined {
  const [first, ...others] = gatewayKeys ?? [];
  if (first) return [first, ...others];
  if (!unsignedCalls) {
    throw new AppError(
      "BAD_CONFIGURATION",
      "subgraphs behind HTTP take signed calls only: set CONCORD_GATEWAY_KEYS to id:secret, the same for the gateway " +
        "and every subgraph, or CONCORD_UNSIGNED_CALLS=on where nobody else reaches their ports",
    );
  }
  log.warn(
    { setting: "CONCORD_UNSIGNED_CALLS" },
    "CALLS ARE NOT SIGNED: whoever reaches a subgraph's port with any user's token may call it in place of the gateway",
  );
  return undefined;
}

/** Signs with the first key. */
export function callSigner([key]: CallKeys): SignCall {
  return ({ body, ...call }) => signCall(key, { ...call, content: bodyDigest(body) });
}
