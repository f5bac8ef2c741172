import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { SendExport } from "../gateway/files/exports-endpoint.ts";
import { AppError, ERRORS, type ErrorCode } from "../subgraphs/shared/errors.ts";
import {
  CALL_SIGNATURE_HEADER,
  CLIENT_ADDRESS_HEADER,
  signCall,
  streamDigest,
} from "../subgraphs/shared/identity/call-signature.ts";
import type { CallKeys } from "./call-keys.ts";
import { passOn, unavailable } from "./pass-on.ts";

/**
 * Fetches an export, or a closing, from GET /exports or /closings of the transactions subgraph and passes it on while it arrives.
 * @throws AppError what the subgraph refused with, or SUBGRAPH_UNAVAILABLE
 */
export function forwardDownload(
  transactionsUrl: string,
  keys: CallKeys | undefined,
  path: "/exports" | "/closings",
): SendExport {
  return async ({ id, method, headers }) => {
    const url = new URL(path, transactionsUrl);
    url.searchParams.set("id", id);
    const head = { path: url.pathname + url.search, length: undefined, fileName: undefined, merchantId: undefined };
    const { authorization, [CLIENT_ADDRESS_HEADER]: clientAddress } = headers;
    const call = { subgraph: "transactions", content: streamDigest(head), authorization, clientAddress };
    const response = await passOn("transactions", url, {
      method,
      headers: {
        ...headers,
        // What is asked for in bytes must come as those bytes.
        "accept-encoding": "identity",
        ...(keys && { [CALL_SIGNATURE_HEADER]: signCall(keys[0], call) }),
      },
    });
    if (response.status >= 400 && response.status !== 416) throw await refusalOf(response);
    const kept = KEPT.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    const body = response.body && method === "GET" ? Readable.fromWeb(response.body as ReadableStream) : undefined;
    return { status: response.status, headers: Object.fromEntries(kept), ...(body && { body }) };
  };
}

const KEPT = ["content-type", "content-disposition", "content-length", "content-range", "accept-ranges", "etag"];

async function refusalOf(response: Response): Promise<AppError> {
  const body = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
  const { code = "", message = "" } = body.error ?? {};
  if (response.status >= 500 || !(code in ERRORS)) return unavailable(new Error(`it answered ${response.status}`));
  return new AppError(code as ErrorCode, message);
}
