import type { ExecutionResult } from "graphql";
import type { JsonObject } from "./json.ts";
import type { PlannedOperation } from "./prepare.ts";
import { project } from "./project.ts";
import type { Run } from "./run.ts";

type AnswerOptions = {
  readonly introspection?: JsonObject | undefined;
  readonly isExplained: boolean;
  /** See RunContext. */
  readonly isForText?: boolean | undefined;
};

/** The client's answer of what a run has gathered; explained, it carries the plan, which holds no addresses. */
export function answer({ plan, selection }: PlannedOperation, run: Run, options: AnswerOptions): ExecutionResult {
  const result = project(selection, run, options);
  if (!options.isExplained && !run.extensions) return result;
  return { ...result, extensions: { ...run.extensions, ...(options.isExplained ? { plan } : {}) } };
}
