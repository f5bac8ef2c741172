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
    if ((error as { readonly code?: string }).code === WRONG_PASSWORD) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const WRONG_PASSWORD = "28P01";
