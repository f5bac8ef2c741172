import pg from "pg";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type GraphClient, signIn } from "../support/graph-client.ts";
import { until } from "../support/until.ts";
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

describe.skipIf(!HAS_BROWSER)("runs that start by themselves (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;
  let finance: GraphClient;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_schedules"), openBrowser()]);
    finance = await signIn(portal.url, "finance");
  }, 300_000);

  afterAll(() => portal?.site.close());

  beforeEach(() => onDatabase("delete from reconciliation.schedule"));

  test("a schedule is set, changed, stopped and started again", async () => {
    const { page, complaints } = await openRuns();
    const panel = page.getByRole("region", { name: "Runs that start by themselves" });
    await panel.getByText("None: a run starts when a file comes").waitFor();
    await panel.getByRole("button", { name: "New schedule" }).click();
    await page.getByLabel("At", { exact: true }).fill("07:15");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Save" }).click();
    await panel.getByText("Every day at 07:15").waitFor();
    expect(await schedules()).toMatchObject([{ provider: null, cron: "15 7 * * *", days: null, enabled: true }]);

    await panel.getByRole("button", { name: "Change: All providers" }).click();
    await page.getByLabel("How often").selectOption({ label: "Every Monday" });
    await page.getByLabel("Days back").fill("30");
    await page.getByRole("button", { name: "Save" }).click();
    await panel.getByText("Every Monday at 07:15").waitFor();
    await panel.getByText("30 days back").waitFor();
    await panel.getByText(/^Next: .*07:15/).waitFor();
    await panel.getByRole("button", { name: "Stop: All providers" }).click();
    await panel.getByRole("button", { name: "Start again: All providers" }).waitFor();
    expect(await schedules()).toMatchObject([{ cron: "15 7 * * 1", days: 30, enabled: false, nextDue: null }]);
    await panel.getByRole("button", { name: "Start again: All providers" }).click();
    await panel.getByRole("button", { name: "Stop: All providers" }).waitFor();
    expect(await schedules()).toMatchObject([{ cron: "15 7 * * 1", days: 30, enabled: true }]);
    expect(complaints).toEqual([]);
  });

  test("one provider has one of its own; what is none is refused with the reason, and what was typed stays", async () => {
    await isSet();
    const { page } = await openRuns();
    const panel = page.getByRole("region", { name: "Runs that start by themselves" });
    await panel.getByRole("button", { name: "New schedule" }).click();
    const provider = page.getByLabel("Provider", { exact: true });
    // For all providers there is one already.
    await provider.locator("option", { hasText: "Adyen" }).waitFor({ state: "attached" });
    expect(await provider.locator("option", { hasText: "All providers" }).count()).toBe(0);
    await provider.selectOption({ label: "Adyen" });
    await page.getByLabel("How often").selectOption({ label: "Another schedule" });
    await page.getByLabel("Schedule", { exact: true }).fill("61 6 * * *");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText("61").waitFor();
    await page.getByLabel("Schedule", { exact: true }).fill("30 6 * * 1-5");
    await page.getByRole("button", { name: "Save" }).click();
    await panel.getByText("30 6 * * 1-5").waitFor();
    expect((await schedules()).map(({ provider: of, cron }) => [of, cron])).toEqual([
      [null, "15 7 * * 1"],
      ["adyen", "30 6 * * 1-5"],
    ]);
  });

  test("who may only look sees when, and changes nothing", async () => {
    await isSet();
    const { page } = await openRuns(DESKTOP, "viewer");
    const panel = page.getByRole("region", { name: "Runs that start by themselves" });
    await panel.getByText("Every Monday at 07:15").waitFor();
    expect(await panel.getByRole("button").count()).toBe(0);
  });

  test.each([
    ["desktop", DESKTOP],
    ["phone", PHONE],
  ])("is for everyone on a %s", async (_, size) => {
    await isSet();
    const { page } = await openRuns(size);
    await page.getByText("Every Monday at 07:15").waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.getByRole("button", { name: "Change: All providers" }).click();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });

  test("who runs several merchants says which, for runs, schedules and rules", async () => {
    const second = `mer_second_${Date.now()}`;
    await onDatabase(
      `insert into accounts.merchant (merchant_id, name, zone) values ('${second}', '${second}', 'Europe/Brussels')`,
    );
    await isSet();
    const { viewer } = await finance.data<{ viewer: { id: string } }>("{ viewer { id } }");
    await portal.site.run(["grant", "--merchant", second, "--user", viewer.id, "--role", "finance"]);
    await until(async () =>
      (await finance.data<Merchants>(MERCHANTS)).viewer.merchants.some(({ id }) => id === second),
    );

    const { page, complaints } = await openRuns();
    const panel = page.getByRole("region", { name: "Runs that start by themselves" });
    await panel.getByText(/^(?!mer_second).+, All providers$/).waitFor();
    await panel.getByRole("button", { name: "New schedule" }).click();
    await page.getByRole("dialog").getByLabel("Merchant", { exact: true }).selectOption({ label: second });
    await page.getByLabel("Provider", { exact: true }).selectOption({ label: "All providers" });
    await page.getByRole("button", { name: "Save" }).click();
    await panel.getByText(`${second}, All providers`).waitFor();
    expect((await schedules()).map(({ merchantId, provider }) => [merchantId, provider])).toContainEqual([
      second,
      null,
    ]);

    await page.getByLabel("Merchant", { exact: true }).selectOption({ label: second });
    await page.getByRole("button", { name: "Try without changes" }).click();
    await until(async () => {
      const { reconciliationRuns } = await finance.data<Runs>(RUNS);
      return reconciliationRuns.edges.some(({ node }) => node.merchantId === second && node.mode === "DRY_RUN");
    });

    await page.goto("/money");
    await page.getByLabel("Provider").locator("option", { hasText: "Adyen" }).waitFor({ state: "attached" });

    await page.goto("/reconciliation?view=rules");
    await page.getByLabel("Merchant", { exact: true }).selectOption({ label: second });
    await page.getByLabel("Rules to begin with").waitFor();
    expect(complaints).toEqual([]);
  });

  /** As it is where somebody has set one for all providers. */
  async function isSet(): Promise<void> {
    const { viewer } = await finance.data<Merchants>(MERCHANTS);
    const merchantId = viewer.merchants.find(({ id }) => !id.startsWith("mer_second"))?.id;
    await finance.data(SET, { input: { merchantId, cron: "15 7 * * 1", zone: "Europe/Brussels" } });
  }

  async function onDatabase(statement: string): Promise<void> {
    const database = new pg.Client({ connectionString: portal.site.url });
    await database.connect();
    await database.query(statement).finally(() => database.end());
  }

  async function openRuns(size: object = DESKTOP, user = "finance") {
    const visited = await visit(browser, portal.url, size);
    await signInAs(visited.page, user, "/reconciliation?view=runs");
    return visited;
  }

  type Schedule = {
    readonly merchantId: string;
    readonly provider: string | null;
    readonly cron: string;
    readonly days: number | null;
    readonly enabled: boolean;
    readonly nextDue: string | null;
  };

  async function schedules(): Promise<readonly Schedule[]> {
    const asked = "{ reconciliationSchedules { merchantId provider cron days enabled nextDue } }";
    return (await finance.data<{ reconciliationSchedules: Schedule[] }>(asked)).reconciliationSchedules;
  }
});

type Merchants = { readonly viewer: { readonly merchants: readonly { readonly id: string }[] } };
const SET = `mutation ($input: ScheduleReconciliationInput!) { scheduleReconciliation(input: $input) { __typename } }`;
const MERCHANTS = "{ viewer { merchants { id } } }";

type Runs = {
  readonly reconciliationRuns: {
    readonly edges: readonly { readonly node: { readonly merchantId: string; readonly mode: string } }[];
  };
};
const RUNS = "{ reconciliationRuns(first: 5) { edges { node { merchantId mode } } } }";
