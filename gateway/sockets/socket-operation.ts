import { randomUUID } from "node:crypto";
import { type DocumentNode, type ExecutionResult, GraphQLError } from "graphql";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Log } from "../../subgraphs/shared/log.ts";
import { inSpan } from "../../subgraphs/shared/trace.ts";
import type { Engine } from "../engine/create-engine.ts";
import type { ExecuteRequest } from "../engine/operations.ts";
import type { OpenStreams } from "../graphql/open-streams.ts";
import type { Caller } from "../http/authenticate.ts";
import { callHeaders } from "../http/call-headers.ts";
import type { LimitedContext } from "../limits/limited-engine.ts";
import type { Connection } from "./connection.ts";

/** One operation that a client sent over its socket. */
export type SocketOperation = {
  readonly id: string;
  readonly request: Pick<ExecuteRequest, "operationName" | "variables"> & { readonly query: string };
  readonly run: LimitedContext;
  readonly caller: Caller;
  readonly abort: AbortController;
  /** Carries the request id. */
  readonly log: Log;
};

/** Subgraphs get what they get of a request over HTTP: the caller's token and our request id. */
export function readOperation(
  { log, caller, address }: Pick<Connection, "log" | "address"> & { readonly caller: Caller },
  { id, request, deadlineMs }: Pick<SocketOperation, "id" | "request"> & { readonly deadlineMs: number },
): SocketOperation {
  const requestId = randomUUID();
  const abort = new AbortController();
  const headers = callHeaders({ token: caller.token, requestId, address });
  const run = { headers, deadline: Date.now() + deadlineMs, signal: abort.signal, caller };
  return { id, request, run, caller, abort, log: log.child({ requestId }) };
}

/** What a client is told when an operation is refused, or when a subscription ends other than by its own will. */
export class OperationEnded extends Error {
  constructor(
    readonly errors: readonly GraphQLError[],
    readonly log: Log,
  ) {
    super("the operation has ended");
  }
}

export function refusalOf({ code, message }: AppError): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** Gives its results, one for a query. Each counts as a stream of the user's while it runs. @throws OperationEnded */
export async function* runOperation(
  { engine, streams }: { readonly engine: Engine; readonly streams: OpenStreams },
  { request, run, caller, abort, log }: SocketOperation,
  document: DocumentNode,
): AsyncGenerator<ExecutionResult, undefined> {
  const release = openStream(streams, caller, log);
  try {
    const result = await inSpan("socket request", { kind: "server" }, () =>
      engine.execute({ ...request, document, context: run }),
    );
    for await (const each of Symbol.asyncIterator in result ? result : [result]) {
      if (abort.signal.aborted) return;
      if (each.data === undefined) throw new OperationEnded(each.errors ?? [], log);
      yield each;
    }
  } finally {
    release();
  }
}

/** The socket is closed with the token and with the gateway, and takes its operations along. */
function openStream(streams: OpenStreams, caller: Caller, log: Log): () => void {
  try {
    return streams.open(caller, () => undefined);
  } catch (error) {
    throw error instanceof AppError ? new OperationEnded([refusalOf(error)], log) : error;
  }
}
