import { createSourceEventStream, type DocumentNode, execute, type GraphQLSchema } from "graphql";
import type { DataSource } from "typeorm";
import type { ChangeFeed } from "../changes/change-feed.ts";
import type { Answer, Operation } from "./execute-operation.ts";
import { formatErrors, formatFailure } from "./format-errors.ts";
import { openContext, type RequestContext, requestIdOf, type Services } from "./request-context.ts";

/**
 * What a subscription's source works with. It outlives any transaction, so it gets none: `fresh` runs a piece of work
 * in one of its own, with the grants of that moment.
 */
export type SubscriptionContext = {
  readonly fresh: <T>(work: (context: RequestContext) => Promise<T>) => Promise<T>;
  /** What all subscriptions of this process share. Who reads with it keeps to a scope that `fresh` has just told. */
  readonly live: { readonly feed: ChangeFeed; readonly database: DataSource };
  /** Aborts when the subscription ends. */
  readonly signal: AbortSignal;
  /** Once at the start, and then whenever something that is under way may have come further. */
  readonly progress: () => AsyncGenerator<void>;
};

/** Runs a subscription: one answer for each event, each in a transaction of its own. Ends with the signal. */
export async function* executeSubscription(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: Operation,
  services: Services,
): AsyncGenerator<Answer> {
  const { operationName = null, variables, headers, signal } = operation;
  const log = services.log.child({ requestId: requestIdOf(headers["x-request-id"]) });
  const fresh: SubscriptionContext["fresh"] = async (work) => {
    const { context, end } = await openContext(services, { headers, signal, isMutation: false });
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
  try {
    const source = await createSourceEventStream({
      ...parameters,
      contextValue: sourceContext(services, signal, fresh),
    });
    if (!(Symbol.asyncIterator in source)) {
      yield { errors: formatErrors(source.errors ?? [], log) };
      return;
    }
    for await (const rootValue of source) {
      yield await fresh(async (contextValue): Promise<Answer> => {
        const { data, errors } = await execute({ ...parameters, rootValue, contextValue });
        return { ...(data !== undefined && { data }), ...(errors && { errors: formatErrors(errors, log) }) };
      });
    }
  } catch (failure) {
    if (!signal.aborted) yield { errors: formatFailure(failure, log) };
  }
}

function sourceContext(
  { changes, database }: Services,
  signal: AbortSignal,
  fresh: SubscriptionContext["fresh"],
): SubscriptionContext {
  const feed = () => {
    if (!changes) throw new Error("this process has no change feed");
    return changes;
  };
  return {
    fresh,
    signal,
    get live() {
      return { feed: feed(), database };
    },
    progress: async function* () {
      yield* feed().progress(signal);
    },
  };
}
