import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";
import { constants, createBrotliCompress, createGzip } from "node:zlib";
import Negotiator from "negotiator";

/** Shorter answers fit in one packet as they are. */
const LEAST_BYTES = 1_024;

type Compressor = { readonly encoding: "br" | "gzip"; readonly stream: Transform };

/** What to send a body of this size through, if the client can read it compressed. */
export function compressorFor(request: IncomingMessage, bytes: number): Compressor | undefined {
  if (bytes <= LEAST_BYTES || request.method === "HEAD" || !request.headers["accept-encoding"]) return undefined;
  const readable = new Negotiator(request).encodings(["br", "gzip"]);
  // Of each, a quality that costs little: an answer is compressed once and read once.
  if (readable.includes("br")) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: bytes };
    return { encoding: "br", stream: createBrotliCompress({ params }) };
  }
  return readable.includes("gzip") ? { encoding: "gzip", stream: createGzip({ level: 6 }) } : undefined;
}
