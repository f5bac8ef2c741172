import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GraphClient, signIn } from "../support/graph-client.ts";
import { until } from "../support/until.ts";
import { expectAccessible, HAS_BROWSER, openBrowser, PHONE, signInAs, visit } from "./support/browser.ts";
import { photograph } from "./support/photograph.ts";
import { openPortalSite, type PortalSite } from "./support/portal-site.ts";
import { wallTime } from "./support/wall-time.ts";

describe.skipIf(!HAS_BROWSER)("the list as it was at a moment (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;
  let client: GraphClient;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_past"), openBrowser()]);
    client = await signIn(portal.url, "administrator");
  }, 300_000);

  afterAll(() => portal?.site.close());

  test("is chosen, said, kept in the address and not live, and leads back to now", async () => {
    const moment = await pastSecond();
    const before = await count();
    const { manualInterventions } = await client.data<Queue>(QUEUE);
    const { id, version } = manualInterventions.edges[0]?.node ?? { id: "", version: 0 };
    const input = { transactionId: id, status: "SUCCESS", expectedVersion: version, reason: "the receipt", ...KEY };
    await client.data(ASSIGN, { input });
    expect(await count()).toBe(before + 1);

    const { page, complaints } = await visit(browser, portal.url);
    await signInAs(page, "administrator", `/transactions?open=${id}`);
    await page.getByText(words(before + 1), { exact: true }).waitFor();
    await page.getByRole("dialog").getByText("Why this status").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".live--live").waitFor();

    await page.getByRole("button", { name: "As it was on another date" }).click();
    await page.getByLabel("As it was on", { exact: true }).fill(moment);
    await page.getByRole("button", { name: "Look", exact: true }).click();
    await page.getByText(/^As it was on \d\d /).waitFor();
    await page.getByText(words(before), { exact: true }).waitFor();
    await page.locator(".live--live").waitFor({ state: "detached" });
    expect(new URL(page.url()).searchParams.get("at")).toBe(moment);
    expect(await page.getByRole("button", { name: "Pause new rows" }).count()).toBe(0);
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByRole("checkbox", { name: /^Charged back/ }).waitFor();
    await page.keyboard.press("Escape");
    await photograph(page, "past desktop");

    await page.getByRole("link", { name: "Export", exact: true }).click();
    const order = page.getByRole("dialog", { name: "New export" });
    await order.getByText(/^As it was on \d\d /).waitFor();
    await photograph(page, "past export");
    await order.getByRole("button", { name: "Order it" }).click();
    await page.getByRole("listitem").filter({ hasText: ".csv" }).first().getByText("Ready").waitFor();
    const { exports } = await client.data<Exports>("{ exports(first: 1) { edges { node { asOf rowsTotal } } } }");
    const [{ node } = { node: undefined }] = exports.edges;
    expect(node?.rowsTotal).toBe(String(before));
    expect(Date.parse(`${node?.asOf}`) % 1_000).toBe(0);

    await page.goto(`/transactions?at=${moment}`);
    await page.getByText(words(before), { exact: true }).waitFor();
    await page.goto(`/transactions?at=${moment}&open=${id}`);
    await page.getByRole("dialog").getByText("Needs a decision").first().waitFor();
    await page.goto(`/transactions?at=${moment}`);
    await page.getByRole("button", { name: "Back to now" }).click();
    await page.getByText(words(before + 1), { exact: true }).waitFor();
    await page.locator(".live--live").waitFor();
    expect(new URL(page.url()).search).toBe("");
    expect(complaints).toEqual([]);
  }, 120_000);

  test.each(["2020-01-01T12:00", "2090-01-01T12:00"])("of %s nothing is known, and that is said", async (moment) => {
    const { page } = await visit(browser, portal.url, { ...PHONE, colorScheme: "dark" });
    await signInAs(page, "administrator", `/transactions?at=${moment}`);
    await page.getByText("Nothing is known of that time").waitFor();
    await expectAccessible(page);
    await photograph(page, `past phone ${moment.slice(0, 4)}`);
  });

  /** A whole second that is over, and that nothing was changed in since. */
  async function pastSecond(): Promise<string> {
    const next = Math.ceil(Date.now() / 1_000) * 1_000;
    // A field for a time leaves seconds out that are none, and then is not what was typed.
    const second = next % 60_000 === 0 ? next + 1_000 : next;
    await until(() => Date.now() > second + 50);
    return wallTime(new Date(second));
  }

  async function count(): Promise<number> {
    const { transactions } = await client.data<Counted>("{ transactions(first: 1) { totalCount } }");
    return Number(transactions.totalCount);
  }
});

const words = (count: number) => `${count.toLocaleString("en")} transactions`;

type Exports = {
  readonly exports: {
    readonly edges: readonly { readonly node: { readonly asOf: string | null; readonly rowsTotal: string } }[];
  };
};
type Counted = { readonly transactions: { readonly totalCount: string } };
type Queue = {
  readonly manualInterventions: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly version: number } }[];
  };
};

const KEY = { idempotencyKey: "past" };
const QUEUE = "{ manualInterventions(first: 1) { edges { node { id version } } } }";
const ASSIGN = `mutation ($input: AssignStatusInput!) { assignStatus(input: $input) {
  ... on StatusAssigned { transaction { id } } ... on VersionConflict { message } } }`;
