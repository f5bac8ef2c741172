import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A site that all suites of a run look at, and no suite closes. `database` is the name of its own. */
export type SharedSite = { readonly url: string; readonly pid: number; readonly database: string };

/** Where it stands that a run has one. */
export function sharedSiteFile(runFolder: string): string {
  return join(runFolder, "shared-site.json");
}

/** Ends the site of a run, if one was begun, and gives the name of its database. */
export async function endSharedSite(runFolder: string): Promise<string | undefined> {
  const text = await readFile(sharedSiteFile(runFolder), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { pid, database } = JSON.parse(text) as SharedSite;
  // Of a run that was killed long ago, the number may be another process's by now.
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  if (command.includes(runFolder)) process.kill(pid, "SIGKILL");
  return database;
}
