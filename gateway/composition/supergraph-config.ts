import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { SubgraphSdl } from "./compose.ts";

/** The settings that placeholders are filled from; give it the process's own or any other. */
export type Environment = Readonly<Record<string, string | undefined>>;

const SUPERGRAPH_CONFIG = z.strictObject({
  federation_version: z.union([z.string(), z.number()]).optional(),
  subgraphs: z.record(
    z.string().min(1),
    z.strictObject({
      routing_url: z.string().min(1),
      schema: z.strictObject({ file: z.string().min(1) }),
    }),
  ),
});

export type SupergraphConfig = {
  readonly federationVersion: string | undefined;
  readonly subgraphs: readonly SubgraphSdl[];
};

/**
 * Reads a `supergraph.yaml` as rover writes it, with the schema files it names (relative to it). A `routing_url` may
 * hold `${env.NAME}` or `${env.NAME:default}`.
 * @throws AppError BAD_CONFIGURATION that names the file and what is wrong in it.
 */
export async function readSupergraphConfig(path: string, env: Environment): Promise<SupergraphConfig> {
  const config = parseConfig(path, await readText(path, path));
  const subgraphs = Object.entries(config.subgraphs).map(async ([name, { routing_url, schema }]) => ({
    name,
    url: fillPlaceholders(routing_url, env, `${path}: routing_url of ${name}`),
    sdl: await readText(resolve(dirname(path), schema.file), path),
  }));
  return {
    federationVersion: config.federation_version === undefined ? undefined : String(config.federation_version),
    subgraphs: await Promise.all(subgraphs),
  };
}

function parseConfig(path: string, text: string): z.infer<typeof SUPERGRAPH_CONFIG> {
  let content: unknown;
  try {
    content = parse(text);
  } catch (cause) {
    throw new AppError("BAD_CONFIGURATION", `${path} is not YAML: ${(cause as Error).message}`, { cause });
  }
  const result = SUPERGRAPH_CONFIG.safeParse(content);
  if (!result.success) {
    throw new AppError("BAD_CONFIGURATION", `${path} is no supergraph configuration: ${z.prettifyError(result.error)}`);
  }
  return result.data;
}

async function readText(path: string, namedIn: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const where = path === namedIn ? "" : `, which ${namedIn} names`;
    throw new AppError("BAD_CONFIGURATION", `Cannot read ${path}${where}: ${(cause as Error).message}`, { cause });
  }
}

/** Both spellings of a default in use are taken: `:default` and the shell's `:-default`. */
const PLACEHOLDER = /\$\{env\.([A-Za-z_][A-Za-z0-9_]*)(?::-?([^}]*))?\}/g;

function fillPlaceholders(text: string, env: Environment, where: string): string {
  return text.replace(PLACEHOLDER, (_, name: string, fallback: string | undefined) => {
    const value = env[name] ?? fallback;
    if (value === undefined) {
      throw new AppError(
        "BAD_CONFIGURATION",
        `${where} needs the environment variable ${name}: set it or add a default.`,
      );
    }
    return value;
  });
}
