import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GraphClient, signIn } from "../support/graph-client.ts";
import { until } from "../support/until.ts";
import { DESKTOP, HAS_BROWSER, openBrowser, PHONE, signInByPage, visit } from "./support/browser.ts";
import { type Foreign, foreignThings } from "./support/foreign-things.ts";
import { PAGES, untilSettled } from "./support/pages.ts";
import { photograph } from "./support/photograph.ts";
import { openPortalSite, type PortalSite } from "./support/portal-site.ts";

const SIZES = [
  ["desktop", DESKTOP],
  ["phone", PHONE],
] as const;

/** What the group of the new person opens; the rest of the portal is not there for them. */
const OPEN = ["/transactions", "/closings", "/analysis", "/places", "/developers", "/invitation"];

describe.skipIf(!HAS_BROWSER)("an administrator's day in the portal (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;
  let foreign: Foreign;
  let attempts = 0;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_admin_day"), openBrowser()]);
    foreign = await foreignThings(await signIn(portal.url, "administrator"));
  }, 300_000);

  afterAll(() => portal?.site.close());

  test.each(SIZES)(
    "on a %s a person is invited to one location, sees that alone, and loses it within a minute",
    async (size, options) => {
      // A retry finds what the attempt before it has made, so it makes a person of its own.
      const name = `${size}${attempts++}`;
      const email = `sara.${name}@shop.example`;
      const { page: administrator, complaints } = await visit(browser, portal.url, options);
      await signInByPage(administrator, "administrator", "/users?view=groups");
      await makeGroup(administrator, { name, size });
      const link = await invite(administrator, { email, name, size });

      const { page: sara } = await visit(browser, portal.url, options);
      await sara.goto(link);
      await sara.getByLabel("Or by the address that was invited").fill(email);
      await photograph(sara, `administrator ${size} sign in`);
      await sara.getByRole("button", { name: "Sign in", exact: true }).click();
      await sara.getByText(`You are signed in as ${email}.`).waitFor();
      await photograph(sara, `administrator ${size} invitation`);
      await sara.getByRole("button", { name: "Join" }).click();
      await sara.locator(".transactions__row").first().waitFor();
      const client = await signIn(portal.url, email);
      const { transactions } = await client.data<Counted>("{ transactions(first: 1) { totalCount } }");
      expect(transactions.totalCount).toBe(foreign.countAt("loc_gent"));
      await sara
        .getByText(`${Number(transactions.totalCount).toLocaleString("en")} transactions`)
        .first()
        .waitFor();
      await photograph(sara, `administrator ${size} one location`);
      expect(await rowsNamed(sara, /Breda|Antwerpen/)).toBe(0);
      await sara.locator(".transactions__row", { hasText: "Gent" }).first().waitFor();
      expect(await menuOf(sara)).toEqual(["/analysis", "/closings", "/developers", "/places", "/transactions"]);

      await expectNothingElse(sara, client, size);
      expect(await shownAt(sara, "/places")).not.toMatch(/Breda|Antwerpen/);

      await sara.goto("/transactions");
      await sara.locator(".transactions__row").first().waitFor();
      await administrator.goto("/users");
      await changeMembership(administrator, email, async (dialog) => {
        await dialog.getByLabel("De Korenaar Gent").uncheck();
        await dialog.getByLabel("De Korenaar Breda").check();
        await photograph(administrator, `administrator ${size} narrow`);
      });
      await sara.locator(".transactions__row", { hasText: "Breda" }).first().waitFor({ timeout: 60_000 });
      expect(await rowsNamed(sara, /Gent|Antwerpen/)).toBe(0);
      await photograph(sara, `administrator ${size} narrowed`);

      await changeMembership(administrator, email, async (dialog) => {
        await dialog.getByLabel("Keep out for the time being").check();
      });
      await sara.getByText("It may have moved").waitFor({ timeout: 60_000 });
      expect(await rowsNamed(sara, /./)).toBe(0);
      expect(await menuOf(sara)).toEqual(["/developers"]);
      await sara.goto("/");
      await sara.getByText("An administrator of your company can put you in a user group.").waitFor();
      await photograph(sara, `administrator ${size} kept out`);
      await administrator.getByRole("row", { name: new RegExp(`demo:${email} .* Kept out`) }).waitFor();
      await photograph(administrator, `administrator ${size} users`);
      expect(complaints).toEqual([]);
    },
    480_000,
  );

  /** By the address bar and by the graph: what is there and not theirs answers as what is not there. */
  async function expectNothingElse(page: Page, client: GraphClient, size: string): Promise<void> {
    const nowhere = await shownAt(page, "/no-such-page");
    for (const { path } of PAGES.filter((each) => !OPEN.includes(each.path))) {
      expect(await shownAt(page, path), path).toBe(nowhere);
    }
    await photograph(page, `administrator ${size} no such page`);
    for (const [address, unknown] of foreign.addresses) {
      const [theirs, nobodys] = [await shownAt(page, address), await shownAt(page, unknown)];
      expect(theirs, address).toBe(nobodys);
    }
    await shownAt(page, foreign.addresses[0]?.[0] ?? "");
    await photograph(page, `administrator ${size} foreign id`);
    for (const [path, unknown] of foreign.downloads) {
      const [theirs, nobodys] = await Promise.all([path, unknown].map((each) => download(each, client.token)));
      expect(theirs).toEqual(nobodys);
    }
    for (const { query, id, unknown } of foreign.queries) {
      const [theirs, nobodys] = await Promise.all([id, unknown].map((each) => client.ask(query, { id: each })));
      expect(theirs, query).toEqual(nobodys);
    }
  }

  async function download(path: string, token: string) {
    const response = await fetch(portal.url + path, { headers: { authorization: `Bearer ${token}` } });
    const { errors } = (await response.json()) as { readonly errors: readonly object[] };
    return { status: response.status, errors };
  }
});

type Counted = { readonly transactions: { readonly totalCount: string } };

async function makeGroup(page: Page, { name, size }: { readonly name: string; readonly size: string }): Promise<void> {
  await page.getByRole("button", { name: "New group" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(`Counter ${name}`);
  for (const menu of ["Transactions", "Analysis", "Terminals and locations"])
    await dialog.getByLabel(menu, { exact: true }).check();
  await photograph(page, `administrator ${size} group`);
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("row", { name: new RegExp(`^Counter ${name} 0 users`) }).waitFor();
}

/** @returns the link that the administrator sends */
async function invite(
  page: Page,
  { email, name, size }: { readonly email: string; readonly name: string; readonly size: string },
): Promise<string> {
  await page.goto("/users");
  await page.getByRole("button", { name: "Invite someone" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail address").fill(email);
  await dialog.getByLabel("Group").selectOption({ label: `Counter ${name}` });
  await dialog.getByLabel("Sees").selectOption({ label: "Some locations only" });
  await dialog.getByLabel("De Korenaar Gent").check();
  await photograph(page, `administrator ${size} invite`);
  await dialog.getByRole("button", { name: "Invite someone" }).click();
  const link = (await dialog.locator(".secret").textContent()) ?? "";
  await photograph(page, `administrator ${size} link`);
  await dialog.getByRole("button", { name: "Close" }).last().click();
  return link;
}

async function changeMembership(
  page: Page,
  email: string,
  fill: (dialog: ReturnType<Page["getByRole"]>) => Promise<void>,
) {
  await page.getByRole("button", { name: `Change demo:${email}` }).click();
  const dialog = page.getByRole("dialog");
  await fill(dialog);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
}

async function rowsNamed(page: Page, name: RegExp): Promise<number> {
  return page.locator(".transactions__row", { hasText: name }).count();
}

/** Where its menu leads; on a phone it is behind a button. */
async function menuOf(page: Page): Promise<readonly string[]> {
  const button = page.getByRole("button", { name: "Menu" });
  const isPhone = await button.isVisible();
  if (isPhone) await button.click();
  const links = page.locator(isPhone ? "dialog .menu a" : ".sidebar .menu a");
  await links.first().waitFor();
  const paths = await Promise.all((await links.all()).map((link) => link.getAttribute("href")));
  if (isPhone) await page.keyboard.press("Escape");
  return paths.map(String).sort();
}

/**
 * All that an address shows once it has come to rest, without what stands in the address itself, and without the state
 * of the connection: a busy machine loses that and has it again at any address.
 */
async function shownAt(page: Page, address: string): Promise<string> {
  await page.goto(address);
  await untilSettled(page);
  const read = async () => String(await page.evaluate(SHOWN)).replaceAll(/loc_\w+/g, "LOCATION");
  let text = "";
  await until(async () => {
    const now = await read();
    const stands = now === text;
    text = now;
    return stands;
  });
  return text;
}

const SHOWN = `(() => {
  const body = document.body.cloneNode(true);
  for (const each of body.querySelectorAll(".live")) each.remove();
  return body.textContent;
})()`;
