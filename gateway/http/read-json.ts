import type { IncomingMessage } from "node:http";
import { MIMEType } from "node:util";
import { AppError } from "../../subgraphs/shared/errors.ts";

export type BodyLimits = { readonly maxBytes: number; readonly timeoutMs: number };

/**
 * Reads a JSON body, plain UTF-8 only: what a proxy and we would decode differently cannot be checked by either.
 * @throws AppError UNSUPPORTED_MEDIA_TYPE, TOO_LARGE, REQUEST_TIMEOUT or INVALID_INPUT
 */
export async function readJson(request: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  if (!isPlainJson(request)) {
    throw new AppError("UNSUPPORTED_MEDIA_TYPE", "This path reads uncompressed application/json in UTF-8 only.");
  }
  const body = parseJson(await readBytes(request, limits));
  if (typeof body === "object" && body !== null && Object.hasOwn(body, "__proto__")) {
    throw new AppError("INVALID_INPUT", "The body has a member `__proto__`, which nothing here reads: leave it out.");
  }
  return body;
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(UTF_8.decode(bytes));
  } catch (cause) {
    throw new AppError("INVALID_INPUT", "The body is not JSON: correct it and send it again.", { cause });
  }
}

function isPlainJson({ headers }: IncomingMessage): boolean {
  if ((headers["content-encoding"] ?? "identity") !== "identity") return false;
  if (headers["content-type"] === "application/json") return true;
  const type = contentType(headers["content-type"]);
  const charset = type?.params.get("charset")?.toLowerCase() ?? "utf-8";
  return type?.essence === "application/json" && charset === "utf-8";
}

/** The parsed value of a Content-Type header; undefined when it is absent or malformed. */
export function contentType(header: string | undefined): MIMEType | undefined {
  try {
    return header === undefined ? undefined : new MIMEType(header);
  } catch {
    return undefined;
  }
}

/** Reads a body as it is. @throws AppError TOO_LARGE, REQUEST_TIMEOUT or INVALID_INPUT */
export function readBytes(request: IncomingMessage, { maxBytes, timeoutMs }: BodyLimits): Promise<Buffer> {
  const tooLarge = () => new AppError("TOO_LARGE", `The body is larger than ${maxBytes} bytes: send less.`);
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => {
      stop(new AppError("REQUEST_TIMEOUT", `The body took longer than ${timeoutMs} ms: send it without pauses.`));
    }, timeoutMs);
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) return stop(tooLarge());
      chunks.push(chunk);
    };
    function stop(error: Error): void {
      clearTimeout(timer);
      request.off("data", take);
      reject(error);
    }
    request.on("data", take);
    request.once("end", () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks, size));
    });
    request.once("error", (cause) => stop(new AppError("INVALID_INPUT", "The body was cut off.", { cause })));
  });
}
