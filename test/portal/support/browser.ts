import { existsSync } from "node:fs";
import AxeBuilder from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

const CHROMIUM = "/usr/bin/chromium";

/**
 * Whether there is a browser to open the portal in: Debian's `chromium`, which `.ci/run` installs. Where `CI` is set its
 * suites are not skipped but fail without it.
 */
export const HAS_BROWSER = existsSync(CHROMIUM) || process.env.CI === "true";

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

export type Visit = {
  readonly page: Page;
  /** What the browser complained of: faults of scripts, and all that the content security policy has stopped. */
  readonly complaints: readonly string[];
};

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** A visitor with nothing kept from before. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = DESKTOP): Promise<Visit> {
  const context = await browser.newContext({ baseURL: url, locale: "en-GB", ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { page, complaints };
}

/** Signs in by the page, as a person does, and opens a path. */
export async function signInAs(page: Page, user: string, path = "/"): Promise<void> {
  await page.goto(path);
  await page.locator(`.sign-in__user[value="${user}"]`).click();
  await page.locator(".shell").waitFor();
}

/** Holds the page as it stands to WCAG 2.2 AA: nothing serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(AxeBuilder.source);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { readonly axe: typeof AxeBuilder };
    const { violations } = await axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => ({
        id,
        where: nodes.slice(0, 5).map(({ html, failureSummary }) => `${html}: ${failureSummary}`),
      }));
  });
  expect(found).toEqual([]);
}

/** Nothing is wider than the screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const width = await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]");
  const [content, screen] = width as [number, number];
  expect(content).toBeLessThanOrEqual(screen);
}
