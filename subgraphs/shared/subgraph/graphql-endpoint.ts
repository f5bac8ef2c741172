import type { IncomingMessage, ServerResponse } from "node:http";
import { type ApolloServer, HeaderMap } from "@apollo/server";
import type { ErrorCode } from "../errors.ts";
import {
  bodyDigest,
  CALL_SIGNATURE_HEADER,
  type CallVerifier,
  CLIENT_ADDRESS_HEADER,
} from "../identity/call-signature.ts";
import type { InProcessCaller } from "./call-in-process.ts";
import { DEADLINE_HEADER } from "./deadline.ts";
import { answerEvents, wantsEvents } from "./event-stream.ts";

/** What Apollo Server carries from the request to the execution. */
export type GraphqlCall = {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
};

export type GraphqlEndpoint = {
  readonly apollo: ApolloServer<GraphqlCall>;
  /** Runs subscriptions, which Apollo Server does not serve over HTTP. */
  readonly caller: InProcessCaller;
  /** Without one, calls are taken from anyone. */
  readonly verifyCall: CallVerifier | undefined;
};

/**
 * Answers POST /graphql. A caller that hangs up aborts what it asked for.
 * @throws AppError UNAUTHENTICATED when the call is not signed, before its body is parsed
 */
export async function answerGraphql(
  { apollo, caller, verifyCall }: GraphqlEndpoint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const signature = verifyCall?.(headerOf(request, CALL_SIGNATURE_HEADER));
  const raw = await readBody(request);
  const clientAddress = headerOf(request, CLIENT_ADDRESS_HEADER);
  if (raw !== TOO_LARGE) {
    signature?.confirm({ content: bodyDigest(raw), authorization: request.headers.authorization, clientAddress });
  }
  const body = raw === TOO_LARGE ? raw : parseJson(raw);
  if (body === TOO_LARGE) return sendJson(response, 413, refusal("INVALID_INPUT", "The body is larger than 4 MiB."));
  if (body === NOT_JSON) return sendJson(response, 400, refusal("INVALID_INPUT", "The body is not JSON."));
  const aborted = new AbortController();
  response.once("close", () => aborted.abort());
  const call: GraphqlCall = {
    headers: {
      authorization: request.headers.authorization,
      "x-request-id": headerOf(request, "x-request-id"),
      [DEADLINE_HEADER]: headerOf(request, DEADLINE_HEADER),
      // Without a signature anyone may have written it.
      [CLIENT_ADDRESS_HEADER]: signature && clientAddress,
    },
    signal: aborted.signal,
  };
  if (wantsEvents(request.headers.accept)) return answerEvents(caller, body, call, response);
  const {
    status,
    headers,
    body: answer,
  } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: "POST", headers: headerMap(request), body, search: "" },
    context: async () => call,
  });
  response.statusCode = status ?? 200;
  for (const [name, value] of headers) response.setHeader(name, value);
  if (answer.kind === "complete") response.end(answer.string);
  else response.destroy(new Error("a subgraph gave an incremental answer"));
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.end(JSON.stringify(body));
}

/** `_entities` of a whole export page fits; the gateway sends no larger call. */
const LARGEST_BODY = 4 * 1024 * 1024;
const TOO_LARGE = Symbol("too large");
const NOT_JSON = Symbol("not JSON");

async function readBody(request: IncomingMessage): Promise<Buffer | typeof TOO_LARGE> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read to the end even so: an answer to a half-read request would reach the caller as a broken connection.
    if (size <= LARGEST_BODY) chunks.push(chunk);
  }
  return size > LARGEST_BODY ? TOO_LARGE : Buffer.concat(chunks);
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString()) as unknown;
  } catch {
    return NOT_JSON;
  }
}

export function refusal(code: ErrorCode, message: string) {
  return { errors: [{ message, extensions: { code } }] };
}

function headerMap(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const name of Object.keys(request.headers)) headers.set(name, headerOf(request, name) ?? "");
  return headers;
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}
