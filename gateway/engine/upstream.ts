import { StringDecoder } from "node:string_decoder";
import { createEventReader } from "./event-reader.ts";
import { POST_HEADERS } from "./post-headers.ts";
import { readBody } from "./read-body.ts";
import type { HttpSubgraph, SubgraphCaller, SubgraphRequest } from "./subgraph.ts";

/** Takes one event, as the subgraph sent it, with about its size. */
export type Deliver = (answer: unknown, bytes: number) => void;

export type UpstreamOptions = {
  readonly headers: Readonly<Record<string, string>>;
  /** Aborting it closes the connection to the subgraph. */
  readonly signal: AbortSignal;
  /** Most bytes of one event. */
  readonly maxAnswerBytes: number;
  readonly deliver: Deliver;
};

/** Reads the events of a subgraph in this process. Ends when they end, or at once when aborted. */
export async function followInProcess(
  subscribe: NonNullable<SubgraphCaller["subscribe"]>,
  request: SubgraphRequest,
  { headers, signal, deliver }: UpstreamOptions,
): Promise<void> {
  const events = (await subscribe({ ...request, headers: { ...headers }, signal }))[Symbol.asyncIterator]();
  // Some iterators answer `return` only after the next event: nobody waits for them.
  const stop = () => void Promise.resolve(events.return?.()).catch(() => {});
  signal.addEventListener("abort", stop, { once: true });
  for (;;) {
    const next = await events.next();
    if (next.done || signal.aborted) break;
    deliver(next.value, 0);
  }
  signal.removeEventListener("abort", stop);
}

/** Reads the events of a subgraph behind HTTP: one connection for one subscription, as graphql-sse calls distinct. */
export async function followOverHttp(
  subgraph: HttpSubgraph,
  body: string,
  { headers, signal, maxAnswerBytes, deliver }: UpstreamOptions,
): Promise<void> {
  const response = await subgraph.fetch(subgraph.url, {
    method: "POST",
    headers: { ...headers, ...POST_HEADERS, accept: "text/event-stream, application/graphql-response+json" },
    body,
    signal,
  });
  const contentType = response.headers?.get("content-type") ?? "text/event-stream";
  if (!contentType.startsWith("text/event-stream") || !response.body || response.status >= 300) {
    deliver(await refusal(response, maxAnswerBytes), 0);
    return;
  }
  const decoder = new StringDecoder("utf8");
  const read = createEventReader(maxAnswerBytes);
  for await (const piece of response.body) {
    for (const { name, data } of read(decoder.write(Buffer.from(piece)))) {
      if (name === "complete") return;
      if (name === "next") deliver(JSON.parse(data), data.length);
    }
  }
  throw new Error("the stream of events ended without saying that it is complete");
}

/** A subgraph that refuses a subscription answers with errors in one piece. @throws when that is no GraphQL answer */
async function refusal(response: Parameters<typeof readBody>[0], maxBytes: number): Promise<unknown> {
  const text = await readBody(response, maxBytes);
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === "object" && answer !== null && "errors" in answer) return answer;
  } catch {
    // What is no JSON is refused below.
  }
  throw new Error(`status ${response.status} and a body of ${text.length} characters that is no stream of events`);
}
