import { randomBytes } from "node:crypto";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn } from "../support/graph-client.ts";
import { until } from "../support/until.ts";
import { adyenDelivery } from "../support/webhook-senders.ts";
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

/** Two payments of the sample month, by Adyen's reference. */
const [SOON, PAST] = ["RMJLGFBJQWG9TJGC", "6LDWX6V4MKNDDKRH"] as const;
const HMAC_KEY = randomBytes(32).toString("hex");
const DAY_MS = 86_400_000;

describe.skipIf(!HAS_BROWSER)("until when a dispute can be answered (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;

  beforeAll(async () => {
    const settings = { CONCORD_ADYEN_HMAC_KEYS: HMAC_KEY };
    [portal, browser] = await Promise.all([openPortalSite("portal_terms", settings), openBrowser()]);
  }, 300_000);

  afterAll(() => portal?.site.close());

  async function asks(originalReference: string, defensePeriodEndsAt: string): Promise<void> {
    const item = {
      ...{ eventCode: "REQUEST_FOR_INFORMATION", pspReference: `DIS-${originalReference}`, originalReference },
      ...{ merchantAccountCode: "KorenaarPOS", additionalData: { defensePeriodEndsAt } },
    };
    const { body, headers } = adyenDelivery([item], HMAC_KEY);
    const sent = { method: "POST", body: body.toString(), headers: { ...headers } as Record<string, string> };
    expect((await fetch(`${portal.url}/webhooks/adyen`, sent)).status).toBe(200);
  }

  test("stands in the payment's details, and that it is too late where it is", async () => {
    const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
    await asks(SOON, at(Date.now() + 5 * DAY_MS - 60_000));
    await asks(PAST, at(Date.now() - 2 * DAY_MS - 60_000));
    const client = await signIn(portal.url, "finance");
    const query =
      "{ disputes(filter: { states: [INQUIRY] }, orderBy: DUE_FIRST) { edges { node { transaction { id } } } } }";
    type Found = { disputes: { edges: { node: { transaction: { id: string } } }[] } };
    const found = async () => (await client.data<Found>(query)).disputes.edges.map(({ node }) => node.transaction.id);
    await until(async () => (await found()).length === 2, 30_000);
    const [past, soon] = await found();

    for (const [size, options] of [
      ["desktop", DESKTOP],
      ["phone", PHONE],
    ] as const) {
      const { page, complaints } = await visit(browser, portal.url, options);
      await signInAs(page, "finance", `/transactions?open=${soon}`);
      const drawer = page.getByRole("dialog");
      await drawer.getByText(/^Answer the dispute until .*\(in [45] days\)\.$/).waitFor();
      await photograph(page, `dispute term ${size}`);
      await page.goto(`${portal.url}/transactions?open=${past}`);
      await drawer.getByText(/^Overdue: the dispute could be answered until .*\(2 days ago\)\.$/).waitFor();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await photograph(page, `dispute overdue ${size}`);
      expect(complaints).toEqual([]);
    }
  }, 120_000);
});
