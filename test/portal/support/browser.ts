import { existsSync } from "node:fs";
import AxeBuilder, { type RunOnly } from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect, onTestFinished, TestRunner } from "vitest";
import { signIn } from "../../support/graph-client.ts";

/*
 * How a suite of a page is written. To start a browser, a site and a page is dear, so all is shared that can be:
 *
 *   describe.skipIf(!HAS_BROWSER)("the page of … (needs Debian's chromium)", () => {
 *     let portal: SharedSite;      // `PortalSite` by `openPortalSite(name, settings)` for what changes something,
 *     let browser: Browser;        // with `await portal?.site.close()` in `afterAll`
 *
 *     beforeAll(async () => {
 *       [portal, browser] = await Promise.all([sharedSite(), openBrowser()]);
 *     }, 300_000);
 *
 *     test("…", async () => {
 *       const { page, complaints } = await visit(browser, portal.url);
 *       await signInAs(page, "finance", "/…");
 *
 * The browser is that of all suites of the process and is not closed. What a visit leaves behind, `visit` takes away: the
 * next test may get the same page, with nothing kept in it. `expectAccessible` looks at both themes by itself, so no test
 * is there once for each, and at 360 pixels a page is looked at as it stands: `page.setViewportSize(PHONE.viewport)`.
 */

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

/** The browser of all suites of this process; a suite that has closed it has the next one start another. */
export async function openBrowser(): Promise<Browser> {
  if (!(await launched)?.isConnected()) {
    launched = chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  }
  return launched as Promise<Browser>;
}

let launched: Promise<Browser> | undefined;

/** Pages that tests are done with, by what cannot be changed of a page: of one site, since a suite has one. */
const idle = new Map<string, Page[]>();
let idleSite = "";

/** Takes a page that is still there; those of the site before, which may be gone by now, are closed. */
async function takeIdle(url: string, key: string): Promise<Page | undefined> {
  if (url !== idleSite) {
    const left = [...idle.values()].flat();
    idle.clear();
    idleSite = url;
    await Promise.all(left.filter((page) => !page.isClosed()).map((page) => page.context().close()));
  }
  const there = (idle.get(key) ?? []).filter((page) => !page.isClosed());
  const page = there.pop();
  idle.set(key, there);
  return page;
}

/** A visitor with nothing kept from before. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = DESKTOP): Promise<Visit> {
  const { viewport = DESKTOP.viewport, colorScheme = "light", ...fixed } = options;
  const key = JSON.stringify([url, fixed]);
  const page = (await takeIdle(url, key)) ?? (await openPage(browser, { baseURL: url, locale: "en-GB", ...fixed }));
  // Nothing moves for its looks, so that a test is never early or late for it.
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  if (viewport) await page.setViewportSize(viewport);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  // What is opened for a whole suite stays with it.
  if (TestRunner.getCurrentTest()) onTestFinished(({ task }) => giveBack(page, key, task.result?.state === "pass"));
  return { page, complaints };
}

/** A page that something went wrong on, or that others were opened from, is not trusted again. */
async function giveBack(page: Page, key: string, isGood: boolean): Promise<void> {
  page.removeAllListeners();
  if (!isGood || page.isClosed() || page.context().pages().length > 1) return page.context().close();
  await page.unrouteAll();
  await page.goto(RESTING_PLACE);
  await page.evaluate("localStorage.clear(), sessionStorage.clear()");
  await page.context().clearCookies();
  idle.set(key, [...(idle.get(key) ?? []), page]);
}

/** Of the site, and cheap: what is kept for the site can be read and written while it is shown. */
const RESTING_PLACE = "/icon.svg";

async function openPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await page.goto(RESTING_PLACE);
  return page;
}

/** Opens a path as a demo user who has signed in before. */
export async function signInAs(page: Page, user: string, path = "/"): Promise<void> {
  const { origin } = new URL(page.url());
  const { token } = await signIn(origin, user);
  const session = JSON.stringify({ token, expiresAt: Date.now() + HOUR_MS });
  await page.evaluate(`sessionStorage.setItem("concord.session", ${JSON.stringify(session)})`);
  await page.goto(path);
  await page.locator(".shell").waitFor();
}

const HOUR_MS = 3_600_000;

/** Signs in by the page, as a person does. */
export async function signInByPage(page: Page, user: string, path = "/"): Promise<void> {
  await page.goto(path);
  await page.locator(`.sign-in__user[value="${user}"]`).click();
  await page.locator(".shell").waitFor();
}

/**
 * Holds the page as it stands to WCAG 2.2 AA, in the light and in the dark: nothing serious or critical. On a phone it is
 * looked at as tall as its content: a button that the bar at the foot hides in part is one to scroll to, and no small target.
 */
export async function expectAccessible(page: Page): Promise<void> {
  const viewport = page.viewportSize() ?? DESKTOP.viewport;
  const height = Number(await page.evaluate("document.documentElement.scrollHeight"));
  const isPhoneToScroll = viewport.width <= PHONE.viewport.width && height > viewport.height;
  if (isPhoneToScroll) await page.setViewportSize({ ...viewport, height: height + 100 });
  await page.evaluate(UNTIL_COLOURS_STAY);
  await expectStandardsMet(page);
  if (isPhoneToScroll) await page.setViewportSize(viewport);
}

async function expectStandardsMet(page: Page): Promise<void> {
  const scheme = (await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")) ? "dark" : "light";
  expect(await seriousIn(page, STANDARDS)).toEqual([]);
  // The rest of what is judged does not depend on colours.
  await page.emulateMedia({ colorScheme: scheme === "dark" ? "light" : "dark" });
  await page.evaluate(UNTIL_COLOURS_STAY);
  expect(await seriousIn(page, { type: "rule", values: ["color-contrast"] })).toEqual([]);
  await page.emulateMedia({ colorScheme: scheme });
}

/** Layout takes a frame, and a colour that changes is another one for a frame or two. */
const UNTIL_COLOURS_STAY = `(async () => {
  for (let frames = 0; frames < 2 || document.getAnimations().some((each) => each instanceof CSSTransition); frames += 1) {
    await new Promise(requestAnimationFrame);
  }
})()`;

const STANDARDS: RunOnly = {
  type: "tag",
  values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
};

async function seriousIn(page: Page, runOnly: RunOnly): Promise<unknown> {
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(AxeBuilder.source);
  return page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as { readonly axe: typeof AxeBuilder };
    // Only what is shown below is worked out: selectors and what passes take as long as all the rest.
    const { violations } = await axe.run({
      runOnly: rules,
      resultTypes: ["violations"],
      selectors: false,
      preload: false,
    });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => ({
        id,
        where: nodes.slice(0, 5).map(({ html, failureSummary }) => `${html}: ${failureSummary}`),
      }));
  }, runOnly);
}

/** Nothing is wider than the screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const width = await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]");
  const [content, screen] = width as [number, number];
  expect(content).toBeLessThanOrEqual(screen);
}
