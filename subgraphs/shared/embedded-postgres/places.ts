import { createHash } from "node:crypto";
import { chmod, chown, lstat, mkdir, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { type Account, closedFolder } from "./account.ts";

/** Where one cluster lives. */
export type Places = {
  /** Holds all of it but the socket, where that path would be too long. */
  readonly root: string;
  readonly cluster: string;
  readonly socketDir: string;
  readonly logFile: string;
};

/** Where root's clusters go when their own data folder cannot be reached by the server's user. */
const SHARED_ROOT = "/var/lib/concord";

/**
 * The cluster lies in `<dataDir>/postgres`. When we are root and some folder above the data folder is closed to the
 * server's user (`CONCORD_DATA=/root/x`), it lies in `/var/lib/concord/clusters/<hash of dataDir>` instead: opening a
 * folder that is not ours to open, such as /root, is no decision for a program to take.
 */
export async function clusterRoot(dataDir: string, account: Account | undefined): Promise<string> {
  const own = await makeFolder(dataDir);
  if (account === undefined) return join(own, "postgres");
  await letThrough(own, account);
  if ((await closedFolder(own, account)) === undefined) return join(own, "postgres");
  const shared = await makeFolder(SHARED_ROOT);
  await letThrough(shared, account);
  await letThrough(await makeFolder(join(shared, "clusters")), account);
  return join(shared, "clusters", hash(own));
}

/** Makes the folders that the server writes to, its own and closed to all others. */
export async function preparePlaces(root: string, account: Account | undefined): Promise<Places> {
  await makePrivate(root, account);
  const socketDir = socketFolder(root);
  await makePrivate(socketDir, account);
  return { root, cluster: join(root, "data"), socketDir, logFile: join(root, "postgres.log") };
}

export const SOCKET_PORT = 5432;

/** The system caps a socket's path (107 bytes on Linux, 103 on macOS), so a deep data folder gets a short one in /tmp. */
function socketFolder(root: string): string {
  const candidates = [join(root, "socket"), join(tmpdir(), `concord-${hash(root)}`)];
  const limit = process.platform === "darwin" ? 103 : 107;
  const fits = (folder: string) => Buffer.byteLength(join(folder, `.s.PGSQL.${SOCKET_PORT}`)) <= limit;
  return candidates.find(fits) ?? join("/tmp", `concord-${hash(root)}`);
}

async function makeFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true });
    return await realpath(path);
  } catch (cause) {
    throw new AppError(
      "BAD_CONFIGURATION",
      `The folder ${path} cannot be made: set CONCORD_DATA to one you may write.`,
      {
        cause,
      },
    );
  }
}

/** Lets the server's user pass through a folder of ours, without letting it list what is inside. */
async function letThrough(folder: string, account: Account): Promise<void> {
  const { mode, uid } = await stat(folder);
  const isClosed = (mode & 0o011) !== 0o011 && uid === process.getuid?.() && uid !== account.uid;
  if (isClosed) await chmod(folder, (mode & 0o7777) | 0o011);
}

async function makePrivate(folder: string, account: Account | undefined): Promise<void> {
  const owner = account?.uid ?? process.getuid?.();
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const before = await lstat(folder);
  // In /tmp anyone may have made it first, to read along or to lead us elsewhere by a link.
  if (!before.isDirectory() || (before.uid !== owner && before.uid !== process.getuid?.())) {
    throw new AppError(
      "BAD_CONFIGURATION",
      `${folder} belongs to user ${before.uid}: start as that user or as root, or set CONCORD_DATA to another folder.`,
    );
  }
  if (account !== undefined && before.uid !== account.uid) await chown(folder, account.uid, account.gid);
  if ((before.mode & 0o777) !== 0o700) await chmod(folder, 0o700);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
