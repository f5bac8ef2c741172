import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  DESKTOP,
  expectAccessible,
  expectNoSidewaysScroll,
  HAS_BROWSER,
  openBrowser,
  PHONE,
  signInAs,
  type Visit,
  visit,
} from "./support/browser.ts";
import { openPortalSite, type PortalSite } from "./support/portal-site.ts";

describe.skipIf(!HAS_BROWSER)("the page of closings (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;
  let visited: Visit;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_closings"), openBrowser()]);
    visited = await visit(browser, portal.url);
    await signInAs(visited.page, "finance", "/closings");
  });

  afterAll(async () => {
    await browser?.close();
    await portal?.site.close();
  });

  test("a day is closed for good, told by status, method and origin, and fetched as the PDF that was kept", async () => {
    const { page, complaints } = visited;
    await page.getByRole("button", { name: "Close a period" }).click();
    await page.getByLabel("Place").last().selectOption({ label: "De Korenaar Breda" });
    await page.getByLabel("Day", { exact: true }).fill("2026-11-07");
    await page.getByRole("button", { name: "Close it" }).click();
    await page.getByRole("heading", { name: "Day 1 De Korenaar Breda" }).waitFor();
    for (const name of ["Totals", "By status", "By method", "By who decided"]) {
      await page.getByRole("region", { name }).first().waitFor();
    }
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download PDF" }).click(),
    ]);
    const pdf = await readFile(await download.path());
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    await page.getByText(createHash("sha256").update(pdf).digest("hex")).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Day 1" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("what cannot be closed is said where it was asked for, and nothing is lost", async () => {
    const { page } = visited;
    await page.goto("/closings");
    await page.getByRole("button", { name: "Close a period" }).click();
    await page.getByLabel("What").last().selectOption({ label: "Shift" });
    await page.getByLabel("Until").fill("2026-11-07T14:00");
    await page.getByRole("button", { name: "Close it" }).click();
    await page.getByText("This is the first closing of its kind here: say from when.").waitFor();
    await page.getByLabel("From").fill("2026-11-07T06:00");
    await page.getByRole("button", { name: "Close it" }).click();
    await page.getByRole("heading", { name: /^Shift 1/ }).waitFor();
  });

  test("the keyboard walks over the list and opens a closing", async () => {
    const { page } = visited;
    await page.goto("/closings");
    await page.getByRole("link", { name: "Day 1" }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Day 1 De Korenaar Breda" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Day 1" }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /^Shift 1/ }).waitFor();
  });

  test.each([
    ["desktop", DESKTOP],
    ["phone", PHONE],
  ])("is for everyone on a %s in both themes, as a list, a closing and a question", async (_, size) => {
    const { page } = await visit(browser, portal.url, { ...size, colorScheme: "light" });
    await signInAs(page, "finance", "/closings");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto("/closings");
      await page.locator(".closings__table").waitFor();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await page.getByRole("link", { name: "Day 1" }).click();
      await page.getByRole("heading", { name: /^Day 1/ }).waitFor();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
    }
    await page.goto("/closings");
    await page.getByRole("button", { name: "Close a period" }).click();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });
});
