import { onTestFinished } from "vitest";
import type { GatewayOptions } from "../../../gateway/gateway-options.ts";
import type { Gateway } from "../../../gateway/start-gateway.ts";
import { startGateway } from "../../../gateway/start-gateway.ts";
import { AppError } from "../../../subgraphs/shared/errors.ts";
import { createLog } from "../../../subgraphs/shared/log.ts";
import { inProcess, ordersSchemas, ordersSupergraph } from "./orders-graph.ts";

export type TestGateway = Gateway & {
  /** Every line of the log, parsed. */
  readonly lines: readonly Record<string, unknown>[];
  /** Posts an operation as a signed-in user. */
  query(operation: string | object, init?: { headers?: Record<string, string>; signal?: AbortSignal }): Promise<Reply>;
};

type Reply = { readonly status: number; readonly headers: Headers; readonly body: GraphqlBody };

type GraphqlBody = {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
};

/** A started gateway over the orders graph, closed when the test ends. */
export async function startTestGateway(options: Partial<GatewayOptions> = {}): Promise<TestGateway> {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ logLevel: "debug" }, {}, { write: (line) => lines.push(JSON.parse(line)) });
  const gateway = await startGateway({
    log,
    supergraphSdl: ordersSupergraph(),
    callers: inProcess(ordersSchemas()),
    identity,
    receiveFile: async ({ stream }) => {
      stream.resume();
      return { status: 201, body: {} };
    },
    readiness: async () => ({ database: true }),
    graphiql: false,
    ...options,
    config: { host: "127.0.0.1", port: 0, ...options.config },
  });
  onTestFinished(gateway.close);
  return {
    ...gateway,
    lines,
    async query(operation, { headers, signal } = {}) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: "POST",
        headers: { authorization: "Bearer good", "content-type": "application/json", ...headers },
        body: JSON.stringify(typeof operation === "string" ? { query: operation } : operation),
        ...(signal && { signal }),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as GraphqlBody };
    },
  };
}

async function identity(token: string): Promise<{ userId: string; name: string }> {
  if (token === "good") return { userId: "usr_1", name: "Ada" };
  throw new AppError("UNAUTHENTICATED", "The access token is not ours: sign in again.");
}

/** Waits until `condition` holds, at most five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("the condition did not come true in five seconds");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
