import type { ExecutionResult, FormattedExecutionResult } from "graphql";
import type { ErrorMask } from "../mask-errors.ts";

/** Most errors of a refused document that a client is told. */
export const MAX_REFUSALS = 5;

/** What a client may see of a result; without `data` the operation was refused. */
export function maskedResult(result: ExecutionResult, mask: ErrorMask): FormattedExecutionResult {
  const { data, errors, extensions } = result;
  const told = data === undefined ? errors?.slice(0, MAX_REFUSALS) : errors;
  return {
    ...(told && { errors: told.map((error) => mask(error.toJSON(), error)) }),
    ...(data !== undefined && { data }),
    ...(extensions && { extensions }),
  };
}
