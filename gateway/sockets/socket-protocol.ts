import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
} from "graphql";
import { CloseCode, type Context, makeServer, type ServerOptions } from "graphql-ws";
import { AppError, type ErrorCode } from "../../subgraphs/shared/errors.ts";
import type { Engine } from "../engine/create-engine.ts";
import { MAX_REFUSALS, maskedResult } from "../graphql/masked-result.ts";
import type { OpenStreams } from "../graphql/open-streams.ts";
import { callerOf, type Identity } from "../http/authenticate.ts";
import { createErrorMask } from "../mask-errors.ts";
import type { TrustedDocuments } from "../trusted-documents/trusted-documents.ts";
import { withDocument } from "../trusted-documents/with-document.ts";
import type { Connection } from "./connection.ts";
import { OperationEnded, readOperation, refusalOf, runOperation, type SocketOperation } from "./socket-operation.ts";

export type ProtocolOptions = {
  readonly engine: Engine;
  readonly identity: Identity;
  /** Counts operations by user, together with those of other transports. */
  readonly streams: OpenStreams;
  /** Counts sockets by user. */
  readonly connections: OpenStreams;
  readonly documents: TrustedDocuments | undefined;
  readonly deadlineMs: number;
  /** Most tokens of a document. */
  readonly maxTokens: number;
};

type Parameters = Record<string, unknown> | undefined;
type Extra = { readonly connection: Connection };
type Options = ServerOptions<Parameters, Extra>;

/**
 * The server's side of `graphql-transport-ws`, held to what the other transports are held to. Clients show their token
 * in `connection_init`, as `{"authorization": "Bearer …"}`: browsers cannot set a header. No socket outlives its token.
 */
export function createSocketProtocol(options: ProtocolOptions) {
  const { engine, maxTokens } = options;

  const onSubscribe: Options["onSubscribe"] = async ({ extra: { connection } }, id, payload) => {
    const operation = operationOf(options, connection, id, payload);
    if (operation instanceof AppError) return [refusalOf(operation)];
    const { query, operationName } = operation.request;
    const read = readDocument(query, operationName, maxTokens);
    // The engine has the words for what cannot be read.
    if (!read) return refusalsOf(engine, operation);
    connection.operations.set(id, { abort: operation.abort, isSubscription: read.kind === "subscription" });
    return { schema: engine.schema, document: read.document, operationName, contextValue: operation };
  };

  const run: Options["execute"] = ({ contextValue, document }) =>
    runOperation(options, contextValue as SocketOperation, document);

  return makeServer<Parameters, Extra>({
    onConnect: (context) => signIn(context, options),
    onSubscribe,
    execute: run,
    subscribe: run,
    onNext: (_context, _id, _payload, { contextValue }, result) =>
      maskedResult(result as ExecutionResult, createErrorMask((contextValue as SocketOperation).log)),
    onError: ({ extra: { connection } }, id, _payload, errors) => {
      connection.operations.delete(id);
      return maskedErrors(errors, connection.log);
    },
    onComplete: ({ extra: { connection } }, id) => void connection.operations.delete(id),
  });
}

async function signIn(
  { connectionParams, extra: { connection } }: Context<Parameters, Extra>,
  { identity, connections }: ProtocolOptions,
): Promise<boolean> {
  try {
    const given = Object.entries(connectionParams ?? {}).find(([name]) => name.toLowerCase() === "authorization");
    const caller = await callerOf(typeof given?.[1] === "string" ? given[1] : undefined, identity);
    // `close` may have come while the token was looked at.
    if (connection.isGone) return false;
    connection.release = connections.open(caller, ({ extensions }) => {
      // When this process stops, sockets are closed as they fall idle.
      if (extensions["code"] === "UNAUTHENTICATED") connection.close(CloseCode.Forbidden, "UNAUTHENTICATED");
    });
    connection.caller = caller;
    return true;
  } catch (error) {
    const code = error instanceof AppError ? error.code : "INTERNAL_ERROR";
    if (code === "INTERNAL_ERROR") connection.log.error({ err: error, code }, "a socket could not be opened");
    else connection.log.info({ code }, "a socket was refused");
    connection.close(CLOSE_CODES[code] ?? CloseCode.InternalServerError, code);
    return false;
  }
}

/** Clients take 4403 for a token to renew; after 1013 ("try again later") they wait before they connect again. */
const CLOSE_CODES: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: CloseCode.Forbidden,
  TOO_MANY_STREAMS: 1013,
  SUBSCRIPTION_ENDED: 1001,
};

function operationOf(
  { documents, deadlineMs }: ProtocolOptions,
  { caller, log, address }: Connection,
  id: string,
  payload: object,
): SocketOperation | AppError {
  if (!caller) throw new Error("the protocol let an operation through before the token");
  try {
    const { query, operationName, variables } = withDocument(asGiven(payload), documents) as SocketOperation["request"];
    return readOperation({ caller, log, address }, { id, request: { query, operationName, variables }, deadlineMs });
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** The protocol has a text in each `subscribe`: with a `documentId` an empty one stands in its place. */
function asGiven(payload: object): object {
  if (!("documentId" in payload) || !("query" in payload) || payload.query !== "") return payload;
  const { query: _, ...given } = payload;
  return given;
}

function readDocument(
  query: string,
  operationName: string | null | undefined,
  maxTokens: number,
): { readonly document: DocumentNode; readonly kind: OperationDefinitionNode["operation"] } | undefined {
  try {
    const document = parse(query, { maxTokens });
    const kind = getOperationAST(document, operationName)?.operation;
    return kind && { document, kind };
  } catch (error) {
    if (error instanceof GraphQLError || error instanceof RangeError) return undefined;
    throw error;
  }
}

async function refusalsOf(engine: Engine, { request, run }: SocketOperation): Promise<readonly GraphQLError[]> {
  const result = await engine.execute({ ...request, context: run });
  if (Symbol.asyncIterator in result || !result.errors) throw new Error("an operation that cannot be read was run");
  return result.errors;
}

function maskedErrors(errors: readonly GraphQLError[], log: Connection["log"]) {
  const ended = errors[0]?.originalError;
  const told = ended instanceof OperationEnded ? ended.errors : errors;
  const own = ended instanceof OperationEnded ? ended.log : log;
  const { code, limit } = told[0]?.extensions ?? {};
  own.info({ code, limit }, "an operation was refused");
  const mask = createErrorMask(own);
  return told.slice(0, MAX_REFUSALS).map((error) => mask(error.toJSON(), error));
}
