import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/**
 * What becomes of a COMMIT whose connection is reset: the server never gets it; it carries it out, and the answer is
 * lost; or both ends are reset right after it was sent, and nobody knows.
 */
export const CUTS = ["LOST", "DONE", "UNKNOWN"] as const;
export type Cut = (typeof CUTS)[number];

/** Stands between processes and PostgreSQL, and resets connections in the middle of their COMMIT. */
export type CommitCutter = {
  /** The database by way of this. */
  readonly url: string;
  /** Whether a connection is inside a transaction at the moment. */
  readonly hasOpenTransaction: () => boolean;
  /** Has the COMMIT of each transaction that is open now cut. */
  readonly cutOpenTransactions: (cut: Cut) => void;
  /** How many were cut so far. */
  readonly cuts: () => number;
  readonly close: () => Promise<void>;
};

type Line = {
  readonly client: Socket;
  readonly server: Socket;
  /** From the server's last ReadyForQuery: whether a transaction is open. */
  isOpen: boolean;
  /** How the COMMIT of the open transaction is to be cut. */
  cut?: Cut | undefined;
  /** The answer is awaited, and not passed on. */
  isDeaf: boolean;
};

export async function openCommitCutter(databaseUrl: string, connect: () => Socket): Promise<CommitCutter> {
  const lines = new Set<Line>();
  let cuts = 0;
  const reset = ({ client, server }: Line) => {
    client.resetAndDestroy();
    server.destroy();
  };
  const cutNow = (line: Line, cut: Cut, commit: Buffer) => {
    cuts += 1;
    line.cut = undefined;
    if (cut === "LOST") return reset(line);
    line.isDeaf = true;
    line.server.write(commit, () => cut === "UNKNOWN" && reset(line));
  };
  const front = createServer((client) => {
    const line: Line = { client, server: connect(), isOpen: false, isDeaf: false };
    lines.add(line);
    client.setNoDelay(true);
    client.on("data", (bytes) => {
      if (line.cut !== undefined && isCommit(bytes)) cutNow(line, line.cut, bytes);
      else line.server.write(bytes);
    });
    line.server.on("data", (bytes) => {
      if (line.isDeaf) return reset(line);
      if (bytes.subarray(-READY_BYTES, -1).equals(READY)) line.isOpen = bytes.at(-1) === OPEN;
      if (!line.isOpen) line.cut = undefined;
      client.write(bytes);
    });
    for (const [one, other] of [
      [client, line.server],
      [line.server, client],
    ] as const) {
      one.on("error", () => undefined);
      one.on("close", () => {
        lines.delete(line);
        other.destroy();
      });
    }
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  const { port } = front.address() as { readonly port: number };
  const { username, pathname } = new URL(databaseUrl);
  const open = () => [...lines].filter(({ isOpen }) => isOpen);
  return {
    url: `postgresql://${username}@127.0.0.1:${port}${pathname}`,
    hasOpenTransaction: () => open().length > 0,
    cutOpenTransactions: (cut) => {
      for (const line of open()) line.cut = cut;
    },
    cuts: () => cuts,
    close: async () => {
      for (const line of lines) reset(line);
      front.close();
      await once(front, "close");
    },
  };
}

/** A simple query by the client: its kind, four bytes of length, the text and a zero. */
function isCommit(bytes: Buffer): boolean {
  return bytes.at(0) === QUERY && bytes.toString("latin1", 5).toUpperCase() === "COMMIT\0";
}

const QUERY = "Q".charCodeAt(0);
/** ReadyForQuery ends each answer: its kind, its length, and then the state of the transaction. */
const READY = Buffer.from("Z\0\0\0\x05", "latin1");
const READY_BYTES = READY.length + 1;
const OPEN = "T".charCodeAt(0);
