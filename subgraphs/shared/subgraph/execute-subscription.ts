import { createSourceEventStream, type DocumentNode, execute, type GraphQLSchema } from "graphql";
import type { Changes } from "../changes/change-feed.ts";
import type { Answer, Operation } from "./execute-operation.ts";
import { formatErrors, formatFailure } from "./format-errors.ts";
import { openContext, type RequestContext, requestIdOf, type Services } from "./request-context.ts";

/**
 * What a subscription's source works with. It outlives any transaction, so it gets none: `fresh` runs a piece of work
 * in one of its own, with the grants of that moment.
 */
export type SubscriptionContext = {
  readonly fresh: <T>(work: (context: RequestContext) => Promise<T>) => Promise<T>;
  /** Changes in the merchants that the caller may see, until the subscription ends. */
  readonly changes: () => AsyncGenerator<Changes>;
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
  { changes }: Services,
  signal: AbortSignal,
  fresh: SubscriptionContext["fresh"],
): SubscriptionContext {
  return {
    fresh,
    changes: async function* () {
      if (!changes) throw new Error("this process has no change feed");
      const scope = await fresh(async ({ requireReach, identity }) => {
        const { merchants, limits } = requireReach("transactions:view");
        return { merchants, limits, user: identity.userId };
      });
      yield* changes.listen(scope, signal);
    },
    progress: async function* () {
      if (!changes) throw new Error("this process has no change feed");
      yield* changes.progress(signal);
    },
  };
}
