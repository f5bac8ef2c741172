import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse } from "graphql";
import { composeSupergraph } from "../../gateway/composition/compose.ts";
import { readSupergraphConfig } from "../../gateway/composition/supergraph-config.ts";
import { buildPublicSchema } from "../../gateway/engine/public-schema.ts";
import { bundlePortal } from "./bundle-portal.ts";
import { generateOperations } from "./generate-operations.ts";
import { sourcesIn, stampOf } from "./inputs.ts";

const ROOT = join(import.meta.dirname, "../..");
const PORTAL = join(ROOT, "portal");
const SUPERGRAPH = join(ROOT, "supergraph.yaml");
const MANIFEST = join(PORTAL, "generated/documents.json");

/**
 * Writes what the portal's sources import from the schema; with `bundle` also the pages, into `dist`. What is up to date
 * is left as it is, so that a start pays only for what has changed.
 */
export async function buildPortal({ bundle }: { readonly bundle: boolean }): Promise<void> {
  const sources = await sourcesIn(PORTAL);
  const { subgraphs } = await readSupergraphConfig(SUPERGRAPH, {});
  const schemas = subgraphs.map(({ sdl }) => sdl);
  const graphql = sources.filter((path) => path.endsWith(".graphql"));
  const tools = sources.filter((path) => path.startsWith(import.meta.dirname));
  await unlessUnchanged(join(PORTAL, "generated/stamp"), [...graphql, ...tools], schemas, async () => {
    const { supergraphSdl } = composeSupergraph(subgraphs);
    const texts = await generateOperations(buildPublicSchema(parse(supergraphSdl)), PORTAL, graphql);
    await writeFile(MANIFEST, JSON.stringify(texts, null, 2));
  });
  if (!bundle) return;
  await unlessUnchanged(join(ROOT, "dist/portal-stamp"), [...sources, join(ROOT, "package-lock.json")], schemas, () =>
    bundlePortal(PORTAL, join(ROOT, "dist/portal")),
  );
  await copyFile(MANIFEST, join(ROOT, "dist/portal-documents.json"));
}

/** The stamp is written last: a build that was broken off is made again. */
async function unlessUnchanged(
  path: string,
  files: readonly string[],
  texts: readonly string[],
  build: () => Promise<void>,
): Promise<void> {
  const stamp = await stampOf(files, texts);
  if ((await readFile(path, "utf8").catch(() => "")) === stamp) return;
  await build();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, stamp);
}
