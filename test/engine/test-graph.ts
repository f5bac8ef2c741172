import { buildSubgraphSchema } from "@apollo/subgraph";
import type { ExecutionResult, GraphQLSchema } from "graphql";
import { graphql, parse } from "graphql";
import { composeSupergraph } from "../../gateway/composition/compose.ts";
import type { Engine } from "../../gateway/engine/create-engine.ts";
import { createEngine } from "../../gateway/engine/create-engine.ts";
import type { EngineOptions } from "../../gateway/engine/engine-options.ts";
import type { SubgraphCaller } from "../../gateway/engine/subgraph.ts";
import type { EventSource } from "./event-sources.ts";

const LINK = `extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.3"
  import: ["@key", "@external", "@requires", "@shareable", "@interfaceObject", "@inaccessible"]
)`;

type SubgraphModule = Parameters<typeof buildSubgraphSchema>[0] extends infer Modules
  ? Extract<Modules, readonly unknown[]>[number]
  : never;
type Resolvers = NonNullable<Exclude<SubgraphModule, { kind: string }>["resolvers"]>;

export type SubgraphSource = { readonly sdl: string; readonly resolvers: Resolvers };

type Call = {
  readonly subgraph: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
};

type Answer = Awaited<ReturnType<SubgraphCaller>>;

export type TestGraph = {
  /** The engine for operations that have one answer; `streams` is the same one with subscriptions. */
  readonly engine: Omit<Engine, "execute"> & {
    execute(request: Parameters<Engine["execute"]>[0]): Promise<ExecutionResult>;
  };
  readonly streams: Engine;
  readonly supergraphSdl: string;
  readonly schemas: Readonly<Record<string, GraphQLSchema>>;
  /** Every call a subgraph got, in order. */
  readonly calls: Call[];
  /** Stands in for a subgraph: what it returns or throws is the answer; `undefined` lets the subgraph answer. */
  readonly intercept: Map<
    string,
    (call: Call, signal: AbortSignal) => Promise<Answer | undefined> | Answer | undefined
  >;
};

type TestGraphOptions = {
  readonly isInProcess?: boolean;
  /** Where the subscriptions of the subgraph `payments` come from. */
  readonly payments?: Pick<EventSource, "url" | "subscribe">;
};

/** Real subgraph schemas behind the engine, called through JSON text over a `fetch` or in the same process. */
export function createTestGraph(
  sources: Readonly<Record<string, SubgraphSource>>,
  { isInProcess = false, payments, ...options }: TestGraphOptions & Partial<EngineOptions> = {},
): TestGraph {
  const { supergraphSdl } = composeSupergraph(
    Object.entries(sources).map(([name, { sdl }]) => ({
      name,
      url: (name === "payments" ? payments?.url : undefined) ?? `http://${name}.test/graphql`,
      sdl: `${LINK}\n${sdl}`,
    })),
  );
  const calls: Call[] = [];
  const intercept: TestGraph["intercept"] = new Map();
  const schemas: Record<string, GraphQLSchema> = {};
  for (const [name, { sdl, resolvers }] of Object.entries(sources)) {
    schemas[name] = buildSubgraphSchema([{ typeDefs: parse(`${LINK}\n${sdl}`), resolvers }]);
  }

  async function answer(call: Call, signal: AbortSignal): Promise<Answer> {
    calls.push(call);
    const intercepted = await intercept.get(call.subgraph)?.(call, signal);
    if (intercepted) return intercepted;
    const schema = schemas[call.subgraph] as GraphQLSchema;
    const { data, errors } = await graphql({ schema, source: call.query, variableValues: call.variables });
    return { data, ...(errors ? { errors: errors.map((error) => error.toJSON()) } : {}) };
  }

  const callers = Object.keys(sources).map((name): [string, SubgraphCaller] => {
    const call: SubgraphCaller = ({ query, variables, headers, signal }) =>
      answer({ subgraph: name, query, variables, headers }, signal);
    const subscribe = name === "payments" ? payments?.subscribe : undefined;
    return [name, subscribe ? Object.assign(call, { subscribe }) : call];
  });
  const engine = createEngine({
    supergraphSdl,
    fetch: async (url, init) => {
      if (!new URL(url).hostname.endsWith(".test")) return fetch(url, init);
      const { body, headers, signal } = init;
      const { query, variables } = JSON.parse(body);
      const result = await answer(
        { subgraph: new URL(url).hostname.replace(".test", ""), query, variables, headers },
        signal,
      );
      return new Response(JSON.stringify(result));
    },
    subgraphs: Object.fromEntries(callers.filter(([, { subscribe }]) => isInProcess || subscribe)),
    ...options,
  });
  return {
    engine: { ...engine, execute: async (request) => single(await engine.execute(request)) },
    streams: engine,
    supergraphSdl,
    schemas,
    calls,
    intercept,
  };
}

/** The answer of an operation that has only one. */
export function single(result: Awaited<ReturnType<Engine["execute"]>>): ExecutionResult {
  if (Symbol.asyncIterator in result) throw new Error("a stream of answers where one was expected");
  return result;
}

/** The result as a client reads it from JSON. */
export function asJson(result: unknown): unknown {
  return JSON.parse(JSON.stringify(result));
}
