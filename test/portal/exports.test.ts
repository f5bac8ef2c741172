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

describe.skipIf(!HAS_BROWSER)("the page of exports (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;
  let visited: Visit;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_exports"), openBrowser()]);
    visited = await visit(browser, portal.url);
    await signInAs(visited.page, "finance", "/transactions?type=REFUND");
  });

  afterAll(async () => {
    await browser?.close();
    await portal?.site.close();
  });

  test("a list is ordered with its filter and chosen columns, and fetched as it was hashed", async () => {
    const { page, complaints } = visited;
    const count = await page.locator(".transactions__totals strong", { hasText: /\d/ }).textContent();
    await page.getByRole("link", { name: "Export", exact: true }).click();
    await page.getByText("Refund", { exact: true }).waitFor();
    await page.getByText("13 columns").click();
    await page.getByLabel("Location", { exact: true }).uncheck();
    await page.getByRole("button", { name: "Order it" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: /^Download: transactions-/ }).click(),
    ]);
    const file = await readFile(await download.path());
    await page.getByText(createHash("sha256").update(file).digest("hex")).waitFor();
    const [head = "", ...rows] = file
      .toString()
      .replace(/^\uFEFF/, "")
      .split("\r\n");
    expect(head).toMatch(/^Date,Device\/application,/);
    expect(`${rows.findIndex((row) => row.startsWith('"# '))} transactions`).toBe(count);
    expect(complaints).toEqual([]);
  });

  test("a report is set, changed and stopped", async () => {
    const { page, complaints } = visited;
    await page.goto("/exports?view=reports");
    await page.getByRole("button", { name: "New report" }).click();
    await page.getByLabel("Name").fill("For the books");
    await page.getByLabel("How often").selectOption({ label: "Every Monday" });
    await page.getByLabel("Days in each file").selectOption({ label: "The week before" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Every Monday at 06:00").waitFor();
    await page.getByRole("button", { name: "Change: For the books" }).click();
    await page.getByLabel("At", { exact: true }).fill("07:15");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Every Monday at 07:15").waitFor();
    await page.getByRole("button", { name: "Stop: For the books" }).click();
    await page.getByRole("button", { name: "Start again: For the books" }).waitFor();
    expect(await page.locator(".exports__item").count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test.each([
    ["desktop", DESKTOP],
    ["phone", PHONE],
  ])("is for everyone on a %s in both themes, as lists and as what is asked", async (_, size) => {
    const { page } = await visit(browser, portal.url, { ...size, colorScheme: "light" });
    await signInAs(page, "finance", "/exports");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const [path, shown] of [
        ["/exports", ".exports__sha"],
        ["/exports?order=new&type=REFUND", ".exports__filter"],
        ["/exports?view=reports", ".exports__item"],
      ] as const) {
        await page.goto(path);
        await page.locator(shown).first().waitFor();
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
    }
  });
});
