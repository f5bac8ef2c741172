import type { ExecutionResult } from "graphql";
import { engineError } from "../engine/errors.ts";

/** The one answer that a POST without a stream has room for. */
export async function singleResult(
  result: ExecutionResult | AsyncIterableIterator<ExecutionResult>,
): Promise<ExecutionResult> {
  if (!(Symbol.asyncIterator in result)) return result;
  await result.return?.();
  return { errors: [engineError("SUBSCRIPTION_NOT_SUPPORTED", "One POST has one answer: subscribe over SSE.")] };
}
