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

describe.skipIf(!HAS_BROWSER)("the page of terminals and locations (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_places"), openBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await portal?.site.close();
  });

  async function openPlaces(user: string, search = "", options: object = DESKTOP) {
    const visited = await visit(browser, portal.url, options);
    await signInAs(visited.page, user, `/places${search}`);
    await visited.page.locator(".places__tid").first().waitFor();
    return visited;
  }

  test("a terminal that passed from one place to another is found, and tells where it was when", async () => {
    const { page, complaints } = await openPlaces("viewer");
    await page.getByLabel("Find").fill("antwerpen 90120004");
    await page.waitForURL(/q=/);
    await page.getByRole("heading", { name: "De Korenaar Gent" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "90120004" }).click();
    const history = page.getByRole("dialog").getByRole("listitem");
    expect(await history.count()).toBe(2);
    expect(await history.first().textContent()).toMatch(/De Korenaar BredaNow.*09 Nov 2026, 00:00 – today/);
    expect(await history.last().textContent()).toMatch(/De Korenaar Antwerpen.* – 09 Nov 2026, 00:00/);
    expect(await page.getByRole("button", { name: /^(Move|Link)/ }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("an administrator moves a terminal by keyboard, and is told why one cannot be linked", async () => {
    const { page } = await openPlaces("administrator", "?view=terminals");
    await page.getByRole("button", { name: "Move terminal 90120001" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("To").selectOption({ label: "De Korenaar Breda" });
    await dialog.getByLabel("When").press("Enter");
    await page.getByText(/Terminal 90120001 moved/).waitFor();
    await page.getByRole("row", { name: /^90120001 De Korenaar Breda/ }).waitFor();
    await page.getByRole("button", { name: "Link a terminal" }).click();
    await dialog.getByLabel("Terminal").fill("90120002");
    await dialog.getByRole("button", { name: "Link a terminal" }).click();
    await dialog.getByText("The terminal is somewhere in a part of that time").waitFor();
    const client = await signIn(portal.url, "administrator");
    const { merchants } = await client.data<{ readonly merchants: Merchants }>(AT_BREDA);
    const locations = merchants.edges.flatMap(({ node }) => node.locations);
    const breda = locations.find(({ name }) => name === "De Korenaar Breda");
    expect(breda?.terminals.map(({ tid }) => tid)).toContain("90120001");
  });

  test("an administrator adds a location, changes it and closes it down; one with terminals stays", async () => {
    const { page } = await openPlaces("administrator");
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: "Add a location" }).click();
    await dialog.getByLabel("Name").fill("De Korenaar Luik");
    await dialog.getByLabel("Town").press("Enter");
    await page.getByRole("button", { name: "Change De Korenaar Luik" }).click();
    await dialog.getByLabel("Town").fill("Luik");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("Luik · BE · Europe/Brussels").waitFor();
    await page.getByRole("button", { name: "Close down De Korenaar Luik" }).click();
    await dialog.getByRole("button", { name: "Close down" }).click();
    await page.getByText(/^Closed on/).waitFor();
    await page.getByRole("button", { name: "Close down De Korenaar Antwerpen" }).click();
    await dialog.getByRole("button", { name: "Close down" }).click();
    await dialog.getByText("Terminals are still there").waitFor();
  });

  test.each([
    ["desktop", "light", DESKTOP],
    ["desktop", "dark", DESKTOP],
    ["phone", "light", PHONE],
    ["phone", "dark", PHONE],
  ] as const)(
    "is for everyone on a %s in the %s, as locations, terminals, history and a form",
    async (_, colorScheme, size) => {
      const { page } = await openPlaces("administrator", "", { ...size, colorScheme });
      const holds = async () => {
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      };
      await holds();
      await page.goto("/places?view=terminals");
      await page.locator(".records").waitFor();
      await holds();
      await page.getByRole("button", { name: "Link a terminal" }).click();
      await page.getByRole("dialog").getByLabel("Location").waitFor();
      await holds();
      await page.goto("/places?terminal=90120004");
      await page.locator(".places__past").first().waitFor();
      await holds();
    },
  );
});

type Merchants = {
  readonly edges: readonly {
    readonly node: {
      readonly locations: readonly { readonly name: string; readonly terminals: readonly { readonly tid: string }[] }[];
    };
  }[];
};

const AT_BREDA = "{ merchants(first: 10) { edges { node { locations { name terminals { tid } } } } } }";
