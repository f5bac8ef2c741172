import type { IncomingMessage, ServerResponse } from "node:http";
import type { Services } from "./request-context.ts";

/** A path beside /graphql, such as an upload; it checks the caller itself, with `openContext`. */
export type SubgraphRoute = {
  readonly method: string;
  readonly path: string;
  readonly handle: (request: IncomingMessage, response: ServerResponse, services: Services) => Promise<void>;
};
