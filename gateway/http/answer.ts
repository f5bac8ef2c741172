import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import type { ErrorCode } from "../../subgraphs/shared/errors.ts";
import { ERRORS } from "../../subgraphs/shared/errors.ts";
import { compressorFor } from "./compress.ts";

export type Headers = Readonly<Record<string, string>>;

/** On every answer: nothing is kept by a cache, guessed at by a browser or shown in a frame. */
const ALWAYS: Headers = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Sends a whole answer, compressed where that is worth it, unless the client has left or has been answered. `headers` may replace the usual ones. */
export function answer(response: ServerResponse, status: number, body: string | Buffer, headers: Headers): void {
  if (response.destroyed || response.headersSent) return;
  const bytes = Buffer.byteLength(body);
  const compressor = compressorFor(response.req, bytes);
  response.appendHeader("vary", "Accept-Encoding");
  if (compressor) {
    response.writeHead(status, { ...ALWAYS, ...headers, "content-encoding": compressor.encoding });
    // A client that leaves takes the compressor along; there is nobody left to tell.
    pipeline(compressor.stream, response, () => undefined);
    compressor.stream.end(body);
  } else {
    response.writeHead(status, { ...ALWAYS, ...headers, "content-length": bytes }).end(body);
  }
  if (!response.req.complete) lingerOverRest(response);
}

/** Sends the head of an answer that is written piece by piece, which proxies are told not to hold back. */
export function beginStream(response: ServerResponse, contentType: string): void {
  response.writeHead(200, { ...ALWAYS, "content-type": contentType, "x-accel-buffering": "no" }).flushHeaders();
}

export function answerJson(response: ServerResponse, status: number, body: unknown, headers?: Headers): void {
  answer(response, status, JSON.stringify(body), { "content-type": "application/json; charset=utf-8", ...headers });
}

/** A refusal has the shape of a GraphQL error on every path, so that a client needs one reader of errors. */
export function answerError(
  response: ServerResponse,
  error: { readonly code: ErrorCode; readonly message: string; readonly errorId?: string },
  headers?: Headers,
): void {
  const { code, message, errorId } = error;
  const extensions = { code, ...(errorId === undefined ? {} : { errorId }) };
  answerJson(response, ERRORS[code].status, { errors: [{ message, extensions }] }, headers);
}

const LINGER_MS = 2_000;

/** A socket that is closed while the client still sends can lose the answer; one that stays open is read for ever. */
function lingerOverRest({ req: request }: ServerResponse): void {
  const { socket } = request.resume();
  setTimeout(() => request.complete || socket.destroy(), LINGER_MS).unref();
}
