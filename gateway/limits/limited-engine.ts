import { type DocumentNode, type GraphQLError, getOperationAST, parse } from "graphql";
import type { Engine } from "../engine/create-engine.ts";
import type { RunContext } from "../engine/run.ts";
import type { Admission } from "../overload/admission.ts";
import { rateLimited } from "../rate-limit/rate-limited.ts";
import type { RateLimiter } from "../rate-limit/rate-limiter.ts";
import { checkDocument, createRequestCheck } from "./check-request.ts";
import type { Limits } from "./limits.ts";

/** Whose request it is, where that is known. */
export type LimitedContext = RunContext & {
  readonly caller?: { readonly userId: string; readonly role?: string | undefined } | undefined;
  /** Puts what the operation costs into `extensions.cost` of its answer. */
  readonly showCost?: boolean | undefined;
};

export type LimitedEngineOptions = {
  readonly limitsOf: (role?: string) => Limits;
  readonly rateLimiter?: RateLimiter | undefined;
  readonly admission?: Admission | undefined;
};

/**
 * An engine that refuses what exceeds the limits of the caller, and what this process cannot take now, before it
 * validates, plans or calls anything. The cost of what it lets through is taken from the caller's budget, if there is a
 * `rateLimiter`.
 */
export function limitEngine(engine: Engine, { limitsOf, rateLimiter, admission }: LimitedEngineOptions): Engine {
  const check = createRequestCheck(engine.schema);
  return {
    ...engine,
    async execute(request) {
      const context: LimitedContext = request.context ?? {};
      const { caller } = context;
      const limits = limitsOf(caller?.role);
      const document = request.document ?? parsed(request.query, limits);
      const operation = document && getOperationAST(document, request.operationName);
      if (!document || !operation) {
        // The engine has the words for what cannot be read or names no operation, but it validates before it says them.
        const refusal = document && checkDocument(document, limits);
        return refusal ? { errors: [refusal] } : engine.execute(request);
      }
      const verdict = check({ document, operation, variables: request.variables ?? {} }, limits);
      if ("refusal" in verdict) return { errors: [verdict.refusal] };
      const { cost } = verdict;
      const admitted = admission?.admit({ kind: operation.operation, cost });
      if (admitted && "refusal" in admitted) return { errors: [admitted.refusal] };
      try {
        const exhausted = caller && (await spend(rateLimiter, caller.userId, operation.operation, cost));
        if (exhausted) return { errors: [exhausted] };
        const result = await engine.execute({ ...request, document });
        return context.showCost && !(Symbol.asyncIterator in result)
          ? { ...result, extensions: { ...result.extensions, cost } }
          : result;
      } finally {
        admitted?.release();
      }
    },
  };
}

function parsed(query: string | undefined, { tokens }: Limits): DocumentNode | undefined {
  try {
    return parse(query ?? "", { maxTokens: tokens });
  } catch {
    return undefined;
  }
}

async function spend(
  limiter: RateLimiter | undefined,
  userId: string,
  kind: "query" | "mutation" | "subscription",
  cost: number,
): Promise<GraphQLError | undefined> {
  const waitMs = await limiter?.take(userId, kind === "mutation" ? "mutation" : "query", Math.max(1, cost));
  return waitMs ? rateLimited(waitMs) : undefined;
}
