import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config } from "../subgraphs/shared/config.ts";

/** What signs page cursors, the present one first: CONCORD_SECRET, or one made once and kept under the data folder. */
export async function cursorKeys(config: Config): Promise<readonly Uint8Array[]> {
  const secrets = config.secrets ?? [await keptSecret(join(config.dataDir, "secrets", "cursor-key"))];
  return secrets.map((secret) => Buffer.from(secret));
}

async function keptSecret(path: string): Promise<string> {
  const known = await readFile(path, "utf8").catch(() => undefined);
  if (known !== undefined) return known;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, randomBytes(32).toString("base64url"), { mode: 0o600 });
  // Two processes may start at once; a link can be made only once, and both then read the same secret.
  await link(draft, path).catch(() => undefined);
  await rm(draft);
  return readFile(path, "utf8");
}
