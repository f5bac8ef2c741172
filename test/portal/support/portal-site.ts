import { openSite, type Service, type Site } from "../../support/processes.ts";
import { receiveSamples, untilReconciled } from "../../support/sample-files.ts";

/** The real system with the sample merchant's month, and its portal. */
export type PortalSite = { readonly url: string; readonly site: Site; readonly service: Service };

export async function openPortalSite(
  name: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<PortalSite> {
  const site = await openSite(name, { CONCORD_DEV_ISSUER: "on", CONCORD_RATE_LIMIT: "0", ...settings });
  const merchant = await receiveSamples(site);
  const service = site.start(["start"]);
  const { url } = await service.says("the gateway answers");
  await untilReconciled(site, merchant, 90_000);
  return { url: String(url), site, service };
}
