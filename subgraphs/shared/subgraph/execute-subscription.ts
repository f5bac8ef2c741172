import { createSourceEventStream, type DocumentNode, execute, type GraphQLSchema } from "graphql";
import type { DataSource } from "typeorm";
import type { ChangeFeed } from "../changes/change-feed.ts";
import { type Cursors, createCursors } from "./cursors.ts";
import type { Answer, Operation } from "./execute-operation.ts";
import { formatErrors, formatFailure } from "./format-errors.ts";
import {
  type Caller,
  callerOf,
  openContext,
  type RequestContext,
  requestIdOf,
  type Services,
} from "./request-context.ts";
import { answerTogether, askedKey } from "./shared-answers.ts";

/**
 * What a subscription's source works with. It outlives any transaction, so it gets none: `fresh` runs a piece of work
 * in one of its own, with the grants of that moment.
 */
export type SubscriptionContext = {
  readonly fresh: <T>(work: (context: RequestContext) => Promise<T>) => Promise<T>;
  /** With the grants of that moment as well, for where nothing but them is needed: it costs next to nothing. */
  readonly caller: () => Promise<Caller>;
  readonly cursors: Cursors;
  /** What all subscriptions of this process share. Who reads with it keeps to a scope that `caller` has just told. */
  readonly live: { readonly feed: ChangeFeed; readonly database: DataSource };
  /** Aborts when the subscription ends. */
  readonly signal: AbortSignal;
  /** Once at the start, and then whenever something that is under way may have come further. */
  readonly progress: () => AsyncGenerator<void>;
};

/**
 * Runs a subscription: one answer for each event, each in a transaction of its own. Where a source gives several
 * subscriptions one and the same object as their event, those who ask for the same with equal grants are answered
 * together: what is told of an event may hang on grants, and never on who the caller is. Ends with the signal.
 */
export async function* executeSubscription(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: Operation,
  services: Services,
): AsyncGenerator<Answer> {
  const { operationName = null, variables, headers, signal } = operation;
  const log = services.log.child({ requestId: requestIdOf(headers["x-request-id"]) });
  const call = { headers, signal, isMutation: false };
  const fresh: SubscriptionContext["fresh"] = async (work) => {
    const { context, end } = await openContext(services, call);
    try {
      const result = await work(context);
      await end("commit");
      return result;
    } catch (error) {
      await end("rollback");
      throw error;
    }
  };
  const parameters = { schema, document, operationName, variableValues: variables };
  const answerTo = (rootValue: unknown) =>
    fresh(async (contextValue): Promise<Answer> => {
      const { data, errors } = await execute({ ...parameters, rootValue, contextValue });
      return { ...(data !== undefined && { data }), ...(errors && { errors: formatErrors(errors, log) }) };
    });
  const asked = askedKey(document, operation);
  try {
    const source = await createSourceEventStream({
      ...parameters,
      contextValue: sourceContext(services, call, fresh),
    });
    if (!(Symbol.asyncIterator in source)) {
      yield { errors: formatErrors(source.errors ?? [], log) };
      return;
    }
    for await (const event of source) {
      const { grants } = await callerOf(services, call);
      yield await answerTogether(event, { asked, grants }, answerTo);
    }
  } catch (failure) {
    if (!signal.aborted) yield { errors: formatFailure(failure, log) };
  }
}

function sourceContext(
  services: Services,
  call: Parameters<typeof openContext>[1],
  fresh: SubscriptionContext["fresh"],
): SubscriptionContext {
  const { changes, database, cursorKey } = services;
  const feed = () => {
    if (!changes) throw new Error("this process has no change feed");
    return changes;
  };
  return {
    fresh,
    caller: () => callerOf(services, call),
    cursors: createCursors(cursorKey),
    signal: call.signal,
    get live() {
      return { feed: feed(), database };
    },
    progress: async function* () {
      yield* feed().progress(call.signal);
    },
  };
}
