import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { ExecutionResult, GraphQLError } from "graphql";
import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Log } from "../../subgraphs/shared/log.ts";
import type { Engine } from "../engine/create-engine.ts";
import { beginStream } from "../http/answer.ts";
import type { LimitedContext } from "../limits/limited-engine.ts";
import { createErrorMask, type ErrorMask } from "../mask-errors.ts";
import { maskedResult } from "./masked-result.ts";
import type { OpenStreams } from "./open-streams.ts";

export type EventStreamOptions = {
  readonly engine: Engine;
  readonly streams: OpenStreams;
  /** How often a stream without events shows that it lives. */
  readonly heartbeatMs: number;
};

type StreamRequest = {
  readonly response: ServerResponse;
  readonly log: Log;
  readonly user: { readonly userId: string; readonly token: string };
  /** Its signal is aborted when the client leaves. */
  readonly run: LimitedContext & { readonly signal: AbortSignal };
};

/** The parameters of a request of GraphQL over HTTP; the engine reads the document. */
const OPERATION = z.object({
  query: z.string().min(1),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/**
 * Answers an operation with server-sent events, as graphql-sse's "distinct connections" have it: `next` for each result,
 * then `complete`. Comments keep the connection alive. It is written no faster than the client reads.
 */
export function createEventStream({ engine, streams, heartbeatMs }: EventStreamOptions) {
  return async ({ response, log, user, run }: StreamRequest, body: unknown): Promise<void> => {
    const operation = OPERATION.safeParse(body);
    if (!operation.success) {
      throw new AppError("INVALID_INPUT", "The body needs a text `query`; `variables` are an object: correct it.");
    }
    const end = new AbortController();
    const release = streams.open(user, (error) => end.abort(error));
    beginStream(response, "text/event-stream; charset=utf-8");
    const heartbeat = setInterval(() => response.writableNeedDrain || response.write(":\n\n"), heartbeatMs);
    try {
      const result = await engine.execute({ ...operation.data, context: run });
      await sendAll(resultsUntil(result, end.signal), {
        response,
        signal: run.signal,
        mask: createErrorMask(log),
        log,
      });
      response.end("event: complete\ndata:\n\n");
    } catch (error) {
      if (!run.signal.aborted) throw error;
    } finally {
      clearInterval(heartbeat);
      release();
    }
  };
}

/** The result of a query, which is always finished, or those of a subscription until it is ended with an error. */
async function* resultsUntil(
  result: ExecutionResult | AsyncIterableIterator<ExecutionResult>,
  ended: AbortSignal,
): AsyncGenerator<ExecutionResult> {
  if (!(Symbol.asyncIterator in result)) return yield result;
  ended.addEventListener("abort", () => result.return?.(), { once: true });
  if (!ended.aborted) yield* result;
  else await result.return?.();
  if (ended.aborted) yield { errors: [ended.reason as GraphQLError] };
}

async function sendAll(
  results: AsyncIterable<ExecutionResult>,
  to: { readonly response: ServerResponse; readonly signal: AbortSignal; readonly mask: ErrorMask; readonly log: Log },
): Promise<void> {
  const { response, signal, mask, log } = to;
  for await (const result of results) {
    if (result.data === undefined) {
      const { code, limit } = result.errors?.[0]?.extensions ?? {};
      log.info({ code, limit }, "an operation was refused");
    }
    await send(response, "next", maskedResult(result, mask), signal);
  }
}

async function send(response: ServerResponse, event: string, data: unknown, signal: AbortSignal): Promise<void> {
  // JSON has no line breaks, which is why it is one `data` line.
  const hasRoom = response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  if (!hasRoom) await once(response, "drain", { signal });
}
