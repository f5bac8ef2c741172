import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../errors.ts";

/** The operating system user that the server runs as, where that is not ourselves. */
export type Account = { readonly uid: number; readonly gid: number };

/**
 * PostgreSQL refuses to run as root, so root hands it to the first of these users that exists; everyone else runs it as
 * themselves (undefined).
 */
export async function serverAccount(names: readonly string[]): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile("/etc/passwd", "utf8").catch(() => "")).split("\n").map((line) => line.split(":"));
  for (const name of names) {
    const [, , uid, gid] = accounts.find(([account]) => account === name) ?? [];
    // macOS writes nobody's id as -2; the system call wants it unsigned.
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
  }
  const message = `PostgreSQL does not run as root and there is no user ${names.join(" or ")}: run as another user or set DATABASE_URL.`;
  throw new AppError("PLATFORM_UNSUPPORTED", message);
}

/**
 * The user that a cluster which exists already must be run as: PostgreSQL insists on its owner, and a `postgres` user
 * may have been added to the system since the cluster was created as `nobody`.
 */
export async function ownerOf(cluster: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(cluster).catch(() => undefined);
  return owner === undefined || owner.uid === 0 ? undefined : { uid: owner.uid, gid: owner.gid };
}

/** The nearest folder on the way to `path`, itself included, that the account may not pass through. */
export async function closedFolder(path: string, account: Account): Promise<string | undefined> {
  const parent = dirname(path);
  const above = parent === path ? undefined : await closedFolder(parent, account);
  if (above !== undefined) return above;
  const { mode, uid, gid } = await stat(path);
  const searchBit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  return (mode & searchBit) === 0 ? path : undefined;
}
