import type { Fault } from "./errors.ts";
import type { JsonObject } from "./json.ts";

/** One subgraph's answer to one call. With `fault` nothing usable came back. */
export type SubgraphAnswer = {
  readonly data?: JsonObject | null;
  readonly errors?: readonly unknown[];
  readonly fault?: Fault;
};
