import type { Browser } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { SharedSite } from "../support/shared-site-file.ts";
import {
  DESKTOP,
  expectAccessible,
  HAS_BROWSER,
  openBrowser,
  PHONE,
  signInAs,
  signInByPage,
  visit,
} from "./support/browser.ts";
import { sharedSite } from "./support/shared-site.ts";

describe.skipIf(!HAS_BROWSER)("the portal (needs Debian's chromium)", () => {
  let portal: SharedSite;
  let browser: Browser;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([sharedSite(), openBrowser()]);
  }, 300_000);

  test("people sign in and out, and come back to the page they were going to", async () => {
    const { page, complaints } = await visit(browser, portal.url);
    await signInByPage(page, "finance", "/developers");
    await page.getByRole("heading", { level: 1, name: "Developers" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/developers");
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Developers" }).waitFor();
    await page.getByRole("button", { name: /^Account/ }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("Look around as").waitFor();
    expect(complaints).toEqual([]);
  });

  test("a token that is not good any more leads back to the sign-in, which says why", async () => {
    const { page } = await visit(browser, portal.url);
    await page.goto("/");
    const session = { token: "no.such.token", expiresAt: Date.now() + 60_000 };
    await page.evaluate(`sessionStorage.setItem("concord.session", ${JSON.stringify(JSON.stringify(session))})`);
    await page.reload();
    await page.getByText("Your session has ended").waitFor();
  });

  test("the whole page changes its language, and keeps it", async () => {
    const { page, complaints } = await visit(browser, portal.url);
    await signInAs(page, "viewer");
    for (const [language, menu] of [
      ["fr", "Développeurs"],
      ["nl", "Ontwikkelaars"],
      ["de", "Entwickler"],
    ] as const) {
      await page.locator(".account__name").click();
      await page.locator("[popover] select").first().selectOption(language);
      await page.getByRole("navigation").getByText(menu).first().waitFor();
      expect(await page.locator("html").getAttribute("lang")).toBe(language);
      await page.keyboard.press("Escape");
    }
    await page.reload();
    await page.getByRole("navigation").getByText("Entwickler").first().waitFor();
    expect(complaints).toEqual([]);
  });

  test("follows the system between light and dark until something else is chosen", async () => {
    const { page } = await visit(browser, portal.url, { ...DESKTOP, colorScheme: "dark" });
    await signInAs(page, "viewer");
    const untilTheme = (theme: string) => page.locator(`html[data-theme="${theme}"]`).waitFor();
    await untilTheme("dark");
    await page.emulateMedia({ colorScheme: "light" });
    await untilTheme("light");
    await page.keyboard.press("t");
    await untilTheme("dark");
    await page.reload();
    await untilTheme("dark");
  });

  test("keys are explained by a dialog that keeps the focus, and can be turned off", async () => {
    const { page } = await visit(browser, portal.url);
    await signInAs(page, "viewer");
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog", { name: "Keyboard" });
    await dialog.getByText("Show what keys do").waitFor();
    for (let presses = 0; presses < 6; presses += 1) await page.keyboard.press("Tab");
    expect(
      await page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')"),
    ).toBe(true);
    await dialog.getByRole("checkbox").uncheck();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.keyboard.press("?");
    expect(await dialog.count()).toBe(0);
  });

  test("an address that is no page says so, and leads back", async () => {
    const { page } = await visit(browser, portal.url);
    await signInAs(page, "viewer", "/no-such-page");
    await page.getByText("It may have moved").waitFor();
    await page.getByRole("link", { name: "To the start" }).click();
    await page.getByText("It may have moved").waitFor({ state: "detached" });
  });

  test("the first page loads less than 250 kB of compressed scripts, and nothing from elsewhere", async () => {
    const { page } = await visit(browser, portal.url);
    const sizes = new Map<string, number>();
    page.on("response", async (response) => {
      const { length = 0 } = await response.body().catch(() => Buffer.alloc(0));
      const compressed = Number((await response.allHeaders())["content-length"] ?? length);
      sizes.set(response.url(), compressed);
    });
    await signInAs(page, "finance");
    await page.waitForLoadState("networkidle");
    expect([...sizes.keys()].filter((url) => !url.startsWith(portal.url))).toEqual([]);
    const scripts = [...sizes].filter(([url]) => url.endsWith(".js"));
    expect(scripts.length).toBeGreaterThan(2);
    expect(scripts.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(250_000);
  });

  test("is for everyone before the sign-in", async () => {
    const { page } = await visit(browser, portal.url);
    await page.goto("/developers");
    await page.getByText("Look around as").waitFor();
    await expectAccessible(page);
  });

  test("has its menu behind a button on a phone", async () => {
    const { page } = await visit(browser, portal.url, PHONE);
    await signInAs(page, "administrator", "/developers");
    await page.getByRole("heading", { name: "Try it" }).waitFor();
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "Developers" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });
});
