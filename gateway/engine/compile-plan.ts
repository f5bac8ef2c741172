import { compileEntityFetch } from "./entity-fetch.ts";
import { engineError, OperationRefused } from "./errors.ts";
import { compileRootFetch } from "./fetch-node.ts";
import type { NodeContext, PlanContext, Step } from "./plan-context.ts";
import { clientName } from "./planned-names.ts";
import type { FetchNode, PlanNode, QueryPlan } from "./planner.ts";
import { findTwins } from "./twin-fetches.ts";

const NOTHING: Step = async () => {};

export function compilePlan(plan: QueryPlan, context: PlanContext): Step {
  return compileNode(plan.node, { ...context, twins: findTwins(plan) });
}

function compileNode(node: PlanNode | null | undefined, context: NodeContext): Step {
  switch (node?.kind) {
    case undefined:
      return NOTHING;
    case "Fetch":
      return compileRootFetch(node, context);
    case "Flatten":
      return compileFlatten(node.path, node.node, context);
    case "BatchFetch":
      return compileEntityFetch(node, node.entityBatch.aliases, context);
    case "Sequence":
      return inSequence(node.nodes.map((inner) => compileNode(inner, context)));
    case "Parallel":
      return inParallel(node.nodes.map((inner) => compileNode(inner, context)));
    case "Condition":
      return onCondition(node.condition, compileNode(node.ifClause, context), compileNode(node.elseClause, context));
    case "Subscription":
      throw new Error("a subscription can only begin a plan");
    case "Defer":
      throw new OperationRefused([
        engineError("DEFER_NOT_SUPPORTED", "Answers in parts are not served: ask without @defer."),
      ]);
  }
}

type FlattenPath = Extract<PlanNode, { kind: "Flatten" }>["path"];

function compileFlatten(path: FlattenPath, node: PlanNode, context: NodeContext): Step {
  if (node.kind !== "Fetch") throw new Error(`a Flatten over ${node.kind} is not known`);
  const { requires = [], inputRewrites, outputRewrites, assumedType } = node as FetchNode;
  const target = {
    alias: "_entities",
    representationsVariableName: "representations",
    paths: [path],
    requires,
    ...(inputRewrites ? { inputRewrites } : {}),
    ...(outputRewrites ? { outputRewrites } : {}),
    ...(assumedType ? { assumedType } : {}),
  };
  return compileEntityFetch(node, [target], context);
}

function inSequence(steps: readonly Step[]): Step {
  return async (run) => {
    for (const step of steps) await step(run);
  };
}

function inParallel(steps: readonly Step[]): Step {
  return async (run) => {
    await Promise.all(steps.map((step) => step(run)));
  };
}

function onCondition(variable: string, whenTrue: Step, whenFalse: Step): Step {
  const name = clientName(variable);
  return (run) => (run.variables[name] === true ? whenTrue(run) : whenFalse(run));
}
