import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { composeSupergraph, type SubgraphSdl } from "../gateway/composition/compose.ts";
import { assertSingleOwners } from "../gateway/composition/single-owners.ts";
import { type Environment, readSupergraphConfig } from "../gateway/composition/supergraph-config.ts";
import type { Command } from "./command.ts";
import { PROJECT_ROOT } from "./project-root.ts";

export const command: Command = {
  summary: "Compose the subgraphs of supergraph.yaml into supergraph.graphql",
  usage: "concord compose [--config supergraph.yaml] [--out supergraph.graphql] [--json]",
  options: { config: { type: "string" }, out: { type: "string" } },
  run: async ({ config: { environment }, options, say, report }) => {
    const config = typeof options.config === "string" ? resolve(options.config) : SUPERGRAPH_CONFIG;
    const out = resolve(typeof options.out === "string" ? options.out : "supergraph.graphql");
    const { supergraphSdl, subgraphs } = await composeFrom(config, environment);
    await writeFile(out, supergraphSdl);
    report({ out, subgraphs: subgraphs.map(({ name, url }) => ({ name, url })) });
    say(`composed ${subgraphs.map(({ name }) => name).join(", ")} into ${out}`);
    return 0;
  },
};

export const SUPERGRAPH_CONFIG = join(PROJECT_ROOT, "supergraph.yaml");

/** Composes what a `supergraph.yaml` names. @throws AppError COMPOSITION_FAILED with the composer's own codes */
export async function composeFrom(path: string, environment: Environment) {
  const { subgraphs } = await readSupergraphConfig(path, environment);
  return { supergraphSdl: composeOwned(subgraphs), subgraphs };
}

/** The supergraph of subgraphs of which each owns what it resolves. @throws AppError COMPOSITION_FAILED */
export function composeOwned(subgraphs: readonly SubgraphSdl[]): string {
  const { supergraphSdl } = composeSupergraph(subgraphs);
  assertSingleOwners(supergraphSdl);
  return supergraphSdl;
}
