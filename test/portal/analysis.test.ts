import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
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

describe.skipIf(!HAS_BROWSER)("the page of analysis (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;
  let visited: Visit;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_analysis"), openBrowser()]);
    visited = await openAnalysis(browser, portal);
  });

  afterAll(async () => {
    await browser?.close();
    await portal?.site.close();
  });

  test("a mark leads to the list that makes it up, with the figure that it shows", async () => {
    const { page, complaints } = visited;
    for (const [chart, name] of [
      ["Turnover", /^07 Nov 2026: (€[\d,]+\.\d\d)/],
      ["Locations", /^At no location: (€[\d,]+\.\d\d)/],
      ["Busy hours", /^Saturday 12:00: (€[\d,]+\.\d\d)/],
      ["Why sales were refused", /^Card refused: (\d+)/],
    ] as const) {
      await page.goto(WEEKS);
      const mark = page.getByRole("group", { name: chart, exact: true }).getByRole("link", { name });
      const [, shown = "–"] = name.exec((await mark.getAttribute("aria-label")) ?? "") ?? [];
      await mark.click();
      const totals = page.locator(".transactions__totals");
      await totals.getByText(shown.startsWith("€") ? shown : `${shown} transactions`, { exact: true }).waitFor();
    }
    expect(complaints).toEqual([]);
  });

  test("marks are one stop of the Tab key, arrows move among them, and Enter opens the list", async () => {
    const { page } = visited;
    await page.goto(WEEKS);
    const marks = page.getByRole("group", { name: "Turnover", exact: true }).locator("a");
    await marks.first().focus();
    for (const key of ["ArrowRight", "ArrowRight", "End", "ArrowLeft"]) await page.keyboard.press(key);
    await page.locator(".drawing__tip", { hasText: "19 Nov 2026" }).waitFor();
    expect(await marks.and(page.locator("[tabindex='0']")).count()).toBe(1);
    await page.keyboard.press("Enter");
    await page.waitForURL(/transactions\?from=2026-11-19T00%3A00&to=2026-11-20T00%3A00/);
  });

  test("a chart can be read as a table, and saved as data, a drawing and a picture", async () => {
    const { page, complaints } = visited;
    await page.goto(WEEKS);
    const chart = page.getByRole("region", { name: "Methods", exact: true }).first();
    await chart.getByRole("button", { name: "Methods as a table" }).click();
    const rows = await chart.getByRole("row").count();
    const csv = (await saved(page, "Data (CSV)")).toString();
    expect(csv.split("\r\n")).toHaveLength(rows + 1);
    expect(csv).toMatch(/^\uFEFFMethods,Turnover,Share\r\n/);
    const drawing = (await saved(page, "Drawing (SVG)")).toString();
    // By itself: with its colours, and nothing that only the page has.
    expect(drawing).toMatch(/<svg xmlns=[^>]+>.*fill="rgb\(/s);
    expect(drawing).not.toMatch(/class=|var\(|href=/);
    expect([...(await saved(page, "Picture (PNG)")).subarray(1, 4)]).toEqual([...Buffer.from("PNG")]);
    expect(complaints).toEqual([]);
  });

  test.each([
    ["desktop", "light", DESKTOP],
    // As tall as its page: what the bar at the foot hides in part is something to scroll to, and no small target.
    ["phone", "dark", PHONE],
  ] as const)(
    "is for everyone on a %s, begun in the %s, as charts and as tables",
    async (_, colorScheme, size) => {
      const { page } = await openAnalysis(browser, portal, { ...size, colorScheme });
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      const charts = page.getByRole("button", { name: / as a table$/ });
      for (let left = await charts.count(); left > 0; left -= 1) await charts.first().click();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
    },
    120_000,
  );
});

const WEEKS = "/analysis?from=2026-11-01T00:00&to=2026-11-21T00:00";

async function openAnalysis(browser: Browser, portal: PortalSite, options: object = DESKTOP): Promise<Visit> {
  const visited = await visit(browser, portal.url, options);
  await signInAs(visited.page, "finance", WEEKS);
  for (const chart of ["Turnover", "Methods", "Locations", "Busy hours", "Why sales were refused"]) {
    await visited.page.getByRole("group", { name: chart, exact: true }).waitFor();
  }
  return visited;
}

async function saved(page: Page, format: string): Promise<Buffer> {
  await page.getByRole("button", { name: "Save: Methods" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: format }).click(),
  ]);
  return readFile(await download.path());
}
