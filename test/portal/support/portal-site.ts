import { openSite, type Service, type Site } from "../../support/processes.ts";
import { sampledOriginal } from "./sampled-original.ts";

/** The real system with the sample merchant's month, and its portal. */
export type PortalSite = { readonly url: string; readonly site: Site; readonly service: Service };

/** What every portal of the tests is told. */
export const PORTAL_SETTINGS = { CONCORD_DEV_ISSUER: "on", CONCORD_RATE_LIMIT: "0" };

/**
 * One of the calling suite's own, for what it changes, or for settings of its own; close `site` in `afterAll`. A suite that
 * only looks takes `sharedSite`, which costs nothing.
 */
export async function openPortalSite(
  name: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<PortalSite> {
  const site = await openSite(name, { ...PORTAL_SETTINGS, ...settings }, await sampledOriginal());
  const service = site.start(["start"]);
  const { url } = await service.says("the gateway answers");
  return { url: String(url), site, service };
}
