import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page as Tab } from "playwright-core";
import type { Page } from "../../../portal/app/page.ts";
import { PROJECT_ROOT } from "../../support/readme.ts";

const FOLDER = join(PROJECT_ROOT, "portal/pages");

/** Every page of the portal, as its shell knows it: a new folder is a new page here as well. */
export const PAGES: readonly Page[] = await Promise.all(
  readdirSync(FOLDER).map(async (name) => {
    const { page } = (await import(join(FOLDER, name, "page.ts"))) as { readonly page: Page };
    return page;
  }),
);

/** What pages show at other addresses than their own; `NOW` is a moment that has been when it is opened. */
const VIEWS: Readonly<Record<string, readonly string[]>> = {
  "/transactions": ["at=NOW"],
  "/reconciliation": ["view=matches", "view=rejected", "view=runs", "view=rules"],
};

export const PAGES_AND_VIEWS: readonly Page[] = PAGES.flatMap((page) => [
  page,
  ...(VIEWS[page.path] ?? []).map((view) => ({ ...page, path: `${page.path}?${view}` as const })),
]);

/** Waits until nothing on it is still on its way. */
export async function untilSettled(tab: Tab): Promise<void> {
  await tab.locator("main#content").waitFor();
  await tab.waitForLoadState("networkidle");
  await tab.locator("main .spinner, main [aria-busy=true]").first().waitFor({ state: "detached" });
}
