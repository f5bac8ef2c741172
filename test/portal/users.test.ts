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
import { photograph } from "./support/photograph.ts";
import { openPortalSite, type PortalSite } from "./support/portal-site.ts";

describe.skipIf(!HAS_BROWSER)("users, groups, machines and the audit (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_users"), openBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await portal?.site.close();
  });

  async function openPage(path: string, options: object = DESKTOP) {
    const visited = await visit(browser, portal.url, options);
    await signInAs(visited.page, "administrator", path);
    return visited;
  }

  test("are no pages of those who may not manage or audit", async () => {
    const { page } = await visit(browser, portal.url);
    await signInAs(page, "finance", "/users");
    await page.getByText("It may have moved").waitFor();
    await page.goto("/audit");
    await page.getByText("It may have moved").waitFor();
    expect(await page.getByRole("link", { name: /^(Users|Audit)/ }).count()).toBe(0);
  });

  test("people go by the name in their tokens once they have signed in, among users and in the audit", async () => {
    await signIn(portal.url, "finance").then((client) => client.data("{ viewer { id } }"));
    const { page, complaints } = await openPage("/users");
    await page.getByRole("row", { name: /^Demo finance demo:finance Finance/ }).waitFor();
    await photograph(page, "users named desktop");
    await page.goto("/audit");
    await page.getByRole("cell", { name: "Demo finance" }).first().waitFor();
    await photograph(page, "audit named desktop");
    await page.goto("/users");
    await page.setViewportSize(PHONE.viewport);
    await page.getByText("Demo finance").waitFor();
    await photograph(page, "users named phone");
    await expectAccessible(page);
    expect(complaints).toEqual([]);
  });

  test("a group is made of ticks and a viewer put into it, for one location, by keyboard", async () => {
    const { page, complaints } = await openPage("/users?view=groups");
    await page.getByRole("button", { name: "New group" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Shop floor");
    await dialog.getByLabel("Transactions").press("Space");
    await dialog.getByLabel("Name").press("Enter");
    await page.getByRole("row", { name: /^Shop floor 0 users yes no no no no no no no yes no/ }).waitFor();
    await page.goto("/users");
    await page.getByRole("button", { name: "Change demo:viewer" }).click();
    await dialog.getByLabel("Group").selectOption({ label: "Shop floor" });
    await dialog.getByLabel("Sees").selectOption({ label: "Some locations only" });
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("Tick at least one location.").waitFor();
    await dialog.getByLabel("De Korenaar Gent").press("Space");
    await dialog.getByRole("button", { name: "Save" }).press("Enter");
    await page.getByRole("row", { name: "demo:viewer Shop floor De Korenaar Gent In use" }).waitFor();
    await page.goto("/users?view=groups");
    await page.getByRole("button", { name: "Remove Shop floor" }).click();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await dialog.getByText("Somebody is in it").waitFor();
    expect(complaints).toEqual([]);
    const client = await signIn(portal.url, "administrator");
    const { users } = await client.data<Users>(USERS);
    expect(users.edges.map(({ node }) => node)).toContainEqual({
      id: "demo:viewer",
      groupId: expect.stringMatching(/^grp_/),
      locations: ["loc_gent"],
    });
  });

  test("nobody changes themselves: that is said, and the last administrator stays", async () => {
    const { page } = await openPage("/users");
    await page.getByRole("button", { name: "Change demo:administrator" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Keep out for the time being").check();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("the last administrator stays").waitFor();
  });

  test("an invitation is shown once, sent again and taken back", async () => {
    const { page } = await openPage("/users");
    await page.getByRole("button", { name: "Invite someone" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("E-mail address").fill("new@shop.example");
    await dialog.getByRole("button", { name: "Invite someone" }).click();
    await dialog.getByText("it is shown once").waitFor();
    expect((await dialog.locator(".secret").textContent())?.length).toBeGreaterThan(20);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    const row = page.getByRole("row", { name: /^new@shop.example Viewers All locations Waits/ });
    await row.getByRole("button", { name: "Send again" }).click();
    await dialog.getByText("it is shown once").waitFor();
    await page.keyboard.press("Escape");
    await row.getByRole("button", { name: "Take back" }).click();
    await page.getByRole("row", { name: /^new@shop.example Viewers All locations Taken back/ }).waitFor();
  });

  test("a machine's key is shown once, gets a second beside it, and is taken away with the machine", async () => {
    const { page } = await openPage("/users?view=machines");
    await page.getByRole("button", { name: "New machine" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Deliveries");
    await dialog.getByLabel("Provider").fill("adyen");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.locator(".secret", { hasText: /^cmk\./ }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "New key for Deliveries" }).click();
    await dialog.locator(".secret", { hasText: /^cmk\./ }).waitFor();
    await page.keyboard.press("Escape");
    const machine = page.locator(".users__machine", { hasText: "Deliveries" });
    await machine.locator(".users__key").nth(1).waitFor();
    await page.getByRole("button", { name: "Revoke Deliveries" }).click();
    await dialog.getByRole("button", { name: "Revoke" }).click();
    await machine.getByText(/^Revoked on/).waitFor();
  });

  test("the audit tells of it, with what was before and after, and narrows to what was refused", async () => {
    const { page, complaints } = await openPage("/audit?action=membership.change");
    await page
      .getByRole("row", { name: /demo:viewer .* Done$/ })
      .getByRole("button")
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("row", { name: /^groupId viewer grp_/ }).waitFor();
    await dialog.getByRole("row", { name: "locations – loc_gent" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByLabel("Outcome").selectOption({ label: "Not allowed" });
    await page.getByRole("row", { name: /demo:viewer .* Done$/ }).waitFor({ state: "detached" });
    await page
      .getByRole("row", { name: /^Changed a user Demo administrator demo:administrator .* Not allowed$/ })
      .waitFor();
    await page.getByLabel("Who").fill("nobody");
    await page.getByRole("heading", { name: "Nothing found" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test.each([
    ["desktop", "light", DESKTOP],
    ["desktop", "dark", DESKTOP],
    ["phone", "light", PHONE],
    ["phone", "dark", PHONE],
  ] as const)(
    "are for everyone on a %s in the %s",
    async (_, colorScheme, size) => {
      const { page } = await openPage("/users", { ...size, colorScheme });
      const holds = async (path: string, mark: string) => {
        await page.goto(path);
        await page.locator(mark).first().waitFor();
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      };
      await holds("/users", ".records");
      await holds("/users?view=groups", ".users__tick");
      await holds("/users?view=machines", ".users__machine");
      await holds("/audit?action=membership.change", ".records");
      await page.locator(".audit__open").first().click();
      await page.getByRole("dialog").waitFor();
      await expectAccessible(page);
    },
    120_000,
  );
});

type Users = { readonly users: { readonly edges: readonly { readonly node: object }[] } };

const USERS = `{ users(merchantId: "mer_korenaar", first: 100) { edges { node { id groupId locations } } } }`;
