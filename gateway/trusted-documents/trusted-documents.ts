import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";

/** Documents that were registered beforehand, of all clients. */
export type TrustedDocuments = {
  /** The text of an id as a client sends it; undefined when no client registered it. */
  textOf(id: string): string | undefined;
  /** True for exactly the text that a client registered. */
  has(text: string): boolean;
};

/**
 * Reads manifests, or folders with one for each client: JSON that gives each id its text. An id of the form
 * `sha256:<hex>` is held to its text.
 * @throws AppError BAD_CONFIGURATION when it cannot be read, or one id means two texts
 */
export async function loadTrustedDocuments(...paths: readonly string[]): Promise<TrustedDocuments> {
  const texts = new Map<string, string>();
  for (const file of (await Promise.all(paths.map(manifestsAt))).flat()) {
    for (const [id, text] of Object.entries(await readManifest(file))) {
      if ((texts.get(id) ?? text) !== text) {
        throw unusable(`${basename(file)} gives ${id} another text than a manifest before it: rename one.`);
      }
      texts.set(id, text);
    }
  }
  const known = new Set(texts.values());
  return { textOf: (id) => texts.get(id), has: (text) => known.has(text) };
}

const MANIFEST = z.record(z.string().min(1).max(200), z.string().min(1).max(100_000));

async function manifestsAt(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = (await readdir(path)).filter((name) => name.endsWith(".json"));
    if (names.length === 0) throw unusable(`${path} holds no manifest: put one there, <client>.json.`);
    return names.sort().map((name) => join(path, name));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw unusable(`${path} cannot be read: set CONCORD_TRUSTED_DOCUMENTS to a manifest or a folder of them.`, cause);
  }
}

async function readManifest(file: string): Promise<Readonly<Record<string, string>>> {
  let manifest: Readonly<Record<string, string>>;
  try {
    manifest = MANIFEST.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    throw unusable(`${file} is no manifest: write it as {"<id>": "<text>"}.`, cause);
  }
  for (const [id, text] of Object.entries(manifest)) {
    const given = /^sha256:(.*)$/s.exec(id)?.[1];
    const right = createHash("sha256").update(text).digest("hex");
    if (given !== undefined && given !== right) throw unusable(`${file}: the text of ${id} has the hash ${right}.`);
  }
  return manifest;
}

function unusable(message: string, cause?: unknown): AppError {
  return new AppError("BAD_CONFIGURATION", message, { cause });
}
