import { join } from "node:path";
import type { Page } from "playwright-core";
import { PROJECT_ROOT } from "../../support/readme.ts";

/** Keeps what a person would see, for a person to look at: `dist/screenshots/NAME.png`. */
export async function photograph(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(PROJECT_ROOT, "dist/screenshots", `${name.replaceAll(" ", "-")}.png`) });
}
