import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { adminDatabase } from "../../support/postgres.ts";
import { type Original, openSite, type Site } from "../../support/processes.ts";
import { inTurn, runOn, sampledTemplateOf } from "../../support/template-database.ts";

/**
 * The sample merchant's month, imported and reconciled: the first suite of a run that asks for it takes it in, which is
 * half a minute's work, and the sites of all are copies of it.
 */
export function sampledOriginal(): Promise<Original> {
  original ??= make();
  return original;
}

let original: Promise<Original> | undefined;

async function make(): Promise<Original> {
  const runFolder = inject("runFolder");
  const database = sampledTemplateOf(runFolder);
  const data = join(runFolder, "samples");
  const adminUrl = await adminDatabase();
  await inTurn(adminUrl, async (client) => {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [database]);
    if (rowCount) return;
    const site = await openSite("samples");
    try {
      await takeIn(site);
      await mkdir(data, { recursive: true });
      await cp(String(site.environment["CONCORD_DATA"]), data, { recursive: true });
      await runOn(adminUrl, `alter database ${new URL(site.url).pathname.slice(1)} rename to ${database}`);
    } finally {
      await site.close();
    }
  });
  return { database, data };
}

async function takeIn(site: Site): Promise<void> {
  // Loads all of the product, so only the suite does that makes it.
  const { receiveSamples, untilReconciled } = await import("../../support/sample-files.ts");
  const merchant = await receiveSamples(site);
  const worker = site.start(["worker"]);
  await untilReconciled(site, merchant);
  await worker.stop();
}
