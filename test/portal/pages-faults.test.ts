import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CALL_SETTINGS, type HttpGraph, startHttpGraph } from "../e2e/http-graph.ts";
import { openSite, type Site } from "../support/processes.ts";
import { expectNoSidewaysScroll, HAS_BROWSER, openBrowser, signInAs, visit } from "./support/browser.ts";
import { PAGES, untilSettled } from "./support/pages.ts";
import { sampledOriginal } from "./support/sampled-original.ts";

describe.skipIf(!HAS_BROWSER)("the portal in front of what does not answer (needs Debian's chromium)", () => {
  let site: Site;
  let graph: HttpGraph;
  let browser: Browser;

  beforeAll(async () => {
    const settings = { ...CALL_SETTINGS, CONCORD_RATE_LIMIT: "0" };
    site = await openSite("portal_faults", settings, await sampledOriginal());
    [graph, browser] = await Promise.all([startHttpGraph(site), openBrowser()]);
  }, 300_000);

  afterAll(() => site?.close());

  test("with the gateway started again, what is live comes back by itself", async () => {
    const { page } = await visit(browser, graph.url);
    await signInAs(page, "finance", "/transactions");
    await page.getByText("Live", { exact: true }).waitFor();
    await graph.gateway.stop();
    await page.getByText("Connecting again").waitFor();
    await graph.restartGateway();
    await page.getByText("Live", { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByRole("link", { name: "Money" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Money" }).waitFor();
    await untilSettled(page);
    expect(await page.getByText("The server does not answer").count()).toBe(0);
  });

  describe("without the e-vouchers", () => {
    beforeAll(async () => {
      await graph.subgraphs.get("e-vouchers")?.service.stop();
    });

    test("the list of transactions has all its rows, and what only they know is said to be missing", async () => {
      const { page } = await visit(browser, graph.url);
      await signInAs(page, "administrator", "/transactions?family=E_VOUCHER");
      await page.locator(".transactions__link").first().click();
      await page.getByRole("dialog").getByText("Why this status").waitFor();
      await page
        .locator(".banner", { hasText: "The e-vouchers (Edenred, Monizze, Pluxee) is not answering" })
        .waitFor();
    });

    test.each(PAGES)("$path works", async ({ path, title }) => {
      const { page, complaints } = await visit(browser, graph.url);
      await signInAs(page, "administrator", path);
      await page.getByRole("heading", { level: 1, name: title.en, exact: true }).waitFor();
      await untilSettled(page);
      for (const fault of ["This page met a fault", "The server does not answer"]) {
        expect(await page.getByText(fault).count()).toBe(0);
      }
      expect((await page.locator("main").textContent())?.trim()).not.toBe("");
      await expectNoSidewaysScroll(page);
      expect(complaints).toEqual([]);
    });
  });
});
