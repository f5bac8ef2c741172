import type { Merge } from "./merge.ts";
import type { Run } from "./run.ts";
import type { Subgraph } from "./subgraph.ts";
import type { Supergraph } from "./supergraph.ts";

/** One compiled plan node. It gathers data and notes faults in the run; it never rejects because of a subgraph. */
export type Step = (run: Run) => Promise<void>;

export type PlanContext = {
  readonly supergraph: Supergraph;
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
  readonly merge: Merge;
  /** Most representations in one call; more are asked in several calls at once. */
  readonly maxRepresentations: number;
};

/** What the nodes of one plan are compiled with. */
export type NodeContext = PlanContext & {
  /** The keys of fetches that may turn out to be identical while they run. */
  readonly twins: ReadonlySet<string>;
};
