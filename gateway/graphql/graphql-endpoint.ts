import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { type ApolloServer, HeaderMap } from "@apollo/server";
import { Cancellation } from "../engine/cancellation.ts";
import type { Engine } from "../engine/create-engine.ts";
import { answer } from "../http/answer.ts";
import type { Identity } from "../http/authenticate.ts";
import { authenticate } from "../http/authenticate.ts";
import { callHeaders } from "../http/call-headers.ts";
import type { BodyLimits } from "../http/read-json.ts";
import { readJson } from "../http/read-json.ts";
import type { Handler } from "../http/router.ts";
import { clientAddress } from "../http/trusted-proxies.ts";
import type { TrustedDocuments } from "../trusted-documents/trusted-documents.ts";
import { withDocument, withDocumentInSearch } from "../trusted-documents/with-document.ts";
import { acceptedBy } from "./accepted.ts";
import { createDocuments } from "./documents.ts";
import type { GraphqlContext } from "./engine-gateway.ts";
import type { createEventStream } from "./event-stream.ts";
import { answerPosted, isPostedOperation } from "./posted-operation.ts";

export type GraphqlEndpointOptions = {
  readonly engine: Engine;
  /** Answers what is not a plain posted operation. */
  readonly apollo: ApolloServer<GraphqlContext>;
  /** Answers those who accept `text/event-stream`. */
  readonly streamEvents: ReturnType<typeof createEventStream>;
  readonly identity: Identity;
  readonly body: BodyLimits;
  /** Most tokens of a document. */
  readonly maxTokens: number;
  /** How long a client's request may take from its arrival; what is left of it is passed to the subgraphs. */
  readonly deadlineMs: number;
  /** Whether a caller may ask what an operation costs, with the header `x-show-cost`, or its plan: `x-concord-explain`. */
  readonly mayExplain: (role: string | undefined) => boolean;
  /** What a `documentId` may name. */
  readonly documents: TrustedDocuments | undefined;
};

/**
 * Answers GraphQL over HTTP: operations posted as JSON, and queries by GET with a header that no page of another origin
 * can send unasked. Subgraphs get the caller's token and our request id, no other header.
 */
export function createGraphqlEndpoint(options: GraphqlEndpointOptions): Handler {
  const { engine, apollo, identity, body, deadlineMs, mayExplain, documents, streamEvents } = options;
  const readDocument = createDocuments(options.maxTokens);
  return async (exchange) => {
    const { request, response, requestId } = exchange;
    const deadline = Date.now() + deadlineMs;
    const { token, ...caller } = await authenticate(request, identity);
    const { method = "GET" } = request;
    const operation = method === "POST" ? withDocument(await readJson(request, body), documents) : undefined;
    const headers = callHeaders({ token, requestId, address: clientAddress(request) });
    const isExplainer = mayExplain(caller.role);
    const showCost = isExplainer && request.headers["x-show-cost"] !== undefined;
    const explain = isExplainer && request.headers["x-concord-explain"] !== undefined;
    const cancellation = untilGone(response);
    const run = { headers, deadline, cancellation, caller, showCost, explain };
    if (method === "POST") {
      const { isStream, contentType } = acceptedBy(request.headers.accept);
      if (isStream) {
        const stream = { response, log: exchange.log, user: { ...caller, token } };
        return streamEvents({ ...stream, run: { ...run, signal: cancellation.signal } }, operation);
      }
      if (contentType !== undefined && isPostedOperation(operation)) {
        const posted = {
          readDocument,
          response,
          contentType,
          run: { ...run, isForText: true },
          log: () => exchange.log,
        };
        return answerPosted(engine, operation, posted);
      }
    }
    const search = `${withDocumentInSearch(exchange.query, documents)}`;
    const { log } = exchange;
    const result = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, search, headers: readHeaders(request.headers), body: operation },
      context: async () => ({ run, log }),
    });
    if (result.body.kind !== "complete") throw new Error("an incremental answer, though @defer is refused");
    answer(response, result.status ?? 200, result.body.string, Object.fromEntries(result.headers));
  };
}

const READ_HEADERS = ["accept", "content-type", "apollo-require-preflight"];

/** The headers Apollo decides by. */
function readHeaders(headers: IncomingHttpHeaders): HeaderMap {
  const read = new HeaderMap();
  for (const name of READ_HEADERS) {
    const value = headers[name];
    if (typeof value === "string") read.set(name, value);
  }
  return read;
}

/** Aborts when the client leaves before it has its answer. */
function untilGone(response: ServerResponse): Cancellation {
  const cancellation = new Cancellation();
  response.once("close", () => {
    if (!response.writableFinished) cancellation.abort();
  });
  return cancellation;
}
