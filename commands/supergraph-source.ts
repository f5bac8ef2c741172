import { readFile } from "node:fs/promises";
import type { SubgraphSdl } from "../gateway/composition/compose.ts";
import { readSupergraphConfig } from "../gateway/composition/supergraph-config.ts";
import type { Config } from "../subgraphs/shared/config.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { composeOwned, SUPERGRAPH_CONFIG } from "./compose.ts";

/** Where a gateway's supergraph comes from. */
export type SupergraphSource = {
  /** What it is made of, as it stands now; cheap enough to ask every second. @throws AppError BAD_CONFIGURATION */
  readonly look: () => Promise<string>;
  /** @throws AppError COMPOSITION_FAILED */
  readonly compose: (parts: string) => string;
};

/** A composed supergraph in a file of its own where the settings name one, else the subgraphs of `supergraph.yaml`. */
export function supergraphSource({ supergraph, environment }: Config): SupergraphSource {
  if (supergraph !== undefined) return { look: () => readComposed(supergraph), compose: (parts) => parts };
  return {
    look: async () => JSON.stringify((await readSupergraphConfig(SUPERGRAPH_CONFIG, environment)).subgraphs),
    compose: (parts) => composeOwned(JSON.parse(parts) as SubgraphSdl[]),
  };
}

export async function readSupergraph({ look, compose }: SupergraphSource): Promise<string> {
  return compose(await look());
}

async function readComposed(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new AppError(
      "BAD_CONFIGURATION",
      `${path} cannot be read: set CONCORD_SUPERGRAPH to a file that \`concord compose\` wrote.`,
      { cause },
    );
  }
}
