import type { Browser, Page as Tab } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LANGUAGES } from "../../portal/language/languages.ts";
import type { SharedSite } from "../support/shared-site-file.ts";
import {
  DESKTOP,
  expectAccessible,
  expectNoSidewaysScroll,
  HAS_BROWSER,
  openBrowser,
  PHONE,
  signInAs,
  visit,
} from "./support/browser.ts";
import { PAGES, PAGES_AND_VIEWS, untilSettled } from "./support/pages.ts";
import { sharedSite } from "./support/shared-site.ts";
import { wallTime } from "./support/wall-time.ts";

describe.skipIf(!HAS_BROWSER)("every page (needs Debian's chromium)", () => {
  let portal: SharedSite;
  let browser: Browser;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([sharedSite(), openBrowser()]);
  }, 300_000);

  test("is found", () => {
    expect(PAGES.map(({ path }) => path)).toEqual(expect.arrayContaining(["/transactions", "/developers"]));
  });

  describe.each(PAGES_AND_VIEWS)("$path", ({ path, title }) => {
    let page: Tab;
    let complaints: readonly string[];

    beforeAll(async () => {
      ({ page, complaints } = await visit(browser, portal.url));
      await signInAs(page, "administrator", path.replace("NOW", wallTime(new Date())));
      await untilSettled(page);
    });

    afterAll(() => page?.context().close());

    test("is for everyone, on a desktop and on a phone", async () => {
      await expectAccessible(page);
      await resize(page, PHONE.viewport);
      await expectAccessible(page);
      await resize(page, DESKTOP.viewport);
    });

    test("lets the keyboard get to all that does something, and shows where it is", async () => {
      expect(await page.evaluate(POINTED_ONLY)).toEqual([]);
      const waiting = new Set((await page.evaluate(REACHABLE)) as readonly string[]);
      expect(waiting.size).toBeGreaterThan(0);
      const unseen: string[] = [];
      for (let presses = 0; waiting.size > 0 && presses < MOST_PRESSES; presses += 1) {
        await page.keyboard.press("Tab");
        const { number, isSeen, html } = await focused(page);
        waiting.delete(number);
        if (!isSeen) unseen.push(html);
      }
      expect([...waiting]).toEqual([]);
      expect(unseen).toEqual([]);
    });

    test("says everything in each language, and all of it fits a desktop and a phone", async () => {
      const texts = new Set<string>();
      for (const language of LANGUAGES) {
        await resize(page, DESKTOP.viewport);
        await speak(page, language);
        await page.getByRole("heading", { level: 1, name: title[language], exact: true }).waitFor();
        await untilSettled(page);
        // It is spoken once all its texts are there, and two languages may give a page the same title.
        await expect.poll(async () => texts.has(await textOf(page)), { timeout: 30_000 }).toBe(false);
        const text = await textOf(page);
        expect(text).not.toMatch(UNSAID);
        texts.add(text);
        await expectNoSidewaysScroll(page);
        await resize(page, PHONE.viewport);
        await expectNoSidewaysScroll(page);
      }
      expect(texts.size).toBe(LANGUAGES.length);
      expect(complaints).toEqual([]);
    });
  });
});

/** A page lays itself out anew: charts are drawn for their width, and rows are cards on a phone. */
async function resize(page: Tab, size: { readonly width: number; readonly height: number }): Promise<void> {
  await page.setViewportSize(size);
  await page.evaluate(
    "new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 100))",
  );
  await untilSettled(page);
}

async function textOf(page: Tab): Promise<string> {
  return (await page.locator("body").textContent()) ?? "";
}

async function speak(page: Tab, language: string): Promise<void> {
  await page.locator(".account__name").click();
  await page.locator("[popover] select").first().selectOption(language);
  await page.locator(`html[lang=${language}]`).waitFor();
  await page.keyboard.press("Escape");
}

/** What stands where a text or a figure is missing. */
const UNSAID = /\b(?:undefined|null|NaN)\b|\[object|Invalid Date|=>/;

/** The list of transactions alone has some eighty links; what comes after that many presses nobody gets to. */
const MOST_PRESSES = 300;

const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"])';

/** Numbers all that the key Tab has to get to, and gives the numbers. */
const REACHABLE = `[...document.querySelectorAll(${JSON.stringify(FOCUSABLE)})]
  .filter((element) => !element.disabled && element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }))
  .filter((element) => !(element.type === "radio" && !element.checked))
  .map((element, index) => (element.dataset.reach = String(index)))`;

/** What looks as if a click did something there, and is nothing that the keyboard gets to, nor in or around it. */
const POINTED_ONLY = `[...document.querySelectorAll("main *")]
  .filter((element) => getComputedStyle(element).cursor === "pointer" && element.checkVisibility())
  .filter((element) => !element.closest(${JSON.stringify(`${FOCUSABLE}, label, [role=option]`)}))
  .filter((element) => !element.querySelector(${JSON.stringify(FOCUSABLE)}))
  .map((element) => element.outerHTML.slice(0, 200))`;

type Focused = { readonly number: string; readonly isSeen: boolean; readonly html: string };

function focused(page: Tab): Promise<Focused> {
  return page.evaluate(`(() => {
    const element = document.activeElement ?? document.body;
    const shown = [element, ...element.parentElement ? [element.parentElement] : []].map((each) => getComputedStyle(each));
    const hasRing = [...element.children].some((each) => getComputedStyle(each).stroke !== "none" && element instanceof SVGElement);
    return {
      number: element.dataset.reach ?? "",
      isSeen: element === document.body || hasRing || shown.some(({ outlineStyle, boxShadow }) => outlineStyle !== "none" || boxShadow !== "none"),
      html: element.outerHTML.slice(0, 200),
    };
  })()`) as Promise<Focused>;
}
