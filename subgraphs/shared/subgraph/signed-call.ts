import type { IncomingMessage, ServerResponse } from "node:http";
import { type AppError, ERRORS } from "../errors.ts";
import {
  CALL_SIGNATURE_HEADER,
  type CallVerifier,
  CLIENT_ADDRESS_HEADER,
  streamDigest,
} from "../identity/call-signature.ts";
import type { Log } from "../log.ts";
import { refusal, sendJson } from "./graphql-endpoint.ts";

/** Checks a call whose body is passed on while it arrives. @throws AppError UNAUTHENTICATED before a byte is read */
export function verifyStream(verifyCall: CallVerifier, request: IncomingMessage): void {
  const content = streamDigest({
    path: request.url ?? "/",
    length: only(request, "content-length"),
    fileName: only(request, "x-file-name"),
    merchantId: only(request, "x-upload-merchant"),
  });
  const signature = verifyCall(only(request, CALL_SIGNATURE_HEADER));
  const clientAddress = only(request, CLIENT_ADDRESS_HEADER);
  signature.confirm({ content, authorization: request.headers.authorization, clientAddress });
}

/** Answers a call that was not taken. Why it was not is for the log: the caller learns only that it is not the gateway. */
export async function refuseCall(
  error: AppError,
  request: IncomingMessage,
  response: ServerResponse,
  log: Log,
): Promise<void> {
  const { code, message } = error;
  const { status } = ERRORS[code];
  log.warn({ code, reason: message, path: request.url, from: request.socket.remoteAddress }, "a call was refused");
  if (status === 401) response.setHeader("www-authenticate", "Gateway-Signature");
  await discardBody(request, response);
  sendJson(response, status, refusal(code, status === 401 ? NOT_THE_GATEWAY : ERRORS[code].message));
}

const NOT_THE_GATEWAY = "Calls are taken from the gateway only: send yours to the gateway.";

/** What a sender may still be sending when it is refused; with more, the connection ends after the answer. */
const MOST_DISCARDED = 4 * 1024 * 1024;

/** An answer to a half-read request can reach the caller as a broken connection. */
async function discardBody(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.complete && request.readableEnded) return;
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_DISCARDED) continue;
    response.setHeader("connection", "close");
    return;
  }
}

function only(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}
