import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { parseJson } from "../readers/json.ts";

export type RestClientOptions = {
  readonly provider: string;
  /** Without a slash at its end. */
  readonly url: string;
  /** The whole `authorization` header of an account. */
  readonly authorization: string;
  /** How long one call may take; 10 s unless told. */
  readonly timeoutMs?: number | undefined;
  /** The first pause before a call is made again, doubled each time and jittered; 500 ms unless told. */
  readonly backoffMs?: number | undefined;
};

const MOST_CALLS = 4;
const LONGEST_PAUSE_MS = 20_000;
const MOST_BYTES = 1024 * 1024;

/** An answer's status and its JSON with numbers as their digits; undefined where the body is no JSON. */
export type RestAnswer = { readonly status: number; readonly value: unknown };

/**
 * Reads from a provider's API. A call that is refused for now (429, 5xx), takes too long or does not come through is made
 * again, at most four times, each with the same `Idempotency-Reference`; other answers are the caller's to judge.
 * @throws AppError PROVIDER_UNAVAILABLE when the last call went no better, or the key is refused
 */
export async function restGet(options: RestClientOptions, path: string, idempotency: string): Promise<RestAnswer> {
  for (let call = 1; ; call += 1) {
    const answer = await once(options, path, idempotency);
    if (!("retryAfterMs" in answer)) return answer;
    if (call === MOST_CALLS) throw unavailable(options, answer.why, answer.cause);
    const pause = (options.backoffMs ?? 500) * 2 ** (call - 1) * (0.5 + Math.random());
    await delay(Math.min(Math.max(answer.retryAfterMs, pause), LONGEST_PAUSE_MS));
  }
}

type Again = { readonly retryAfterMs: number; readonly why: string; readonly cause?: unknown };

async function once(options: RestClientOptions, path: string, idempotency: string): Promise<RestAnswer | Again> {
  const { url, authorization, timeoutMs = 10_000 } = options;
  try {
    const response = await fetch(url + path, {
      headers: { authorization, accept: "application/json", "idempotency-reference": idempotency },
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { status } = response;
    if (status === 429 || status >= 500) {
      await response.body?.cancel();
      return {
        retryAfterMs: Number(response.headers.get("retry-after") ?? 0) * 1_000 || 0,
        why: `it answered ${status}`,
      };
    }
    if (status === 401 || status === 403) throw unavailable(options, `it refuses our key with ${status}`);
    return { status, value: jsonOf(await textOf(response)) };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    return { retryAfterMs: 0, why: "it did not answer in time or could not be reached", cause };
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error(`the answer is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function unavailable({ provider }: RestClientOptions, why: string, cause?: unknown): AppError {
  return new AppError("PROVIDER_UNAVAILABLE", `${provider} could not be asked: ${why}; it is asked again later`, {
    cause,
  });
}
