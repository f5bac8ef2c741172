import { StringDecoder } from "node:string_decoder";
import { AnswerTooLarge } from "./errors.ts";

/** The part of the standard `Response` that the engine reads. Without a body only the finished text can be measured. */
export type SubgraphResponse = {
  readonly status: number;
  readonly headers?: { get(name: string): string | null };
  readonly body?: AsyncIterable<Uint8Array> | null;
  text(): Promise<string>;
};

/** Told of every piece as it arrives; it throws where one too many has come. */
type Meter = (bytes: number) => void;

/** Up to here a declared length is believed and the body is read in one go. */
const FAST_BYTES = 1024 * 1024;

/** Lets `maxBytes` pass, each piece told to `outer` as well. */
function createMeter(maxBytes: number, outer?: Meter): Meter {
  let total = 0;
  return (bytes) => {
    total += bytes;
    if (total > maxBytes) throw new AnswerTooLarge(`answered with more than ${maxBytes} bytes`);
    outer?.(bytes);
  };
}

/** Reads a whole body, and stops reading where the meter throws, which closes the connection. @throws AnswerTooLarge */
export async function readBody(response: SubgraphResponse, maxBytes: number, outer?: Meter): Promise<string> {
  const { body } = response;
  const meter = createMeter(maxBytes, outer);
  const length = plainLength(response);
  if (length !== undefined && length <= FAST_BYTES && length <= maxBytes) {
    meter(length);
    return response.text();
  }
  if (!body) {
    const text = await response.text();
    meter(Buffer.byteLength(text));
    return text;
  }
  const decoder = new StringDecoder("utf8");
  let text = "";
  for await (const piece of body) {
    meter(piece.byteLength);
    text += decoder.write(piece);
  }
  return text + decoder.end();
}

/** The length as the server declares it, which the HTTP client enforces; of no use where the body is compressed. */
function plainLength({ headers }: SubgraphResponse): number | undefined {
  const declared = headers?.get("content-length");
  if (!declared || headers?.get("content-encoding")) return undefined;
  const length = Number(declared);
  return Number.isSafeInteger(length) ? length : undefined;
}
