import { randomUUID, type webcrypto } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { AppError } from "../subgraphs/shared/errors.ts";

export type SigningKey = { readonly privateKey: webcrypto.CryptoKey; readonly publicJwk: JWK };

export const ALGORITHM = "ES256";

/**
 * The key pair kept in `folder`, made on first use, so that tokens outlive a restart. Two processes that start at once
 * end up with the same one.
 * @throws AppError BAD_CONFIGURATION when the file is there but holds no such key.
 */
export async function keptSigningKey(folder: string): Promise<SigningKey> {
  const path = join(folder, "signing-key.json");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return await readKey(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  await createKey(path);
  return readKey(path);
}

async function readKey(path: string): Promise<SigningKey> {
  const text = await readFile(path, "utf8");
  try {
    const { d: privatePart, ...publicPart } = JSON.parse(text) as JWK;
    const kid = await calculateJwkThumbprint(publicPart);
    const privateKey = await importJWK({ ...publicPart, ...(privatePart && { d: privatePart }) }, ALGORITHM);
    if (privateKey instanceof Uint8Array || privateKey.type !== "private") throw new Error("no private key");
    return { privateKey, publicJwk: { ...publicPart, kid, alg: ALGORITHM, use: "sig" } };
  } catch (cause) {
    throw new AppError("BAD_CONFIGURATION", `${path} holds no signing key: delete it to get a new one.`, { cause });
  }
}

/** Written beside and linked into place, so that nobody reads half a key and the first of two writers wins. */
async function createKey(path: string): Promise<void> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600 });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
