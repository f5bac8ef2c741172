import type { ApolloServerOptionsWithGateway } from "@apollo/server";
import type { Engine } from "../engine/create-engine.ts";
import type { RunContext } from "../engine/run.ts";

/** What Apollo Server hands from the HTTP request to the engine. */
export type GraphqlContext = { readonly run: RunContext };

type ApolloGateway = ApolloServerOptionsWithGateway<GraphqlContext>["gateway"];

/** Most errors of a refused document that a client is told. */
const MAX_REFUSALS = 5;

/** Puts the engine where Apollo Server expects a gateway. */
export function engineGateway(engine: Engine, supergraphSdl: string): ApolloGateway {
  const listeners = new Set<Parameters<ApolloGateway["onSchemaLoadOrUpdate"]>[0]>();
  return {
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async load() {
      for (const tell of listeners) tell({ apiSchema: engine.schema, coreSupergraphSdl: supergraphSdl });
      return {
        executor: async ({ request, document, source, context }) => {
          const { data, errors } = await engine.execute({
            query: source,
            document,
            operationName: request.operationName,
            variables: request.variables,
            context: (context as GraphqlContext).run,
          });
          // Apollo tells a request that was refused (HTTP 400) from one that ran by the absence of `data`.
          if (data === undefined) return { errors: errors?.slice(0, MAX_REFUSALS) ?? [] };
          return errors ? { data, errors } : { data };
        },
      };
    },
    async stop() {
      engine.close();
    },
  };
}
