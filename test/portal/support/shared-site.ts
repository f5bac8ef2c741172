import { spawn } from "node:child_process";
import { cp, mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { builtProgram } from "../../support/built-program.ts";
import { adminDatabase, copyDatabase } from "../../support/postgres.ts";
import { type SharedSite, sharedSiteFile } from "../../support/shared-site-file.ts";
import { inTurn } from "../../support/template-database.ts";
import { until } from "../../support/until.ts";
import { PORTAL_SETTINGS } from "./portal-site.ts";
import { sampledOriginal } from "./sampled-original.ts";

/** A site for all suites of a run that only look: the first that asks starts it, and the run's end ends it. */
export async function sharedSite(): Promise<SharedSite> {
  await sampledOriginal();
  const file = sharedSiteFile(inject("runFolder"));
  await inTurn(await adminDatabase(), async () => {
    if (await readFile(file).catch(() => undefined)) return;
    await writeFile(file, JSON.stringify(await begin(join(inject("runFolder"), "shared"))));
  });
  return JSON.parse(await readFile(file, "utf8")) as SharedSite;
}

async function begin(folder: string): Promise<SharedSite> {
  const original = await sampledOriginal();
  const database = await copyDatabase("portal_shared", original.database);
  await mkdir(folder);
  await cp(original.data, join(folder, "data"), { recursive: true });
  // It outlives the process of the suite that starts it, so it writes to a file and not to that process.
  const log = join(folder, "log");
  const output = await open(log, "w");
  const site = spawn(process.execPath, [await builtProgram(), "start"], {
    detached: true,
    stdio: ["ignore", output.fd, output.fd],
    env: {
      ...PORTAL_SETTINGS,
      PATH: process.env.PATH,
      HOME: folder,
      CONCORD_DATA: join(folder, "data"),
      PORT: "0",
      DATABASE_URL: database.url,
    },
  });
  site.unref();
  await output.close();
  const urlSaid = async () => /"url":"([^"]+)","msg":"the gateway answers"/.exec(await readFile(log, "utf8"))?.[1];
  await until(async () => (await urlSaid()) !== undefined || site.exitCode !== null);
  const url = await urlSaid();
  if (url === undefined) throw new Error(`the shared site did not start: ${await readFile(log, "utf8")}`);
  return { pid: site.pid ?? 0, url, database: new URL(database.url).pathname.slice(1) };
}
