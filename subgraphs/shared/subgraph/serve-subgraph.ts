import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import { ApolloServerPluginDrainHttpServer } from "@apollo/server/plugin/drainHttpServer";
import { ApolloServerPluginInlineTrace } from "@apollo/server/plugin/inlineTrace";
import { AppError } from "../errors.ts";
import {
  type CallKey,
  type CallVerifier,
  CLIENT_ADDRESS_HEADER,
  createCallVerifier,
} from "../identity/call-signature.ts";
import { continueTrace } from "../trace.ts";
import { callInProcess, type InProcessCaller, MOST_TOKENS } from "./call-in-process.ts";
import type { Subgraph } from "./define-subgraph.ts";
import type { Answer } from "./execute-operation.ts";
import { answerGraphql, type GraphqlCall, sendJson } from "./graphql-endpoint.ts";
import type { Services } from "./request-context.ts";
import { refuseCall, verifyStream } from "./signed-call.ts";
import type { SubgraphRoute } from "./subgraph-route.ts";

export type ServeOptions = {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly introspection?: boolean;
  /** Answers `apollo-federation-include-trace: ftv1`. Tells every caller the timing and errors of every resolver. */
  readonly traces?: boolean;
  /** Only calls signed with one of these are taken, probes apart. Without them anyone who reaches the port may call. */
  readonly keys?: readonly CallKey[];
  /** Served beside /graphql. */
  readonly routes?: readonly SubgraphRoute[];
};

export type SubgraphServer = {
  readonly url: string;
  /** Takes no new request, lets those under way finish for up to ten seconds, then closes. */
  readonly close: () => Promise<void>;
};

/** Serves one subgraph: POST /graphql, GET /live and /ready, and the routes given. Nothing else answers. */
export async function serveSubgraph(
  subgraph: Subgraph,
  services: Services,
  { host, port, introspection = false, traces = false, routes = [], keys }: ServeOptions,
): Promise<SubgraphServer> {
  const http = createServer({ requestTimeout: 60_000, headersTimeout: 10_000 });
  const apollo = createApollo(subgraph, services, http, { introspection, traces });
  await apollo.start();
  const verifyCall = keys && createCallVerifier({ subgraph: subgraph.name, keys });
  const server = { apollo, caller: callInProcess(subgraph, services), routes, services, verifyCall, isClosing: false };
  const log = services.log.child({ subgraph: subgraph.name });
  http.on("request", (request, response) => {
    route(server, request, response)
      .catch((error: unknown) => {
        if (error instanceof AppError && !response.headersSent) return refuseCall(error, request, response, log);
        throw error;
      })
      .catch((error: unknown) => {
        log.error({ err: error }, "a request failed");
        if (response.headersSent) response.destroy();
        else sendJson(response, 500, {});
      });
  });
  const url = await listen(http, host, port);
  return {
    url,
    close: () => {
      server.isClosing = true;
      return apollo.stop();
    },
  };
}

type Running = {
  readonly apollo: ApolloServer<GraphqlCall>;
  readonly caller: InProcessCaller;
  readonly routes: readonly SubgraphRoute[];
  readonly services: Services;
  readonly verifyCall: CallVerifier | undefined;
  readonly isClosing: boolean;
};

async function route(server: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split("?", 1)[0] ?? "/";
  const at = (method: string, wanted: string) => request.method === method && path === wanted;
  if (at("POST", "/graphql"))
    return continueTrace(traceparentOf(request), () => answerGraphql(server, request, response));
  if (at("GET", "/live")) return sendJson(response, 200, { status: "live" });
  if (at("GET", "/ready")) return answerReady(server, response);
  const own = server.routes.find((candidate) => at(candidate.method, candidate.path));
  if (own) {
    if (server.verifyCall) verifyStream(server.verifyCall, request);
    // Without a signature anyone may have written it.
    else delete request.headers[CLIENT_ADDRESS_HEADER];
    return own.handle(request, response, server.services);
  }
  return sendJson(response, 404, {});
}

type Shown = Required<Pick<ServeOptions, "introspection" | "traces">>;

function createApollo(subgraph: Subgraph, services: Services, http: Server, { introspection, traces }: Shown) {
  return new ApolloServer<GraphqlCall>({
    schema: subgraph.schema,
    introspection,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    // Whoever started this process decides when it stops.
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: MOST_TOKENS },
    plugins: [
      // Otherwise anyone who sends a header gets the timing and the errors of every resolver.
      traces ? ApolloServerPluginInlineTrace() : ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginDrainHttpServer({ httpServer: http, stopGracePeriodMillis: 10_000 }),
      executedHere(subgraph, services),
    ],
  });
}

/** Apollo Server parses and validates; execution is the one that callers in the process get as well. */
function executedHere(subgraph: Subgraph, services: Services): ApolloServerPlugin<GraphqlCall> {
  return {
    requestDidStart: async () => ({
      responseForOperation: async ({ request, document, contextValue, response }) => {
        const singleResult = await subgraph.execute(
          document,
          { operationName: request.operationName, variables: request.variables ?? {}, ...contextValue },
          services,
        );
        if (isRefused(singleResult)) response.http.status = 400;
        return { http: response.http, body: { kind: "single", singleResult } };
      },
    }),
  };
}

/** True when nothing ran, and sending the same again would not help. */
function isRefused({ data, errors = [] }: Answer): boolean {
  return data === undefined && errors.some(({ extensions }) => extensions?.["code"] === "INVALID_INPUT");
}

function traceparentOf({ headers: { traceparent } }: IncomingMessage): string | undefined {
  return typeof traceparent === "string" ? traceparent : undefined;
}

/** Not ready: the database does not answer, or this process is on its way out. */
async function answerReady({ services, isClosing }: Running, response: ServerResponse): Promise<void> {
  const { database, log } = services;
  try {
    if (isClosing) return sendJson(response, 503, { status: "closing" });
    await database.query("select 1");
    return sendJson(response, 200, { status: "ready" });
  } catch (error) {
    log.warn({ err: error }, "not ready: the database does not answer");
    return sendJson(response, 503, { status: "no database" });
  }
}

async function listen(http: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, host, resolve);
  });
  const { port: chosen } = http.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${chosen}`;
}
