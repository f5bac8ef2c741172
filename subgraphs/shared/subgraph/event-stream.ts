import type { ServerResponse } from "node:http";
import { z } from "zod";
import type { InProcessCaller } from "./call-in-process.ts";
import type { Answer } from "./execute-operation.ts";

/** A subscription as it is sent: one operation for one connection, as graphql-sse calls distinct. */
const Body = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/** True for a caller that waits for more than one answer. */
export function wantsEvents(accept: string | undefined): boolean {
  return accept?.includes("text/event-stream") ?? false;
}

/**
 * Answers a subscription as server-sent events: `next` for each answer, `complete` at the end, a comment now and then so
 * that nobody in between takes the connection for dead. A caller that reads slowly is waited for.
 */
export async function answerEvents(
  caller: InProcessCaller,
  body: unknown,
  call: { readonly headers: Readonly<Record<string, string | undefined>>; readonly signal: AbortSignal },
  response: ServerResponse,
): Promise<void> {
  const request = Body.safeParse(body);
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
  response.flushHeaders();
  const heartbeat = setInterval(() => response.write(":\n\n"), HEARTBEAT_MS);
  try {
    for await (const answer of request.success ? caller.subscribe(requestOf(request.data, call)) : NO_OPERATION) {
      if (!response.write(`event: next\ndata: ${JSON.stringify(answer)}\n\n`)) await drained(response, call.signal);
      if (call.signal.aborted) return;
    }
    response.end("event: complete\ndata:\n\n");
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

function requestOf(
  { query, operationName, variables }: z.output<typeof Body>,
  call: { readonly headers: Readonly<Record<string, string | undefined>>; readonly signal: AbortSignal },
) {
  return { query, operationName: operationName ?? undefined, variables: variables ?? {}, ...call };
}

/** Until there is room again, or the caller is gone. */
function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    response.once("drain", done);
    signal.addEventListener("abort", done);
  });
}

const NO_OPERATION: readonly Answer[] = [
  { errors: [{ message: "The body holds no operation.", extensions: { code: "INVALID_INPUT" } }] },
];
const HEARTBEAT_MS = 15_000;
