import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn } from "../support/graph-client.ts";
import { ADYEN_COLUMNS, adyenReport } from "../support/settlement-files.ts";
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

describe.skipIf(!HAS_BROWSER)("the page of files (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_files"), openBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await portal?.site.close();
  });

  test("a file is looked at, taken in by a word, and tells what waits in it and what is new in its format", async () => {
    const { page, complaints } = await openFiles(browser, portal);
    await choose(page, "new.csv", report({ batch: "901", stranger: true }));
    const card = page.getByRole("article", { name: "new.csv" });
    await card.getByText("Waits for your word").waitFor();
    await card.getByRole("region", { name: "Accounts and days" }).getByText("09 Nov 2026").waitFor();
    await card.getByRole("region", { name: "What it would bring" }).getByText("Sale").waitFor();
    await card.getByText("lines 4 and 5").waitFor();
    await card.getByRole("region", { name: "What changed in the format" }).getByText("Levy").waitFor();
    await card.getByText(/\d+ columns stand elsewhere/).waitFor();
    expect(await fileStates(portal, "new.csv")).toEqual(["PREVIEWED"]);
    await card.getByRole("button", { name: "Take it in" }).focus();
    await page.keyboard.press("Enter");
    await card.getByText("Taken in part").waitFor();
    await card.getByRole("link", { name: "new.csv" }).click();
    await page.waitForURL(/file=fil_/);
    const waiting = page.getByRole("region", { name: "Rows that wait" });
    await waiting.getByRole("listitem").filter({ hasText: "Line 4" }).getByText("mapped to no merchant").waitFor();
    await page.getByRole("button", { name: "Read again" }).click();
    await page.getByText("It is being read again.").waitFor();
    await page.getByRole("button", { name: "Read again" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("row", { name: /^new.csv Adyen 09 Nov 2026 .* Taken in part/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("what is dropped is taken as what is chosen; put aside, it is found among what was put aside", async () => {
    const { page } = await openFiles(browser, portal);
    await drop(page, "dropped.csv", report({ batch: "902" }));
    const card = page.getByRole("article", { name: "dropped.csv" });
    await card.getByRole("button", { name: "Put aside" }).click();
    await card.getByText("Put aside").waitFor();
    await page.getByLabel("Which").selectOption({ label: "Put aside" });
    await page.locator("tbody").getByRole("link", { name: "dropped.csv" }).waitFor();
    await page.locator("tbody tr", { hasText: "Taken" }).first().waitFor({ state: "detached" });
    expect(await fileStates(portal, "dropped.csv")).toEqual(["DISCARDED"]);
  });

  test("a file that nobody can read says so, and one that came before as well", async () => {
    const { page } = await openFiles(browser, portal);
    await choose(page, "photos.txt", "no settlement at all");
    const refused = page.getByRole("article", { name: "photos.txt" });
    await refused.getByText(/no adapter accepts this file/).waitFor();
    await choose(page, "again.txt", "no settlement at all");
    await page.getByRole("article", { name: "again.txt" }).getByText("This file came before").waitFor();
    await page.getByRole("button", { name: "Put photos.txt out of this list" }).click();
    await refused.waitFor({ state: "detached" });
  });

  test("who may only look brings nothing, changes nothing, and sees no row that waits", async () => {
    const { page } = await openFiles(browser, portal, "viewer");
    expect(await page.getByRole("button", { name: "Choose files" }).count()).toBe(0);
    await page.getByRole("link", { name: "new.csv" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".files__balance").waitFor();
    expect(await page.locator("main button").count()).toBe(0);
    expect(await page.getByRole("region", { name: "Rows that wait" }).count()).toBe(0);
  });

  test.each([
    ["desktop", "light", DESKTOP],
    ["desktop", "dark", DESKTOP],
    // As tall as its pages: what the bar at the foot hides in part is one to scroll to, and no small target.
    ["phone", "light", PHONE],
    ["phone", "dark", PHONE],
  ] as const)(
    "is for everyone on a %s in the %s, as list, card and file",
    async (name, colorScheme, size) => {
      const { page } = await openFiles(browser, portal, "finance", { ...size, colorScheme });
      await choose(page, "axe.csv", report({ batch: `${name} ${colorScheme}`, stranger: true }));
      await page.getByRole("button", { name: "Take it in" }).waitFor();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await page.getByRole("article").getByRole("link", { name: "axe.csv" }).click();
      await page.getByRole("heading", { name: "axe.csv" }).waitFor();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
    },
    120_000,
  );
});

async function openFiles(browser: Browser, portal: PortalSite, user = "finance", options: object = DESKTOP) {
  const visited = await visit(browser, portal.url, options);
  await signInAs(visited.page, user, "/settlement-files");
  await visited.page.locator(".records").waitFor();
  return visited;
}

type Report = { readonly batch: string; readonly stranger?: boolean };

/** A report of the sample merchant's with a column that nobody knows, the others in another order than ever before. */
function report({ batch, stranger = false }: Report): string {
  const options = { batch, columns: [...ADYEN_COLUMNS].reverse() };
  const own = adyenReport("KorenaarPOS", [{ psp: `PSP${batch}`, gross: 1_000, fee: 10 }], options);
  const other = adyenReport("Stranger", [{ psp: `PSX${batch}`, gross: 500 }], options);
  const [head, ...rows] = own.trimEnd().split("\n");
  const all = [...rows, ...(stranger ? other.trimEnd().split("\n").slice(1) : [])];
  return [`${head},Levy`, ...all.map((row) => `${row},`)].join("\n");
}

async function choose(page: Page, name: string, content: string): Promise<void> {
  await page
    .getByRole("main")
    .locator("input[type=file]")
    .setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(content) });
}

async function drop(page: Page, name: string, content: string): Promise<void> {
  const data = await page.evaluateHandle(`{
    const transfer = new DataTransfer();
    transfer.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)}));
    transfer;
  }`);
  await page.locator(".files__drop").dispatchEvent("drop", { dataTransfer: data });
}

async function fileStates(portal: PortalSite, name: string): Promise<readonly string[]> {
  const client = await signIn(portal.url, "finance");
  const { settlementFiles } = await client.data<Answer>(
    "{ settlementFiles(first: 100) { edges { node { name status } } } }",
  );
  return settlementFiles.edges.filter(({ node }) => node.name === name).map(({ node }) => node.status);
}

type Answer = {
  readonly settlementFiles: {
    readonly edges: readonly { readonly node: { readonly name: string; readonly status: string } }[];
  };
};
