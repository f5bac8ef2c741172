import type { Send } from "./fetch-node.ts";
import { copyOf } from "./merge.ts";
import type { BatchFetchNode, FetchNode, PlanNode, QueryPlan } from "./planner.ts";

/** What two fetches have in common when only their representations may tell them apart. */
export function fetchKey(node: FetchNode | BatchFetchNode): string {
  return `${node.serviceName}\n${node.operation}`;
}

/**
 * The keys that more than one entity fetch of a plan has. Only these are compared while they run, so that a plan
 * without any, which is nearly every plan, pays nothing.
 */
export function findTwins(plan: QueryPlan): ReadonlySet<string> {
  const seen = new Set<string>();
  const twins = new Set<string>();
  const visit = (node: PlanNode | null | undefined): void => {
    if (!node) return;
    if (node.kind === "BatchFetch" || (node.kind === "Fetch" && node.requires)) {
      const key = fetchKey(node);
      (seen.has(key) ? twins : seen).add(key);
    } else if (node.kind === "Sequence" || node.kind === "Parallel") node.nodes.forEach(visit);
    else if (node.kind === "Flatten") visit(node.node);
    else if (node.kind === "Condition") {
      visit(node.ifClause);
      visit(node.elseClause);
    }
  };
  visit(plan.node);
  return twins;
}

/** Lets identical calls that one request has under way at the same time share one answer, each with its own copy. */
export function sharing(send: Send, key: string): Send {
  return async (run, representations) => {
    const asked = representations.map(({ variable, texts }) => `${variable}:[${texts.join(",")}]`);
    const whole = `${key}\n${asked.join("\n")}`;
    let underway = run.underway.get(whole);
    if (!underway) {
      underway = send(run, representations).finally(() => run.underway.delete(whole));
      run.underway.set(whole, underway);
    }
    const answer = await underway;
    return answer.data ? { ...answer, data: copyOf(answer.data) as typeof answer.data } : answer;
  };
}
