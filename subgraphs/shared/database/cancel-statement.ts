import { connect } from "node:net";
import type { PoolClient } from "pg";

/** What `pg` knows of the server process behind a connection, and does not put in its types. */
type Backend = {
  readonly processID?: number | null;
  readonly secretKey?: number | null;
  readonly host?: string;
  readonly port?: number;
};

const CANCEL_REQUEST = 80_877_102;
const PATIENCE_MS = 2_000;

/**
 * Ends the statement that runs on a connection, over a connection of its own: that is PostgreSQL's protocol, and needs
 * the keys of the backend and no role. Resolves when the server has taken the request or cannot be reached; the caller
 * must keep the connection for itself until then, or it may be another's statement that ends.
 */
export function cancelStatement(client: PoolClient): Promise<void> {
  const { processID, secretKey, host = "127.0.0.1", port = 5432 } = client as Backend;
  if (!processID || secretKey === undefined || secretKey === null) return Promise.resolve();
  const request = Buffer.alloc(16);
  request.writeInt32BE(request.length, 0);
  request.writeInt32BE(CANCEL_REQUEST, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const address = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  return new Promise((resolve) => {
    const socket = connect(address, () => socket.write(request));
    // The server closes once it has told the backend.
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on("error", () => undefined);
    socket.once("close", () => resolve());
    socket.resume();
  });
}
