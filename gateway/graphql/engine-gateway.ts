import type { ApolloServerOptionsWithGateway } from "@apollo/server";
import type { Log } from "../../subgraphs/shared/log.ts";
import type { Engine } from "../engine/create-engine.ts";
import type { LimitedContext } from "../limits/limited-engine.ts";
import { MAX_REFUSALS } from "./masked-result.ts";
import { singleResult } from "./single-result.ts";

/** What Apollo Server hands from the HTTP request to the engine. */
export type GraphqlContext = {
  readonly run: LimitedContext;
  /** Carries the request id. */
  readonly log: Log;
};

type ApolloGateway = ApolloServerOptionsWithGateway<GraphqlContext>["gateway"];

export type EngineGateway = ApolloGateway & {
  /** Tells Apollo Server that the engine has another schema. */
  readonly tellSchema: (supergraphSdl: string) => void;
};

/** Puts the engine where Apollo Server expects a gateway. */
export function engineGateway(engine: Engine, supergraphSdl: string): EngineGateway {
  const listeners = new Set<Parameters<ApolloGateway["onSchemaLoadOrUpdate"]>[0]>();
  function tellSchema(sdl: string): void {
    for (const tell of listeners) tell({ apiSchema: engine.schema, coreSupergraphSdl: sdl });
  }
  return {
    tellSchema,
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async load() {
      tellSchema(supergraphSdl);
      return {
        executor: async ({ request, document, source, context }) => {
          const answered = await engine.execute({
            query: source,
            document,
            operationName: request.operationName,
            variables: request.variables,
            context: (context as GraphqlContext).run,
          });
          const { data, errors, extensions } = await singleResult(answered);
          // Apollo tells a request that was refused (HTTP 400) from one that ran by the absence of `data`.
          if (data === undefined) return { errors: errors?.slice(0, MAX_REFUSALS) ?? [] };
          return { data, ...(errors && { errors }), ...(extensions && { extensions }) };
        },
      };
    },
    async stop() {
      await engine.close();
    },
  };
}
