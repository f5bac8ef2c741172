import type { Browser, Page } from "playwright-core";
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
  visit,
} from "./support/browser.ts";
import { sharedSite } from "./support/shared-site.ts";

describe.skipIf(!HAS_BROWSER)("the list of transactions (needs Debian's chromium)", () => {
  let portal: SharedSite;
  let browser: Browser;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([sharedSite(), openBrowser()]);
  }, 300_000);

  /** What runs in the page is checked without its types, which are not those of these tests. */
  type Scrolled = { scrollBy(x: number, y: number): void };

  test("shows what the graph answers, newest first, with its count and sums", async () => {
    const { page, complaints } = await openList(browser, portal);
    const client = await signIn(portal.url, "finance");
    const { transactions } = await client.data<{ readonly transactions: Answer }>(ANSWER);
    await page.getByText(`${Number(transactions.totalCount).toLocaleString("en-GB")} transactions`).waitFor();
    const first = (await rowsOf(page).first().textContent()) ?? "";
    expect(first).toContain(transactions.edges[0]?.node.transactionNumber);
    expect(first).toContain(euros(transactions.edges[0]?.node.amount.amountMinor ?? ""));
    expect(await page.locator(".transactions__totals").textContent()).toContain(
      euros(transactions.totals[0]?.gross.amountMinor ?? ""),
    );
    expect(complaints).toEqual([]);
  });

  test("draws what is in sight, and goes on by cursor to the last row without one twice", async () => {
    const { page } = await openList(browser, portal, "/transactions?type=SALE");
    const all = new Set<string>();
    const total = Number(((await page.locator(".transactions__totals strong").textContent()) ?? "").replace(/\D/g, ""));
    expect(total).toBeGreaterThan(1_000);
    let drawn = 0;
    for (let steps = 0; all.size < total && steps < 400; steps += 1) {
      const links = await page.locator(".transactions__link").evaluateAll((found) => found.map((each) => `${each}`));
      drawn = Math.max(drawn, links.length);
      for (const link of links) all.add(link);
      await page.locator(".transactions__list").evaluate((list) => (list as unknown as Scrolled).scrollBy(0, 500));
      // As it is painted, and not only scrolled.
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
      await page.locator(".transactions__link").nth(5).waitFor();
    }
    expect(all.size).toBe(total);
    expect(drawn).toBeLessThan(80);
  });

  test("every filter is a chip that can be taken away, and stands in the address", async () => {
    const { page } = await openList(browser, portal);
    const before = (await page.locator(".transactions__totals strong").textContent()) ?? "";
    await page.getByRole("button", { name: "Filter" }).click();
    await page.locator("label", { hasText: "Charged back" }).getByText("1", { exact: true }).waitFor();
    await page.getByRole("checkbox", { name: "Charged back" }).check();
    await page.keyboard.press("Escape");
    await page.getByText("1 transaction", { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.getAll("status")).toEqual(["CHARGEBACK"]);
    await page.reload();
    await page.getByText("1 transaction", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Remove the filter Status" }).click();
    await page.getByText(before, { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe("");
    await page.goBack();
    await page.getByText("1 transaction", { exact: true }).waitFor();
  });

  test("what there is of any kind can be chosen, with its count, and numbers are looked for exactly", async () => {
    const { page } = await openList(browser, portal, "/transactions?family=E_VOUCHER");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    for (const name of ["Voucher issuer", "Brand", "Terminal", "Dispute", "Purse", "Application", "Exact numbers"]) {
      await page.locator("summary", { hasText: name }).waitFor();
    }
    await page.locator("summary", { hasText: "Voucher issuer" }).click();
    const edenred = page.locator("label", { hasText: "Edenred" }).filter({ has: page.locator(".check__count") });
    const count = (await edenred.first().locator(".check__count").textContent()) ?? "";
    await page
      .getByRole("checkbox", { name: /^Edenred/ })
      .last()
      .check();
    await page.getByText(`${count} transactions`, { exact: true }).waitFor();
    const number = await page.locator(".transactions__row").first().locator("[role=cell]").nth(3).textContent();
    await page.locator("summary", { hasText: "Exact numbers" }).click();
    await page.getByLabel("Number", { exact: true }).fill(number ?? "");
    await page.keyboard.press("Enter");
    await page.getByText("1 transaction", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Remove the filter Number" }).click();
    await page.getByText(`${count} transactions`, { exact: true }).waitFor();
  });

  test("a view is saved by name, chosen, shared and removed by keyboard, and says so when it can no longer be used", async () => {
    const address = "/transactions?period=THIS_YEAR&status=CHARGEBACK&min=1.00&sort=AMOUNT&columns=time&columns=amount";
    const { page } = await openList(browser, portal, address);
    const views = page.getByRole("button", { name: "Views" });
    await views.focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("Name of the view").fill("Lost money");
    await page.keyboard.press("Enter");
    const choice = page.getByRole("button", { name: "Lost money", exact: true });
    await choice.waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Share the view Lost money" }).press("Enter");
    await page.getByRole("button", { name: "Keep the view Lost money to yourself" }).waitFor();

    const { page: other } = await visit(browser, portal.url, { ...PHONE });
    await signInAs(other, "viewer", "/transactions");
    await other.getByRole("button", { name: "Views" }).click();
    await other.getByRole("region", { name: "Shared by others" }).waitFor();
    await expectAccessible(other);
    await expectNoSidewaysScroll(other);
    await other.getByRole("button", { name: /^Lost money/ }).click();
    await other.getByText("1 transaction", { exact: true }).waitFor();
    const search = new URL(other.url()).searchParams;
    expect([search.get("period"), search.get("status"), search.get("min"), search.get("sort")]).toEqual([
      "THIS_YEAR",
      "CHARGEBACK",
      "1.00",
      "AMOUNT",
    ]);

    const client = await signIn(portal.url, "finance");
    const merchants = "{ viewer { merchants { id } } }";
    const { viewer } = await client.data<{ viewer: { merchants: { id: string }[] } }>(merchants);
    const foreign = { merchantId: viewer.merchants[0]?.id, name: "From elsewhere", filter: { doubleLoss: true } };
    const create = "mutation ($input: CreateSavedViewInput!) { createSavedView(input: $input) { __typename } }";
    await client.data(create, { input: { ...foreign, idempotencyKey: "portal-foreign" } });
    await page.reload();
    await views.press("Enter");
    await page.getByRole("button", { name: "From elsewhere", exact: true }).press("Enter");
    await page.getByText("“From elsewhere” asks for something this page no longer knows.").waitFor();
    await page.getByRole("button", { name: "Remove the view Lost money" }).press("Enter");
    await choice.waitFor({ state: "detached" });
  });

  test("a disputed payment is found and explained by keyboard alone", async () => {
    const { page } = await openList(browser, portal, "/transactions?status=CHARGEBACK");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    const drawer = page.getByRole("dialog");
    await drawer.getByText("Why this status").waitFor();
    expect(await drawer.textContent()).toMatch(
      /Dispute open[\s\S]*What happened[\s\S]*Settlement[\s\S]*Refunds and chargebacks of it/,
    );
    expect(await drawer.textContent()).toMatch(/line \d+/);
    expect(new URL(page.url()).searchParams.get("open")).toMatch(/^(ccv|evo|acq)_/);
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "detached" });
    await page.keyboard.press("/");
    await page.keyboard.type("no such number");
    await page.getByText("No transactions here").waitFor();
  });

  test("the keyboard stays on the row that was opened, whether it is open or not", async () => {
    const { page } = await openList(browser, portal);
    const link = page.locator(".transactions__link").nth(2);
    await link.click();
    const drawer = page.getByRole("dialog");
    await drawer.getByText("Why this status").waitFor();
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "detached" });
    expect(await page.locator(":focus").getAttribute("href")).toBe(await link.getAttribute("href"));
  });

  test("columns are chosen, and sorting by amount puts the largest first", async () => {
    const { page } = await openList(browser, portal);
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("checkbox", { name: "Provider" }).check();
    await page.keyboard.press("Escape");
    await page.getByRole("columnheader", { name: "Provider" }).waitFor();
    await page.getByRole("columnheader", { name: "Amount" }).getByRole("button").click();
    await page.locator('[role=columnheader][aria-sort="descending"]', { hasText: "Amount" }).waitFor();
    await page.locator('.transactions__list[aria-busy="false"]').waitFor();
    const amounts = await page.locator(".transactions__row > .number:last-child").allTextContents();
    const minor = amounts.map((text) => Math.abs(Number(text.replace(/[^\d.]/g, ""))));
    expect(minor).toEqual([...minor].sort((a, b) => b - a));
  });

  test("says which providers the sums cover, and up to when", async () => {
    const { page } = await openList(browser, portal);
    const line = await page.locator(".transactions__coverage").textContent();
    for (const provider of ["Adyen", "CCV Pay", "Edenred"]) expect(line).toContain(provider);
  });

  test.each([
    ["desktop", DESKTOP],
    ["phone", PHONE],
  ])("is for everyone on a %s, as list and details", async (_, size) => {
    const { page } = await visit(browser, portal.url, size);
    await signInAs(page, "finance", "/transactions?status=SUCCESS&period=THIS_YEAR");
    await rowsOf(page).first().waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.locator(".transactions__link").first().click();
    await page.getByRole("dialog").getByText("Why this status").waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });
});

type Answer = {
  readonly totalCount: string;
  readonly totals: readonly { readonly gross: { readonly amountMinor: string } }[];
  readonly edges: readonly {
    readonly node: { readonly transactionNumber: string; readonly amount: { readonly amountMinor: string } };
  }[];
};

const ANSWER = `{ transactions(first: 1) { totalCount totals { gross { amountMinor } }
  edges { node { transactionNumber amount { amountMinor } } } } }`;

async function openList(browser: Browser, portal: SharedSite, path = "/transactions") {
  const opened = await visit(browser, portal.url);
  await signInAs(opened.page, "finance", path);
  await rowsOf(opened.page).first().waitFor();
  await opened.page.locator(".transactions__totals dl").first().waitFor();
  return opened;
}

function rowsOf(page: Page) {
  return page.locator(".transactions__row");
}

function euros(minor: string): string {
  return (Number(minor) / 100).toLocaleString("en-GB", { style: "currency", currency: "EUR" });
}
