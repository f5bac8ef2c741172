import { compilePlan } from "./compile-plan.ts";
import { engineError, OperationRefused } from "./errors.ts";
import { compileBody, compileRequest, compileRootAnswer, subgraphOf } from "./fetch-node.ts";
import type { PlanContext, Step } from "./plan-context.ts";
import type { PlanNode, QueryPlan } from "./planner.ts";
import type { Run } from "./run.ts";
import { followOverSocket } from "./socket-upstream.ts";
import type { Subgraph } from "./subgraph.ts";
import { answerOf } from "./subgraph.ts";
import type { SubgraphAnswer } from "./subgraph-answer.ts";
import type { Deliver, UpstreamOptions } from "./upstream.ts";
import { followInProcess, followOverHttp } from "./upstream.ts";

/** Where the events of a subscription come from. */
export type Primary = {
  readonly service: string;
  /** Hands on the subgraph's events until they end or the run is aborted. @throws when the subgraph fails */
  follow(run: Run, deliver: Deliver): Promise<void>;
  /** Takes one event into the run that answers it. */
  settle(run: Run, answer: unknown): void;
};

type PrimaryNode = Extract<PlanNode, { kind: "Subscription" }>["primary"];

/** Divides the plan of a subscription into the source of its events and what is fetched for each of them. */
export function compileSubscription(plan: QueryPlan, context: PlanContext): { primary: Primary; run: Step } {
  const nodes = plan.node?.kind === "Sequence" ? plan.node.nodes : [plan.node];
  const [first, ...rest] = nodes;
  if (first?.kind !== "Subscription") {
    throw new OperationRefused([engineError("QUERY_PLANNING_FAILED", "No plan answers this subscription.")]);
  }
  const perEvent = rest.filter((node) => node != null);
  return {
    primary: compilePrimary(first.primary, context),
    run: compilePlan({ kind: "QueryPlan", node: { kind: "Sequence", nodes: perEvent } }, context),
  };
}

function compilePrimary(node: PrimaryNode, context: PlanContext): Primary {
  const service = node.serviceName;
  const settle = compileRootAnswer(node, context);
  return {
    service,
    follow: compileFollow(node, subgraphOf(node, context)),
    settle: (run, answer) => settle(run, answerOf(answer, service, run) satisfies SubgraphAnswer),
  };
}

function compileFollow(node: PrimaryNode, subgraph: Subgraph): Primary["follow"] {
  if (subgraph.kind === "in-process") {
    const { subscribe } = subgraph.call;
    if (!subscribe) {
      const message = `Subgraph "${subgraph.name}" serves no subscriptions.`;
      throw new OperationRefused([engineError("SUBSCRIPTION_NOT_SUPPORTED", message)]);
    }
    const write = compileRequest(node);
    return (run, deliver) => followInProcess(subscribe, write(run, []), upstreamOptions(run, deliver, 0));
  }
  const { socketUrl, maxAnswerBytes } = subgraph;
  if (socketUrl !== undefined) {
    const write = compileRequest(node);
    return (run, deliver) => followOverSocket(socketUrl, write(run, []), upstreamOptions(run, deliver, maxAnswerBytes));
  }
  const write = compileBody(node);
  return (run, deliver) => followOverHttp(subgraph, write(run, []), upstreamOptions(run, deliver, maxAnswerBytes));
}

function upstreamOptions(run: Run, deliver: Deliver, maxAnswerBytes: number): UpstreamOptions {
  return { headers: run.headers, signal: run.cancellation.signal, maxAnswerBytes, deliver };
}
