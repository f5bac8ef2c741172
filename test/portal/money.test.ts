import type { Browser } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { signIn } from "../support/graph-client.ts";
import type { SharedSite } from "../support/shared-site-file.ts";
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
import { sharedSite } from "./support/shared-site.ts";

describe.skipIf(!HAS_BROWSER)("the page of money (needs Debian's chromium)", () => {
  let portal: SharedSite;
  let browser: Browser;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([sharedSite(), openBrowser()]);
  }, 300_000);

  test("a payout is found and explained by keyboard alone, down to the lines of its file", async () => {
    const { page, complaints } = await openMoney(browser, portal);
    const client = await signIn(portal.url, "finance");
    const { payouts } = await client.data<{ readonly payouts: Answer }>(ANSWER);
    const explained = payouts.edges[1]?.node;
    expect(await page.locator(".money__link").count()).toBe(payouts.edges.length);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: explained?.reference ?? "" }).waitFor();
    const gross = page.getByRole("button", { name: /^Sales, gross/ });
    await gross.focus();
    await page.keyboard.press("Enter");
    const [line] = explained?.lines.edges ?? [];
    await page.getByRole("cell", { name: `${line?.node.fileName} line ${line?.node.lineNumber}` }).waitFor();
    const totals = await page.locator(".waterfall__row--total").allTextContents();
    const [paid, booked] = totals.slice(-2).map((text) => text.replace(/[^\d.]/g, ""));
    expect(totals.slice(-2)).toEqual([expect.stringContaining("Payout"), expect.stringContaining("At the bank")]);
    expect(booked).toBe(paid);
    await page.reload();
    expect(await gross.getAttribute("aria-expanded")).toBe("true");
    await page.getByRole("button", { name: /^At the bank/ }).press("Enter");
    await page
      .getByText(/bank-statement_2026-11-\d\d\.xml/)
      .first()
      .waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".money__table--payouts").waitFor();
    expect(complaints).toEqual([]);
  });

  test("filters stand in the address, and what they do not find is said", async () => {
    const { page } = await openMoney(browser, portal);
    await page.getByLabel("Provider").selectOption({ label: "CCV Pay" });
    await page.waitForURL(/provider=ccv-pay/);
    await page.locator("tbody .money__provider", { hasText: "Adyen" }).first().waitFor({ state: "detached" });
    await page.locator("tbody .money__provider", { hasText: "CCV Pay" }).first().waitFor();
    await page.getByLabel("Status").selectOption({ label: "Sent back" });
    await page.getByRole("heading", { name: "No such payout" }).waitFor();
  });

  test.each([
    ["desktop", DESKTOP],
    // As tall as its pages: a row that the bar at the foot hides in part is one to scroll to, and no small target.
    ["phone", PHONE],
  ])("is for everyone on a %s, as a list, a waterfall and batches", async (_, size) => {
    const { page } = await openMoney(browser, portal, size);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.locator(".money__link").first().click();
    await page.getByRole("button", { name: /^Sales, gross/ }).click();
    await page.locator(".money__table--lines").waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.goto("/money?view=batches");
    await page.locator(".money__table--batches").waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });
});

async function openMoney(browser: Browser, portal: SharedSite, options: object = DESKTOP): Promise<Visit> {
  const visited = await visit(browser, portal.url, options);
  await signInAs(visited.page, "finance", "/money");
  await visited.page.locator(".money__table--payouts").waitFor();
  return visited;
}

type Line = { readonly fileName: string; readonly lineNumber: string };
type Node = { readonly reference: string; readonly lines: { readonly edges: readonly { readonly node: Line }[] } };
type Answer = { readonly edges: readonly { readonly node: Node }[] };

const ANSWER = `{ payouts(first: 50) { edges { node { reference
  lines(first: 1, kinds: [SALE]) { edges { node { fileName lineNumber } } } } } } }`;
