import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GraphClient, signIn } from "../support/graph-client.ts";
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

const SIZES = [
  ["desktop", DESKTOP],
  ["phone", PHONE],
] as const;

describe.skipIf(!HAS_BROWSER)("matching what no line settles (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;
  let finance: GraphClient;

  beforeAll(async () => {
    const settings = { CONCORD_FORCE_LIMITS: "EUR=1000000" };
    [portal, browser] = await Promise.all([openPortalSite("portal_unsettled", settings), openBrowser()]);
    finance = await signIn(portal.url, "finance");
  }, 300_000);

  afterAll(async () => {
    await portal?.site.close();
  });

  test.each(SIZES)("finds a line that was set free, by keyboard alone on a %s", async (_, size) => {
    const line = await freeLine(finance);
    const { discrepancies } = await finance.data<Discrepancies>(UNSETTLED);
    const [row] = discrepancies.edges.map(({ node }) => node);
    const { page, complaints } = await visit(browser, portal.url, size);
    await signInAs(page, "finance", `/reconciliation?type=MISSING_SETTLEMENT&open=${row?.id}`);
    await page.getByText("No line settles it", { exact: true }).waitFor();
    await page.keyboard.press("m");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Nothing is found. Widen the days, or empty the amount.").waitFor();
    await page.keyboard.type(line.reference);
    await dialog.getByLabel("Amount").fill("");
    await dialog.getByLabel("From").fill("2026-11-01");
    await dialog.getByLabel("To").fill("2026-11-30");
    const found = dialog.getByRole("list", { name: "Found" }).getByRole("checkbox");
    await found.waitFor();
    await found.focus();
    await page.keyboard.press("Space");
    await dialog.getByRole("columnheader", { name: "Settlement line" }).waitFor({ state: "attached" });
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.keyboard.press("Enter");
    await dialog.getByText(/^The amounts differ: /).waitFor();
    await dialog.getByLabel("Reason").fill("Two tables paid together.");
    await page.keyboard.press("Enter");
    await page.getByText("Matched.", { exact: true }).waitFor();
    const { matches } = await finance.data<Matches>(MATCHES, { filter: { lineId: line.id, states: ["CONFIRMED"] } });
    expect(matches.edges).toMatchObject([
      { node: { method: "FORCED", legs: [{ transaction: { id: row?.transaction.id }, active: true }] } },
    ]);
    expect(complaints).toEqual([]);
  });
});

type Line = { readonly id: string; readonly provider: string; readonly reference: string };
type Leg = { readonly line: Line; readonly transaction: { readonly id: string } };
type Matches = { matches: { edges: { node: { id: string; legs: readonly Leg[] } }[] } };
type Discrepancies = { discrepancies: { edges: { node: { id: string; transaction: { id: string } } }[] } };

/** Takes a match of a run apart, of the provider whose transactions no line settles. */
async function freeLine(client: GraphClient): Promise<Line> {
  let after: string | null = null;
  for (let pages = 0; pages < 30; pages += 1) {
    const { matches }: Matches & { matches: { pageInfo: { endCursor: string } } } = await client.data(MATCHES, {
      filter: { methods: ["AUTO"], states: ["CONFIRMED"] },
      after,
    });
    const match = matches.edges.find(({ node }) => node.legs[0]?.line.provider === "ccv-pay")?.node;
    const line = match?.legs[0]?.line;
    if (match && line) {
      await client.data(UNMATCH, { input: { matchId: match.id, reason: "wrong", idempotencyKey: match.id } });
      return line;
    }
    after = matches.pageInfo.endCursor;
  }
  throw new Error("no run has matched a line of ccv-pay");
}

const MATCHES = `query ($filter: MatchFilter, $after: String) { matches(first: 100, filter: $filter, after: $after) {
  edges { node { id method legs { active line { id provider reference } transaction { id } } } }
  pageInfo { endCursor } } }`;

const UNMATCH = "mutation ($input: UnmatchInput!) { unmatch(input: $input) { __typename } }";

const UNSETTLED = `{ discrepancies(first: 50, orderBy: { field: AMOUNT, direction: DESC },
  filter: { types: ["MISSING_SETTLEMENT"], states: [OPEN], providers: ["ccv-pay"] }) { edges { node { id transaction { id } } } } }`;
