import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GraphClient, signIn } from "../support/graph-client.ts";
import { runOn } from "../support/template-database.ts";
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
import { takeInContested } from "./support/contested-files.ts";
import { openPortalSite, type PortalSite } from "./support/portal-site.ts";

/** Up to fifty euros one person may go against the figures. */
const LIMITS = { CONCORD_FORCE_LIMITS: "EUR=5000" };

const SIZES = [
  ["desktop", DESKTOP],
  // As tall as its pages: a row that the bar at the foot hides in part is one to scroll to, and no small target.
  ["phone", PHONE],
] as const;

describe.skipIf(!HAS_BROWSER)("matching by hand (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;
  let finance: GraphClient;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_matching", LIMITS), openBrowser()]);
    await takeInContested(portal.site, SIZES.length);
    finance = await signIn(portal.url, "finance");
  }, 300_000);

  afterAll(async () => {
    await portal?.site.close();
  });

  describe.each(SIZES)("by keyboard alone on a %s", (name, size) => {
    const set = SIZES.findIndex(([each]) => each === name);

    test("a line that two transactions fit is held against each, and matched with one", async () => {
      const found = await discrepancy(finance, "AMBIGUOUS_MATCH", 4_300 + set);
      const { page, complaints } = await openRow(found, size);
      const both = page.getByRole("group", { name: "Transactions that fit" }).getByRole("button");
      expect(await both.count()).toBe(2);
      await page.getByText("They fit equally well: nothing tells them apart.").waitFor();
      await expectRow(page, "Amount", "Same");
      await expectRow(page, "Time", "Close");
      await expectRow(page, "Approval code", "Same");
      await holds(page);
      await both.last().focus();
      await page.keyboard.press("Enter");
      await page.keyboard.press("m");
      await page.getByRole("dialog").getByText("Nothing chosen yet").waitFor();
      await page.keyboard.press("Space");
      await expectRow(page, "Amount", "Same", "dialog");
      await holds(page);
      await page.keyboard.press("Enter");
      await page.getByText("Matched.", { exact: true }).waitFor();
      await page.locator(".work__evidence").waitFor({ state: "detached" });
      // The one that was looked at stood first.
      const [match] = await matchesOf(finance, { transactionId: found.candidates[1] });
      expect(match).toMatchObject({ state: "CONFIRMED", method: "MANUAL", actorId: "demo:finance" });
      expect(complaints).toEqual([]);
    });

    test("against the figures it takes a reason, and above the limit a second person", async () => {
      const found = await discrepancy(finance, "AMOUNT_MISMATCH", 9_100 + set);
      const { lineId } = found;
      const { page } = await openRow(found, size);
      await expectRow(page, "Amount", "Differs");
      await page.keyboard.press("m");
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("checkbox").first().waitFor();
      await page.keyboard.press("Enter");
      await dialog.getByText(`The amounts differ: €91.0${set} on lines, €90.0${set} in transactions.`).waitFor();
      await dialog.getByRole("button", { name: "Match all the same" }).waitFor();
      await page.keyboard.press("Enter");
      await dialog.getByText("Say it in a few words.").waitFor();
      await dialog.getByLabel("Reason").fill("A tip was booked later.");
      await holds(page);
      await page.keyboard.press("Enter");
      await page.getByText("Waits for a second person; nothing is matched yet.").waitFor();
      await page.keyboard.press("y");
      expect(await page.getByRole("dialog").count()).toBe(0);
      expect(await matchesOf(finance, { lineId })).toMatchObject([
        { state: "PROPOSED", reason: "A tip was booked later." },
      ]);
      const second = await openRow(found, size, "administrator");
      await second.page.getByText("Waits for a second person; nothing is matched yet.").waitFor();
      await second.page.keyboard.press("y");
      await second.page.getByRole("dialog").getByText("Reason: A tip was booked later.").waitFor();
      await second.page.keyboard.press("Enter");
      await second.page.locator(".work__evidence").waitFor({ state: "detached" });
      expect(await matchesOf(finance, { lineId })).toMatchObject([
        { state: "CONFIRMED", method: "FORCED", decidedBy: "demo:administrator" },
      ]);
    });

    test("a line is matched with two sales, one of them taken apart again, and the rejection lifted", async () => {
      const found = await discrepancy(finance, "AMOUNT_MISMATCH", 2_500 + set);
      const { lineId } = found;
      const { page } = await openRow(found, size);
      await page.keyboard.press("m");
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("checkbox").first().waitFor();
      await dialog.getByLabel("Amount").fill(`15.0${set}`);
      await dialog.getByRole("list", { name: "Found" }).getByRole("checkbox").first().focus();
      await page.keyboard.press("Space");
      await dialog.getByText(`2 chosen: €25.0${set}, equal to €25.0${set}.`).waitFor();
      await page.keyboard.press("Enter");
      await page.getByText("Matched.", { exact: true }).waitFor();
      const [match] = await matchesOf(finance, { lineId });
      expect(match).toMatchObject({ state: "CONFIRMED", method: "MANUAL", cardinality: "ONE_TO_MANY" });
      await page.goto("/reconciliation?view=matches&method=MANUAL");
      await page.locator(".work__row").first().waitFor();
      await page.keyboard.press("j");
      await page.getByText("2 pairs").first().waitFor();
      await holds(page);
      await page.keyboard.press("u");
      const parts = dialog.getByRole("group", { name: "Which part" }).getByRole("checkbox");
      await parts.first().waitFor();
      expect(await parts.count()).toBe(2);
      await page.keyboard.press("Space");
      await dialog.getByLabel("Reason").fill("The other table paid that.");
      await holds(page);
      await page.keyboard.press("Enter");
      await page.getByText("Taken apart by demo:finance: The other table paid that.").waitFor();
      expect((await matchesOf(finance, { lineId }))[0]?.legs.map(({ active }) => active).sort()).toEqual([false, true]);
      await page.goto("/reconciliation?view=rejected");
      const lift = page.getByRole("button", { name: "Lift the rejection" });
      await lift.waitFor();
      await holds(page);
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await dialog.getByLabel("Reason").fill("It was right.");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "No rejected pair" }).waitFor();
      await page.getByLabel("Show lifted ones too").check();
      await page.getByText("Lifted by demo:finance: It was right.").first().waitFor();
    });
  });

  test("a payout stands beside its lines or the bank, and a batch beside its payout", async () => {
    await runOn(portal.site.url, PAYOUTS_IN_QUESTION);
    const { page } = await visit(browser, portal.url);
    await signInAs(page, "finance", "/reconciliation?type=BATCH_DOES_NOT_FOOT&open=dis_lines");
    await expectRow(page, "Amount", "Same");
    await page.getByRole("columnheader", { name: "Its lines" }).waitFor();
    await page.keyboard.press("m");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await holds(page);
    await page.goto("/reconciliation?type=MISSING_PAYOUT&open=dis_bank");
    await page.getByText("Not at the bank yet").waitFor();
    await page.goto("/reconciliation?type=MISSING_PAYOUT&open=dis_batch");
    await page.getByRole("columnheader", { name: "Payout" }).waitFor();
    await expectRow(page, "Amount", "Same");
    await expectRow(page, "Account", "Same");
    await page.setViewportSize(PHONE.viewport);
    await expectNoSidewaysScroll(page);
  });

  test("who may only look sees matches and rejected pairs, and nothing to press", async () => {
    const { page } = await visit(browser, portal.url);
    await signInAs(page, "viewer", "/reconciliation?view=matches");
    await page.locator(".work__row").first().waitFor();
    await page.keyboard.press("j");
    await page.locator(".compare").first().waitFor();
    await page.keyboard.press("u");
    expect(await page.locator(".work__evidence button, dialog").count()).toBe(0);
  });

  async function openRow({ id, type }: Found, size: object, user = "finance") {
    const visited = await visit(browser, portal.url, size);
    await signInAs(visited.page, user, `/reconciliation?type=${type}&open=${id}`);
    await visited.page.locator(".compare").first().waitFor();
    return visited;
  }
});

async function holds(page: Page): Promise<void> {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
}

/** A field of the comparison, with its mark in words. */
async function expectRow(page: Page, field: string, verdict: string, within = "main"): Promise<void> {
  const row = page
    .locator(`${within} .compare tbody tr`)
    .filter({ has: page.getByRole("rowheader", { name: field, exact: true }) });
  await row.first().getByText(verdict, { exact: true }).waitFor();
}

type Found = {
  readonly type: string;
  readonly id: string;
  readonly lineId: string;
  readonly candidates: readonly string[];
};

async function discrepancy(client: GraphClient, type: string, amountMinor: number): Promise<Found> {
  type Node = { id: string; amountAtRisk: { amountMinor: string }; line: { id: string }; candidates: string[] };
  const { discrepancies } = await client.data<{ discrepancies: { edges: { node: Node }[] } }>(DISCREPANCIES, { type });
  const found = discrepancies.edges.find(({ node }) => node.amountAtRisk.amountMinor === String(amountMinor));
  if (!found) throw new Error(`no ${type} of ${amountMinor}: ${JSON.stringify(discrepancies)}`);
  const { id, line, candidates } = found.node;
  return { type, id, lineId: line.id, candidates };
}

type MatchFacts = Readonly<Record<string, unknown>> & { readonly legs: readonly { readonly active: boolean }[] };

async function matchesOf(client: GraphClient, filter: object): Promise<readonly MatchFacts[]> {
  const { matches } = await client.data<{ matches: { edges: { node: MatchFacts }[] } }>(MATCHES, { filter });
  return matches.edges.map(({ node }) => node);
}

const DISCREPANCIES = `query ($type: String!) { discrepancies(first: 50, filter: { types: [$type], states: [OPEN] }) {
  edges { node { id amountAtRisk { amountMinor } line { id } candidates } } } }`;

/** No sample file is without a payout that foots, so these are about one that does. */
const PAYOUTS_IN_QUESTION = `
  insert into reconciliation.discrepancy (merchant_id, id, type, provider, payout_id, batch_id, currency,
    amount_at_risk_minor, explanation, run_id)
  select b.merchant_id, d.id, d.type, b.provider, case when d.id <> 'dis_batch' then b.payout_id end,
    case when d.id = 'dis_batch' then b.id end, b.currency, b.net_minor, 'to be looked at', 'run_1'
  from (select b.* from reconciliation.settlement_batch b
    join reconciliation.payout p on p.merchant_id = b.merchant_id and p.id = b.payout_id and p.amount_minor = b.net_minor
    where b.provider = 'adyen' and not exists (select from reconciliation.payout_credit c
      where c.merchant_id = p.merchant_id and c.payout_id = p.id) limit 1) b
  cross join (values ('dis_lines', 'BATCH_DOES_NOT_FOOT'), ('dis_bank', 'MISSING_PAYOUT'),
    ('dis_batch', 'MISSING_PAYOUT')) d (id, type)`;

const MATCHES = `query ($filter: MatchFilter) { matches(filter: $filter) { edges { node {
  state method cardinality actorId reason decidedBy legs { active } } } } }`;
