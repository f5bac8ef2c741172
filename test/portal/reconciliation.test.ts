import type { Browser, Page } from "playwright-core";
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
  type Visit,
  visit,
} from "./support/browser.ts";
import { openPortalSite, type PortalSite } from "./support/portal-site.ts";

/** Whatever is given away, a second person agrees to it. */
const LIMITS = { CONCORD_FORCE_LIMITS: "EUR=0" };

describe.skipIf(!HAS_BROWSER)("the page of reconciliation (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_reconciliation", LIMITS), openBrowser()]);
  }, 300_000);

  afterAll(async () => {
    await portal?.site.close();
  });

  test("a discrepancy is taken, noted and settled by keyboard alone", async () => {
    const { page, complaints } = await openWork(browser, portal);
    const id = await openFirst(page);
    const before = await stateOf(portal, id);
    await page.keyboard.press("a");
    await page.getByLabel("Who works on it").waitFor();
    await page.keyboard.press("Tab");
    await saveAct(page, "Assign");
    await page.locator(".work__evidence").getByText("demo:finance works on it").waitFor();
    await page.keyboard.press("c");
    await page.getByRole("textbox", { name: "Comment" }).fill("Asked the provider.");
    await page.keyboard.press("Enter");
    await page.locator(".work__comments").getByText("Asked the provider.").waitFor();
    await page.keyboard.press("r");
    await page.getByLabel("How it is settled").selectOption({ label: "Corrected in the books" });
    await saveAct(page, "Settle");
    await page.getByText("Say it in a few words.").waitFor();
    await page.getByLabel("Reason").fill("Booked by hand.");
    await page.keyboard.press("Enter");
    await page.locator(".work__evidence").waitFor({ state: "detached" });
    const left = before.open - 1;
    await page.getByText(`${left} discrepancies`).waitFor();
    expect(await stateOf(portal, id)).toEqual({
      open: left,
      discrepancy: {
        state: "RESOLVED",
        resolution: "ADJUSTED",
        assigneeId: "demo:finance",
        snoozedUntil: null,
        proposal: null,
        comments: [{ text: "Asked the provider.", authorId: "demo:finance" }],
      },
    });
    expect(complaints).toEqual([]);
  });

  test("what is put aside leaves the list, and is found among what was put aside", async () => {
    const { page, complaints } = await openWork(browser, portal);
    const id = await openFirst(page);
    await page.keyboard.press("s");
    await page.getByLabel("Put aside for").selectOption({ label: "30 days" });
    await saveAct(page, "Put aside");
    await page.locator(".work__evidence").waitFor({ state: "detached" });
    const days = (Date.parse(String((await stateOf(portal, id)).discrepancy.snoozedUntil)) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    await page.getByLabel("Which").selectOption({ label: "Put aside" });
    await page.getByText("1 discrepancy", { exact: true }).waitFor();
    await page.locator(".work__row", { hasText: /until/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("much money is given away by two people: the one who asked waits, the other refuses or agrees", async () => {
    const { page } = await openWork(browser, portal);
    const id = await openFirst(page);
    const propose = async () => {
      await page.keyboard.press("r");
      await page.getByLabel("How it is settled").selectOption({ label: "Written off" });
      await page.getByLabel("Reason").fill("Too old to claim.");
      await page.keyboard.press("Enter");
      await page.getByText("Someone else has to agree or refuse.").waitFor();
    };
    await propose();
    expect(await page.getByRole("button", { name: "Agree" }).count()).toBe(0);
    const second = (await visit(browser, portal.url)).page;
    await signInAs(second, "administrator", `/reconciliation?show=PROPOSED&open=${id}`);
    await second.getByRole("button", { name: "Refuse" }).click();
    await second.getByText("Say it in a few words.").waitFor();
    await second.getByLabel("Reason").fill("Claim it first.");
    await second.getByRole("button", { name: "Refuse" }).click();
    await second.getByRole("heading", { name: "Nothing to clear" }).waitFor();
    expect((await stateOf(portal, id)).discrepancy).toMatchObject({ proposal: null, resolution: null });
    await page.reload();
    await page.locator(".work__comments").getByText("Claim it first.").waitFor();
    await propose();
    await second.reload();
    await second.getByRole("button", { name: "Agree" }).click();
    await second.getByRole("heading", { name: "Nothing to clear" }).waitFor();
    expect((await stateOf(portal, id)).discrepancy).toMatchObject({ state: "RESOLVED", resolution: "WRITTEN_OFF" });
  });

  test("where another person was first, that is said, and the same words can be sent after all", async () => {
    const { page } = await openWork(browser, portal);
    const discrepancyId = await openFirst(page);
    await page.keyboard.press("c");
    await page.getByRole("textbox", { name: "Comment" }).fill("Seen by me.");
    const other = await signIn(portal.url, "administrator");
    await other.data(COMMENT, { input: { discrepancyId, text: "I was first.", idempotencyKey: "first" } });
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByText("read it again and decide anew").waitFor();
    await page.locator(".work__comments").getByText("I was first.").waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".work__comments").getByText("Seen by me.").waitFor();
  });

  test("who may only look sees the evidence, and nothing to press", async () => {
    const { page } = await openWork(browser, portal, { user: "viewer" });
    await openFirst(page);
    await page.keyboard.press("c");
    expect(await page.locator(".work__evidence button, dialog").count()).toBe(0);
    await page.getByRole("button", { name: "Runs" }).click();
    await page.locator(".reconciliation__runs").waitFor();
    expect(await page.getByRole("button", { name: "Start a run" }).count()).toBe(0);
  });

  test("filters stand in the address, and count what they find", async () => {
    const { page } = await openWork(browser, portal);
    const type = page.getByLabel("Kind");
    const [option] = await type.locator("option:not([value=''])").all();
    const label = String(await option?.textContent());
    await type.selectOption({ label });
    await page.waitForURL(/type=/);
    const count = Number(/\((\d+)\)$/.exec(label)?.[1]);
    await page.getByText(count === 1 ? "1 discrepancy" : `${count} discrepancies`, { exact: true }).waitFor();
    await page.getByLabel("Which").selectOption({ label: "Waiting for a second person" });
    await page.getByRole("heading", { name: "Nothing to clear" }).waitFor();
  });

  test("a transaction leads to what is wrong with it, however far down the list that stands", async () => {
    const { page, complaints } = await openWork(browser, portal);
    const listed = await page.locator(".work__amount").allTextContents();
    await page.goto(`${portal.url}/transactions?matching=MISSING&sort=AMOUNT&dir=ASC`);
    await page.locator(".transactions__link").first().click();
    const drawer = page.getByRole("dialog");
    await drawer.getByRole("link", { name: "Clear it" }).click();
    await page.waitForURL(/\/reconciliation\?open=dis_/);
    await page.locator(".work__evidence").waitFor();
    expect(await page.locator(".work__row[aria-expanded=true]").count()).toBe(1);
    // The least money, where the most stands first.
    const amounts = await page.locator(".work__amount").allTextContents();
    expect(amounts.slice(1)).toEqual(listed);
    await page.keyboard.press("j");
    await page.waitForURL((url) => url.searchParams.get("open") !== null);
    expect(await page.locator(".work__item").first().locator(".work__row").getAttribute("aria-expanded")).toBe("false");
    expect(complaints).toEqual([]);
  });

  test.each([
    ["Try without changes", "Try"],
    ["Start a run", "Run"],
  ])("%s is followed to its end, and stands in the list", async (button, name) => {
    const { page, complaints } = await openWork(browser, portal, { path: "?view=runs", mark: ".reconciliation__runs" });
    await page.getByRole("button", { name: button }).click();
    await page.locator(".reconciliation__progress").getByText(`${name} · Finished`).waitFor();
    await page.getByRole("row", { name: new RegExp(`Finished ${name} A person`) }).waitFor();
    expect(complaints).toEqual([]);
  });

  test.each([
    ["desktop", DESKTOP],
    // As tall as its pages: a row that the bar at the foot hides in part is one to scroll to, and no small target.
    ["phone", PHONE],
  ])("is for everyone on a %s, as work, a dialog, runs and quality", async (_, size) => {
    const { page } = await openWork(browser, portal, { options: size });
    const holds = async () => {
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
    };
    await page.locator(".work__row").first().click();
    await page.locator(".work__evidence").waitFor();
    await holds();
    await page
      .locator(".work__evidence")
      .getByRole("button", { name: /^Settle/ })
      .click();
    await page.getByLabel("How it is settled").waitFor();
    await holds();
    await page.goto("/reconciliation?view=runs");
    await page.locator(".reconciliation__runs").waitFor();
    await holds();
    await page.goto("/reconciliation?view=quality");
    await page.locator(".reconciliation__figures").waitFor();
    await holds();
  });
});

type Opening = { readonly user?: string; readonly path?: string; readonly mark?: string; readonly options?: object };

async function openWork(
  browser: Browser,
  portal: PortalSite,
  { user = "finance", path = "", mark = ".work__row", options = DESKTOP }: Opening = {},
): Promise<Visit> {
  const visited = await visit(browser, portal.url, options);
  await signInAs(visited.page, user, `/reconciliation${path}`);
  await visited.page.locator(mark).first().waitFor();
  return visited;
}

/** Opens the discrepancy with the most money by its key, and gives its id. */
async function openFirst(page: Page): Promise<string> {
  await page.keyboard.press("j");
  await page.locator(".work__evidence").waitFor();
  return String(new URL(page.url()).searchParams.get("open"));
}

async function saveAct(page: Page, name: string): Promise<void> {
  const save = page.getByRole("dialog").getByRole("button", { name, exact: true });
  await save.focus();
  await page.keyboard.press("Enter");
}

async function stateOf(portal: PortalSite, id: string): Promise<State> {
  const client = await signIn(portal.url, "finance");
  const { open, all } = await client.data<Answer>(STATE);
  const found = all.edges.find(({ node }) => node.id === id);
  if (!found) throw new Error(`there is no discrepancy ${id} among the ${all.edges.length} with the most money`);
  const { id: _, ...discrepancy } = found.node;
  return { open: Number(open.totalCount), discrepancy };
}

type State = { readonly open: number; readonly discrepancy: Readonly<Record<string, unknown>> };

type Answer = {
  readonly open: { readonly totalCount: string };
  readonly all: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
};

const STATE = `{ open: discrepancies(first: 1, filter: { states: [OPEN, ASSIGNED] }) { totalCount }
  all: discrepancies(first: 100, orderBy: { field: AMOUNT, direction: DESC }) { edges { node {
    id state resolution assigneeId snoozedUntil proposal { resolution } comments { text authorId } } } } }`;

const COMMENT = `mutation ($input: CommentDiscrepancyInput!) {
  commentDiscrepancy(input: $input) { __typename } }`;
