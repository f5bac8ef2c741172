import pg from "pg";
import { z } from "zod";

export const SUPERUSER = "concord";
export const DATABASE = "concord";

type Address = { readonly host: string; readonly port: number };

/**
 * Asks the server itself whether it serves: a pid file or an open socket is not an answer. `busy` is a server that
 * starts, recovers or stops.
 */
export async function answerOf({ host, port }: Address, cluster: string): Promise<"ready" | "busy" | "silent"> {
  const client = adminClient({ host, port });
  try {
    await client.connect();
    const { rows } = await client.query("select current_setting('data_directory') as data_directory");
    return z.array(z.object({ data_directory: z.literal(cluster) })).safeParse(rows).success ? "ready" : "silent";
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === TOO_MANY_CONNECTIONS) return "ready";
    return code === CANNOT_CONNECT_NOW || message.includes("timeout") ? "busy" : "silent";
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Two processes may find it missing at once; the second to create it finds it there. */
export async function ensureDatabase(address: Address): Promise<void> {
  const client = adminClient(address);
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (![DUPLICATE_DATABASE, UNIQUE_VIOLATION].includes(code)) throw error;
  } finally {
    await client.end();
  }
}

const TOO_MANY_CONNECTIONS = "53300";
const CANNOT_CONNECT_NOW = "57P03";
const DUPLICATE_DATABASE = "42P04";
const UNIQUE_VIOLATION = "23505";

function adminClient({ host, port }: Address): pg.Client {
  const client = new pg.Client({ host, port, user: SUPERUSER, database: "postgres", connectionTimeoutMillis: 2_000 });
  // A server that goes away under us breaks the pending query; the event says the same again.
  client.on("error", () => undefined);
  return client;
}
