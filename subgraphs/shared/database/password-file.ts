import { readFile } from "node:fs/promises";
import pg from "pg";
import { AppError } from "../errors.ts";

/**
 * The password for a new connection, as the file says by then: what is in use stays. A role has one password at a time and
 * a file cannot change in the same moment, so while the file holds two lines the one that the server takes is found out.
 */
export function passwordFrom(file: string, connection: pg.ClientConfig): () => Promise<string> {
  return async () => {
    const passwords = await readPasswords(file);
    const [only = "", ...more] = passwords;
    if (more.length === 0) return only;
    for (const password of passwords) if (await isTaken({ ...connection, password })) return password;
    return only;
  };
}

/** @throws AppError BAD_CONFIGURATION */
async function readPasswords(file: string): Promise<readonly string[]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new AppError("BAD_CONFIGURATION", `The password file ${file} cannot be read.`, { cause });
  });
  return linesOf(text);
}

/** Passwords as a file has them, one a line. */
export function linesOf(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => line.trim() || []);
}

async function isTaken(connection: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client(connection);
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * A pool that tries a refused password once more. A server looks at its role's before it asks for ours, so that one which
 * is changed between that and our finding out is refused, and the next is not.
 */
export class PatientPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: OnConnected): void;
  override connect(callback?: OnConnected): Promise<pg.PoolClient> | undefined {
    if (!callback) return super.connect().catch((error: unknown) => this.#again(error));
    super.connect((error, client, done) => {
      if (isRefused(error)) super.connect(callback);
      else callback(error, client, done);
    });
    return undefined;
  }

  async #again(error: unknown): Promise<pg.PoolClient> {
    if (!isRefused(error)) throw error;
    return super.connect();
  }
}

type OnConnected = (error: Error | undefined, client: pg.PoolClient | undefined, done: () => void) => void;

function isRefused(error: unknown): boolean {
  return (error as { readonly code?: string } | undefined)?.code === WRONG_PASSWORD;
}

const WRONG_PASSWORD = "28P01";
