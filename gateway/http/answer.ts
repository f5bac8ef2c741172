import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { maskCards } from "../../subgraphs/shared/card-detector.ts";
import type { ErrorCode } from "../../subgraphs/shared/errors.ts";
import { ERRORS } from "../../subgraphs/shared/errors.ts";
import { compressorFor } from "./compress.ts";

export type Headers = Readonly<Record<string, string>>;

/** Sends a whole answer, compressed where that is worth it, unless the client has left or has been answered. `headers` may replace the usual ones. */
export function answer(response: ServerResponse, status: number, body: string | Buffer, headers: Headers): void {
  if (response.destroyed || response.headersSent) return;
  const bytes = Buffer.byteLength(body);
  const compressor = compressorFor(response.req, bytes);
  response.appendHeader("vary", "Accept-Encoding");
  if (compressor) {
    response.writeHead(status, { ...headers, "content-encoding": compressor.encoding });
    // A client that leaves takes the compressor along; there is nobody left to tell.
    pipeline(compressor.stream, response, () => undefined);
    compressor.stream.end(body);
  } else {
    response.writeHead(status, { ...headers, "content-length": bytes }).end(body);
  }
  if (!response.req.complete) lingerOverRest(response);
}

/** Sends the head of an answer that is written piece by piece, which proxies are told not to hold back. */
export function beginStream(response: ServerResponse, contentType: string): void {
  response.writeHead(200, { "content-type": contentType, "x-accel-buffering": "no" }).flushHeaders();
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
  const { code, errorId } = error;
  // It may quote what was sent.
  const message = maskCards(error.message).text;
  const extensions = { code, ...(errorId === undefined ? {} : { errorId }) };
  answerJson(response, ERRORS[code].status, { errors: [{ message, extensions }] }, headers);
}

const LINGER_MS = 2_000;

/** A socket that is closed while the client still sends can lose the answer; one that stays open is read for ever. */
function lingerOverRest({ req: request }: ServerResponse): void {
  const { socket } = request.resume();
  setTimeout(() => request.complete || socket.destroy(), LINGER_MS).unref();
}
