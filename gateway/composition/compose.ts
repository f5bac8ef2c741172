import { composeServices } from "@theguild/federation-composition";
import type { DocumentNode } from "graphql";
import { GraphQLError, parse } from "graphql";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { restoreExternal } from "./restore-external.ts";

/** One subgraph as the composer needs it; `url` is where a gateway finds it. */
export type SubgraphSdl = { readonly name: string; readonly url: string; readonly sdl: string };

/** One thing the composer found wrong, in its own words. */
export type CompositionProblem = {
  /** The composer's own code, such as `SATISFIABILITY_ERROR`. */
  readonly code: string;
  readonly message: string;
  /** The subgraph it was found in, where it is one. */
  readonly subgraph: string | undefined;
};

export class CompositionError extends AppError {
  constructor(readonly problems: readonly CompositionProblem[]) {
    const lines = problems.map(({ code, message }) => `${code}: ${message}`);
    super("COMPOSITION_FAILED", `The subgraphs do not compose; correct their schemas:\n${lines.join("\n")}`);
    this.name = "CompositionError";
  }
}

/**
 * Composes subgraphs into one supergraph.
 * @throws CompositionError with everything the composer found.
 */
export function composeSupergraph(subgraphs: readonly SubgraphSdl[]): { supergraphSdl: string } {
  const parsed = subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parseSdl(name, sdl) }));
  const problems = parsed.flatMap(({ typeDefs }) => ("code" in typeDefs ? [typeDefs] : []));
  if (problems.length > 0) throw new CompositionError(problems);
  const services = parsed.map(({ name, url, typeDefs }) => ({ name, url, typeDefs: typeDefs as DocumentNode }));
  const result = composeServices(services);
  if (result.errors) throw new CompositionError(result.errors.map(problemOf));
  return { supergraphSdl: restoreExternal(result.supergraphSdl, services) };
}

function parseSdl(subgraph: string, sdl: string): DocumentNode | CompositionProblem {
  try {
    return parse(sdl);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line, column } = error.locations?.[0] ?? { line: 1, column: 1 };
    return { code: "INVALID_GRAPHQL", message: `[${subgraph}] ${error.message} (${line}:${column})`, subgraph };
  }
}

function problemOf({ message, extensions }: GraphQLError): CompositionProblem {
  const { code, subgraphName } = extensions;
  return {
    code: typeof code === "string" ? code : "INVALID_GRAPHQL",
    message,
    subgraph: typeof subgraphName === "string" ? subgraphName : undefined,
  };
}
