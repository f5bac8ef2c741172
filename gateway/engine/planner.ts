import type { FetchNode as PlannedFetch, QueryPlan } from "@graphql-hive/router-query-planner";
import { QueryPlanner } from "@graphql-hive/router-query-planner";

export type {
  BatchFetchNode,
  FetchNodePathSegment,
  FetchRewrite,
  FlattenNodePathSegment,
  PlanNode,
  QueryPlan,
  RequiresSelection,
} from "@graphql-hive/router-query-planner";

export type FetchNode = PlannedFetch & {
  /** Of a fetch of entities: what one is that does not say its type. */
  readonly assumedType?: string;
};

/** Makes the plan of one operation; another planner can stand in as long as it yields the same plan nodes. */
export type Planner = {
  plan(request: { query: string; operationName: string | undefined; signal?: AbortSignal }): Promise<QueryPlan>;
};

/** The planner of Hive Router: native code that plans on a thread of its own. */
export function createHivePlanner(supergraphSdl: string): Planner {
  const planner = new QueryPlanner(supergraphSdl);
  // Progressive overrides are not used: no label is active, and a percentage of 0 makes the choice the same every time.
  const noLabels = new Set<string>();
  return {
    plan: ({ query, operationName, signal }) => planner.planAsync(query, operationName, noLabels, 0, signal),
  };
}
