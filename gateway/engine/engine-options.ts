import type { DocumentNode, GraphQLError, GraphQLSchema, ValidationRule } from "graphql";
import type { Planner } from "./planner.ts";
import type { SubgraphCaller, SubgraphFetch } from "./subgraph.ts";
import type { SubscriptionLimits } from "./subscription.ts";

export type EngineOptions = {
  readonly supergraphSdl: string;
  /** Called with the routing URL of a subgraph in the supergraph. */
  readonly fetch: SubgraphFetch;
  /** Subgraphs that are called in this process instead, by name. */
  readonly subgraphs?: Readonly<Record<string, SubgraphCaller>>;
  /**
   * Where subgraphs serve subscriptions over graphql-ws, by name; a routing URL of ws:// or wss:// says so by itself.
   * The others serve them as server-sent events, through `fetch`.
   */
  readonly socketUrls?: Readonly<Record<string, string>>;
  /** Makes another planner than ours; the supergraph that it is given has root fields that clients do not see. */
  readonly createPlanner?: (supergraphSdl: string) => Planner;
  /** Most tokens of a document; unlimited when left out. */
  readonly maxTokens?: number;
  /** Looks at a parsed document before it is validated and planned; what it returns refuses the operation. */
  readonly checkDocument?: (document: DocumentNode, schema: GraphQLSchema) => readonly GraphQLError[];
  /** Rules beside those of the specification. */
  readonly validationRules?: readonly ValidationRule[];
  /** Most variables that `@skip` and `@include` of an operation may depend on: 8, for up to 256 plans. */
  readonly maxConditions?: number;
  /** Most entities in one call of a subgraph (200 when left out); more are asked in several calls at once. */
  readonly maxRepresentations?: number;
  /** Most bytes of one answer or event of a subgraph behind HTTP or a socket: 16 MiB. */
  readonly maxAnswerBytes?: number;
  /** Most bytes of all answers to one operation, or to one event of a subscription: 64 MiB. */
  readonly maxOperationBytes?: number;
  /** Most events of a subscription that wait for its reader: 1,000; in bytes, as many as one answer may have. */
  readonly maxWaitingEvents?: number;
  /** How long the fetches for one event of a subscription may take: 10 s. */
  readonly eventTimeoutMs?: number;
  /** Keys of subgraphs' `extensions` that are passed on, each with a value by subgraph: none. */
  readonly extensionKeys?: readonly string[];
  /** Memory for prepared operations, all their plans included: 32 MiB. */
  readonly cacheBytes?: number;
};

const MIB = 1024 * 1024;

export const DEFAULTS = {
  maxConditions: 8,
  maxRepresentations: 200,
  maxAnswerBytes: 16 * MIB,
  cacheBytes: 32 * MIB,
};

export function subscriptionLimits(options: EngineOptions): SubscriptionLimits {
  return {
    maxOperationBytes: options.maxOperationBytes ?? 64 * MIB,
    extensionKeys: options.extensionKeys ?? [],
    maxWaitingEvents: options.maxWaitingEvents ?? 1_000,
    maxWaitingBytes: options.maxAnswerBytes ?? DEFAULTS.maxAnswerBytes,
    eventTimeoutMs: options.eventTimeoutMs ?? 10_000,
  };
}
