import { once } from "node:events";
import { chown, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import type { Log } from "../log.ts";
import { type Account, ownerOf, serverAccount } from "./account.ts";
import { findPackage, locateBinaries } from "./binaries.ts";
import { buildOnce } from "./build-once.ts";
import { clusterRoot, preparePlaces } from "./places.ts";
import { stopPostmaster } from "./postmaster.ts";
import { DATABASE, ensureDatabase, SUPERUSER } from "./ready.ts";
import { run } from "./run.ts";
import { bringUp, type Running } from "./server.ts";

export type EmbeddedPostgresOptions = {
  readonly dataDir: string;
  readonly log: Log;
  /** Server settings over our own, by their names in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Users to run as when we are root; the first that exists. */
  readonly runAs?: readonly string[];
  /** How long a live server may not answer at all before it is restarted. */
  readonly silenceMs?: number;
  /** The unpacked npm package with the server's programs. */
  readonly packageDir?: string;
};

export type EmbeddedPostgres = {
  /** For `pg` and what builds on it; the host is the folder of the server's socket. No password: only we can enter it. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  /** The same as one URL, for a child process. */
  readonly url: string;
  readonly pid: number;
  /** True when the server was running already: one left behind by a killed process, or another process's own. */
  readonly adopted: boolean;
  /** Stops the server, adopted or not, and returns when its process is gone. */
  readonly stop: () => Promise<void>;
};

/**
 * Runs a PostgreSQL of our own for a data folder: creates the cluster and the database `concord` at first, adopts a
 * server that runs there already, recovers one that died. It listens on a socket in a folder that only its user and root
 * may enter, and on no port. Any number of processes may call this for one folder at once; they share one server.
 * @throws AppError PLATFORM_UNSUPPORTED, BAD_CONFIGURATION (folder not usable), DATABASE_UNAVAILABLE (does not start)
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, settings = {}, runAs = ["postgres", "_postgres", "nobody"], packageDir = findPackage() } = options;
  const newAccount = await serverAccount(runAs);
  const root = await clusterRoot(dataDir, newAccount);
  const account = (await ownerOf(join(root, "data"))) ?? newAccount;
  const places = await preparePlaces(root, account);
  const log = options.log.child({ cluster: places.cluster });
  const running = await bringUp({
    places,
    account,
    settings,
    log,
    silenceMs: options.silenceMs ?? 30_000,
    program: async () => {
      const binaries = await locateBinaries(packageDir, root, account);
      await ensureCluster(places.cluster, binaries, account);
      return binaries.postgres;
    },
  });
  const { pidFile } = running;
  const adopted = running.child === undefined;
  const connection = { host: pidFile.socketDir, port: pidFile.port, user: SUPERUSER, database: DATABASE };
  await ensureDatabase(connection);
  log.info({ pid: pidFile.pid }, adopted ? "PostgreSQL was running: adopted" : "PostgreSQL started");
  let stopped: Promise<void> | undefined;
  return {
    connection,
    url: `postgresql://${SUPERUSER}@${encodeURIComponent(connection.host)}:${connection.port}/${DATABASE}`,
    pid: pidFile.pid,
    adopted,
    stop: () => {
      stopped ??= stop(running, places.cluster, log);
      return stopped;
    },
  };
}

const COLLECT_MS = 10_000;

async function stop({ child }: Running, cluster: string, log: Log): Promise<void> {
  const signal = await stopPostmaster(cluster);
  // Ours stays a zombie until Node has collected it; if its pid file was taken from it, it has not been told yet.
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    child.ref();
    if (signal === undefined) child.kill("SIGINT");
    await once(child, "exit", { signal: AbortSignal.timeout(COLLECT_MS) });
  }
  log.info({ signal }, "PostgreSQL stopped");
}

async function ensureCluster(
  cluster: string,
  binaries: { readonly initdb: string; readonly major: string },
  account: Account | undefined,
): Promise<void> {
  await buildOnce(cluster, async (folder) => {
    if (account !== undefined) await chown(folder, account.uid, account.gid);
    await run(binaries.initdb, ["-D", folder, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", ...LOCALE], account);
  });
  const major = (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
  if (major === binaries.major) return;
  throw new AppError(
    "BAD_CONFIGURATION",
    `The data in ${cluster} is of PostgreSQL ${major} and this program brings ${binaries.major}: set CONCORD_DATA to another folder, or dump and restore it.`,
  );
}

/**
 * Sorting and upper case come from PostgreSQL itself, so that no upgrade of the system's C library can change the order
 * under an index; the system's locale only classifies characters. macOS has no C.UTF-8.
 */
const LOCALE = [
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  ...(process.platform === "darwin" ? ["--locale=C", "--lc-ctype=en_US.UTF-8"] : ["--locale=C.UTF-8"]),
];
