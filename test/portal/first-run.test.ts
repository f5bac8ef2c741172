import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSite, type Site } from "../support/processes.ts";
import { adyenReport } from "../support/settlement-files.ts";
import {
  DESKTOP,
  expectAccessible,
  expectNoSidewaysScroll,
  HAS_BROWSER,
  openBrowser,
  PHONE,
  signInByPage,
  visit,
} from "./support/browser.ts";
import { photograph } from "./support/photograph.ts";
import { PORTAL_SETTINGS } from "./support/portal-site.ts";

describe.skipIf(!HAS_BROWSER)("the first run, with nothing in the database (needs Debian's chromium)", () => {
  let site: Site;
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    [site, browser] = await Promise.all([openSite("portal_first_run", PORTAL_SETTINGS), openBrowser()]);
    url = String((await site.start(["start"]).says("the gateway answers", 120_000))["url"]);
  });

  afterAll(() => site?.close());

  test("shows what to do in place of an empty list, clears the samples, and each step ticks itself", async () => {
    const { page, complaints } = await visit(browser, url);
    await signInByPage(page, "administrator");
    await page.getByText("Nothing has come in yet").waitFor();
    expect(await ticks(page)).toEqual([false, false, false, false]);
    await expectAccessible(page);
    await photograph(page, "first run desktop");
    await page.setViewportSize(PHONE.viewport);
    await page.emulateMedia({ colorScheme: "dark" });
    await expectNoSidewaysScroll(page);
    await photograph(page, "first run phone");
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(DESKTOP.viewport);

    await page.goto("/first-steps");
    await page.getByRole("button", { name: "Load the sample month" }).click();
    await page.getByText("Read and matched, about half a minute").waitFor();
    expect(await page.locator(".toast").count()).toBe(0);
    await photograph(page, "first run loading");
    await ticked(page, "Look around with sample data", 180_000);
    await page.getByRole("link", { name: "Look at it" }).click();
    await page.locator(".transactions__row").first().waitFor();

    await page.goto("/first-steps");
    await page.getByRole("button", { name: "Clear the sample data" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Clear the sample data" }).click();
    await page.getByRole("button", { name: "Load the sample month" }).waitFor();
    await page.goto("/transactions");
    await page.getByText("Nothing has come in yet").waitFor();
    await page.getByRole("button", { name: "Load the sample month" }).click();
    // It was read and matched before, and takes the place of the guide by itself.
    await page.locator(".transactions__row").first().waitFor();
    await page.goto("/first-steps");
    await ticked(page, "Look around with sample data");

    await page.goto("/settlement-files");
    const report = adyenReport("Elsewhere", [{ psp: "FIRST1", gross: 1_000, fee: 10 }], { batch: "first" });
    const file = { name: "first.csv", mimeType: "text/csv", buffer: Buffer.from(report) };
    await page.getByRole("main").locator("input[type=file]").setInputFiles(file);
    await page.getByRole("article", { name: "first.csv" }).getByRole("button").first().waitFor();
    await page.goto("/first-steps");
    await ticked(page, "Bring a settlement file");

    await page.getByRole("link", { name: "Make a key" }).click();
    await page.getByRole("button", { name: "New machine" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Nightly");
    await dialog.getByLabel("Provider").fill("adyen");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.locator(".secret").waitFor();
    await page.goto("/users");
    await page.getByRole("button", { name: "Invite someone" }).click();
    await dialog.getByLabel("E-mail address").fill("new@shop.example");
    await dialog.getByRole("button", { name: "Invite someone" }).click();
    await dialog.locator(".secret").waitFor();
    await page.goto("/first-steps");
    await ticked(page, "Invite people");
    expect(await ticks(page)).toEqual([true, true, true, true]);
    await photograph(page, "first run done");
    expect(complaints).toEqual([]);
  });

  test("keeps the sample data where something of one's own came in, and says so", async () => {
    const { page } = await visit(browser, url, { ...PHONE, colorScheme: "dark" });
    await signInByPage(page, "administrator", "/first-steps");
    await page.getByRole("button", { name: "Clear the sample data" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Clear the sample data" }).click();
    await dialog.getByRole("alert").waitFor();
    await expectAccessible(page);
    await photograph(page, "first run clear refused");
  });

  test("is no page of those who bring no files", async () => {
    const { page } = await visit(browser, url);
    await signInByPage(page, "viewer", "/first-steps");
    await page.getByText("It may have moved").waitFor();
  });
});

async function ticks(page: Page): Promise<readonly boolean[]> {
  const steps = page.locator(".first-steps__step");
  await steps.first().waitFor();
  const all = await Promise.all((await steps.all()).map((step) => step.getAttribute("data-done")));
  return all.map((each) => each === "true");
}

async function ticked(page: Page, name: string, timeout = 60_000): Promise<void> {
  await page.locator(".first-steps__step[data-done=true]", { hasText: name }).waitFor({ timeout });
}
