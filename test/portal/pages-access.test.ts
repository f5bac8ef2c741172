import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GraphClient, type GraphError, signIn } from "../support/graph-client.ts";
import { until } from "../support/until.ts";
import { HAS_BROWSER, openBrowser, signInAs, visit } from "./support/browser.ts";
import { PAGES, untilSettled } from "./support/pages.ts";
import { openPortalSite, type PortalSite } from "./support/portal-site.ts";

const GUARDED = PAGES.filter(({ menu }) => menu !== undefined);

describe.skipIf(!HAS_BROWSER)("a page that a group does not open (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;
  let administrator: GraphClient;
  let viewer: GraphClient;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_access"), openBrowser()]);
    [administrator, viewer] = await Promise.all([signIn(portal.url, "administrator"), signIn(portal.url, "viewer")]);
  }, 300_000);

  afterAll(() => portal?.site.close());

  test.each(GUARDED)(
    "$path is in no menu, at no address, and what it asks is refused",
    async ({ path, menu, title }) => {
      const everything = await visit(browser, portal.url);
      const asked: Operation[] = [];
      everything.page.on("request", (request) => {
        if (new URL(request.url()).pathname === "/graphql") asked.push(request.postDataJSON() as Operation);
      });
      await signInAs(everything.page, "administrator", path);
      await untilSettled(everything.page);

      await putViewerInGroup({ menus: MENUS.filter((each) => each !== menu) });
      const { page } = await visit(browser, portal.url);
      await signInAs(page, "viewer", path);
      await page.getByText("It may have moved").waitFor();
      expect(await page.getByRole("heading", { level: 1 }).textContent()).not.toBe(title.en);
      expect(await page.getByRole("link", { name: title.en, exact: true }).count()).toBe(0);

      const refused = [];
      for (const operation of asked) {
        const { data, errors } = await post(operation);
        const denied = (errors ?? []).filter(({ extensions }) => extensions.code === "FORBIDDEN");
        for (const { path: at = [] } of denied) expect(data?.[String(at[0])] ?? null).toBeNull();
        refused.push(...denied);
      }
      expect(refused.length).toBeGreaterThan(0);
    },
  );

  /** As the page sends it: what it asks is known by an id. */
  async function post(operation: Operation): Promise<Answer> {
    const response = await fetch(`${portal.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${viewer.token}` },
      body: JSON.stringify(operation),
    });
    return (await response.json()) as Answer;
  }

  async function putViewerInGroup({ menus }: { readonly menus: readonly string[] }): Promise<void> {
    const merchantId = MERCHANT;
    const { saveUserGroup } = await administrator.data<{ readonly saveUserGroup: { readonly id: string } }>(SAVE, {
      input: {
        merchantId,
        name: `without ${menus.length} ${++keys}`,
        menus,
        actions: ACTIONS,
        idempotencyKey: `save-${keys}`,
      },
    });
    const { users } = await administrator.data<Users>(USERS);
    const { version } = users.edges.map(({ node }) => node).find(({ id }) => id === "demo:viewer") ?? {};
    await administrator.data(CHANGE, {
      input: {
        merchantId,
        userId: "demo:viewer",
        groupId: saveUserGroup.id,
        isDisabled: false,
        expectedVersion: version,
        idempotencyKey: `change-${keys}`,
      },
    });
    const sorted = [...menus].sort().join();
    await until(async () => {
      const answer = await viewer.data<{ readonly viewer: { readonly menus: readonly string[] } }>(
        "{ viewer { menus } }",
      );
      return [...answer.viewer.menus].sort().join() === sorted;
    });
  }
});

type Operation = { readonly documentId?: string; readonly variables?: object };

type Answer = { readonly data?: Readonly<Record<string, unknown>> | null; readonly errors?: readonly GraphError[] };

type Users = {
  readonly users: { readonly edges: readonly { readonly node: { readonly id: string; readonly version: number } }[] };
};

const MERCHANT = "mer_korenaar";

const MENUS = ["TRANSACTIONS", "ANALYSIS", "SETTLEMENTS", "RECONCILIATION", "EXPORTS", "TERMINALS", "USERS", "AUDIT"];
const ACTIONS = ["VIEW", "EXPORT", "ASSIGN_STATUS", "RECONCILE", "MATCH", "UPLOAD", "MANAGE"];

let keys = 0;

const SAVE = `mutation ($input: SaveUserGroupInput!) { saveUserGroup(input: $input) { ... on UserGroup { id } } }`;
const CHANGE = `mutation ($input: ChangeMembershipInput!) { changeMembership(input: $input) {
  ... on User { version } ... on AccountRefusal { reason } } }`;
const USERS = `{ users(merchantId: "${MERCHANT}") { edges { node { id version } } } }`;
