import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn } from "../support/graph-client.ts";
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
import { openPortalSite, type PortalSite } from "./support/portal-site.ts";

describe.skipIf(!HAS_BROWSER)("manual interventions (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_queue"), openBrowser()]);
  }, 300_000);

  afterAll(async () => {
    await portal?.site.close();
  });

  test("are no page of those who may not decide", async () => {
    const { page } = await visit(browser, portal.url);
    await signInAs(page, "viewer", "/interventions");
    await page.getByText("It may have moved").waitFor();
    expect(await page.getByRole("link", { name: "Manual interventions" }).count()).toBe(0);
  });

  test.each([
    ["desktop", DESKTOP],
    ["phone", PHONE],
  ])("are for everyone on a %s, queue and question", async (_, size) => {
    const { page } = await visit(browser, portal.url, size);
    await signInAs(page, "finance", "/interventions");
    await page.locator(".interventions__card").first().waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.getByRole("button", { name: "It was paid" }).first().click();
    await page.getByRole("dialog").getByRole("textbox").waitFor();
    await expectAccessible(page);
  });

  test("are decided by keyboard alone, with the reason, and leave the queue for the list with a hand", async () => {
    const { page, complaints } = await visit(browser, portal.url);
    await signInAs(page, "finance", "/interventions");
    await page.locator(".interventions__card").first().waitFor();
    const client = await signIn(portal.url, "finance");
    const { manualInterventions } = await client.data<{ readonly manualInterventions: Queue }>(QUEUE);
    const { id } = manualInterventions.edges[0]?.node ?? { id: "" };
    await page.keyboard.press("y");
    const dialog = page.getByRole("dialog", { name: "Say that it was paid" });
    await dialog.getByRole("textbox").waitFor();
    await page.keyboard.press("Enter");
    await dialog.getByText("Say in a few words").waitFor();
    await page.keyboard.type("the receipt says so");
    await page.keyboard.press("Enter");
    await page.getByText("Status assigned: Paid.").waitFor();
    if (manualInterventions.edges.length === 1) await page.getByText("Nothing waits for you").waitFor();
    await page.goto(`/transactions?origin=MANUAL&open=${id}`);
    await page.locator(".transactions__row .status__hand").first().waitFor();
    await page.getByRole("dialog").getByText("the receipt says so").first().waitFor();
    expect(complaints).toEqual([]);
  });
});

type Queue = { readonly edges: readonly { readonly node: { readonly id: string } }[] };

const QUEUE = `{ manualInterventions(first: 2, orderBy: { field: OCCURRED_AT, direction: ASC }) { edges { node { id } } } }`;
