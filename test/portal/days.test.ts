import { readFile } from "node:fs/promises";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adyenReport } from "../support/settlement-files.ts";
import { DESKTOP, HAS_BROWSER, openBrowser, PHONE, signInByPage, visit } from "./support/browser.ts";
import { photograph } from "./support/photograph.ts";
import { openPortalSite, type PortalSite } from "./support/portal-site.ts";

const SIZES = [
  ["desktop", DESKTOP],
  ["phone", PHONE],
] as const;

describe.skipIf(!HAS_BROWSER)("a day in the portal (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_days"), openBrowser()]);
  }, 300_000);

  afterAll(() => portal?.site.close());

  describe.each(SIZES)("on a %s", (size, options) => {
    test("a merchant finds a disputed payment, and exports the month", async () => {
      const { page, complaints } = await visit(browser, portal.url, options);
      await signInByPage(page, "administrator", "/transactions");
      await page.locator(".transactions__row").first().waitFor();
      await photograph(page, `merchant ${size} list`);
      await page.getByRole("button", { name: "Filter" }).click();
      await page.getByRole("checkbox", { name: "Charged back" }).check();
      await page.keyboard.press("Escape");
      await page.getByText("1 transaction", { exact: true }).waitFor();
      await page.locator(".transactions__link").first().click();
      const details = page.getByRole("dialog");
      await details.getByText("Why this status").waitFor();
      await details.getByText("Dispute open").first().waitFor();
      await photograph(page, `merchant ${size} dispute`);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Remove the filter Status" }).click();

      await page.getByRole("link", { name: "Export", exact: true }).click();
      const order = page.getByRole("dialog", { name: "New export" });
      await order.getByRole("button", { name: "Any date" }).click();
      // The samples are of this month, whatever month the test is run in.
      await page.getByLabel("From").fill("2026-11-01T00:00");
      await page.getByLabel("Until").fill("2026-12-01T00:00");
      await page.getByRole("button", { name: "Apply" }).click();
      await photograph(page, `merchant ${size} export`);
      expect(await page.evaluate(HANGS_OVER)).toEqual([0]);
      await order.getByRole("button", { name: "Order it" }).click();
      const exported = page.getByRole("listitem").filter({ hasText: ".csv" }).first();
      await exported.getByText("Ready").waitFor();
      const lines = (await saved(page, exported.getByRole("button", { name: /^Download/ })))
        .toString()
        .trim()
        .split("\n");
      expect(lines.length).toBeGreaterThan(1_000);
      await photograph(page, `merchant ${size} exported`);
      expect(complaints).toEqual([]);
    });

    test("finance takes a file in, reconciles, clears three discrepancies, explains a payout and closes the day", async () => {
      const { page, complaints } = await visit(browser, portal.url, options);
      await signInByPage(page, "finance", "/settlement-files");
      await bringFile(page, size);
      await photograph(page, `finance ${size} file`);

      await page.goto("/reconciliation?view=runs");
      await page.getByRole("button", { name: "Start a run" }).click();
      await page.locator(".reconciliation__progress").getByText("Run · Finished").waitFor();
      await photograph(page, `finance ${size} run`);

      await page.getByRole("button", { name: "To clear" }).click();
      await page.locator(".work__row").first().waitFor();
      const before = await discrepanciesLeft(page);
      for (let cleared = 1; cleared <= 3; cleared += 1) {
        await clearFirst(page, `${size} ${cleared}`);
        await page.getByText(`${before - cleared} discrepancies`, { exact: true }).waitFor();
      }

      await page.goto("/money");
      await page.locator(".money__link").first().click();
      await page.getByRole("button", { name: /^Sales, gross/ }).click();
      await page.locator(".money__table--lines").waitFor();
      await photograph(page, `finance ${size} payout`);

      await page.goto("/closings");
      await closeDay(page, size);
      await photograph(page, `finance ${size} closing`);
      const pdf = await saved(page, page.getByRole("button", { name: "Download PDF" }));
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
      expect(complaints).toEqual([]);
    });
  });
});

/** By how much each open dialog is narrower than what is in it. */
const HANGS_OVER = "[...document.querySelectorAll('dialog[open]')].map((each) => each.scrollWidth - each.clientWidth)";

async function bringFile(page: Page, size: string): Promise<void> {
  const name = `report-${size}.csv`;
  const report = adyenReport("KorenaarPOS", [{ psp: `DAY${size}`, gross: 1_000, fee: 10 }], { batch: `day ${size}` });
  await page
    .getByRole("main")
    .locator("input[type=file]")
    .setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(report) });
  const card = page.getByRole("article", { name });
  await card.getByRole("button", { name: "Take it in" }).click();
  await card.locator(".badge", { hasText: "Taken" }).waitFor();
}

/** Settles the discrepancy that stands first, as a person with a mouse or a finger does. */
async function clearFirst(page: Page, name: string): Promise<void> {
  await page.locator(".work__row").first().click();
  const evidence = page.locator(".work__evidence");
  await evidence.getByRole("button", { name: /^Settle/ }).click();
  await page.getByLabel("How it is settled").selectOption({ label: "Corrected in the books" });
  await page.getByLabel("Reason").fill("Booked by hand.");
  await photograph(page, `finance ${name} settle`);
  await page.getByRole("dialog").getByRole("button", { name: "Settle", exact: true }).click();
  await evidence.waitFor({ state: "detached" });
}

async function discrepanciesLeft(page: Page): Promise<number> {
  const text = (await page.getByText(/^\d+ discrepancies$/).textContent()) ?? "";
  return Number.parseInt(text, 10);
}

async function closeDay(page: Page, size: string): Promise<void> {
  // Each closes a day of its own: what is closed stays so.
  const day = size === "desktop" ? "2026-11-05" : "2026-11-06";
  await page.getByRole("button", { name: "Close a period" }).click();
  const dialog = page.getByRole("dialog", { name: "Close a period" });
  await dialog.getByLabel("Day", { exact: true }).fill(day);
  await photograph(page, `finance ${size} close`);
  await dialog.getByRole("button", { name: "Close it" }).click();
  await page.getByRole("heading", { level: 2, name: /^Day \d+/ }).waitFor();
}

async function saved(page: Page, button: Locator): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return readFile(await download.path());
}
