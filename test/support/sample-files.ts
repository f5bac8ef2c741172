import { join } from "node:path";
import { areSamplesReady, loadSamples } from "../../commands/load-samples.ts";
import { openSystem, type System } from "../../commands/open-system.ts";
import { readConfig } from "../../subgraphs/shared/config.ts";
import type { Site } from "./processes.ts";
import { PATIENCE_MS, until } from "./until.ts";

export const SAMPLES = join(import.meta.dirname, "../../samples");

/** The parts of a site in the test's own process; close the system before the site. */
export function openParts(site: Site): Promise<System> {
  return openSystem(readConfig({ ...site.environment, LOG_LEVEL: "silent" }), "stderr");
}

/** Registers a simulated merchant at a site and takes its files in; workers do the rest. Gives the merchant's id. */
export async function receiveSamples(site: Site, folder = SAMPLES): Promise<string> {
  const system = await openParts(site);
  try {
    await system.migrate();
    return await loadSamples(system, await system.open("worker", 2), folder);
  } finally {
    await system.close();
  }
}

/** Waits until workers have imported and reconciled all of it. */
export async function untilReconciled(site: Site, merchantId: string, withinMs = PATIENCE_MS): Promise<void> {
  const system = await openParts(site);
  try {
    const database = await system.open("worker", 1);
    await until(() => areSamplesReady(database, merchantId), withinMs);
  } finally {
    await system.close();
  }
}
