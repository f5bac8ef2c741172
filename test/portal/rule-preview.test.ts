import type { Browser, Page } from "playwright-core";
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

describe.skipIf(!HAS_BROWSER)("trying rules and replaying runs (needs Debian's chromium)", () => {
  let portal: PortalSite;
  let browser: Browser;
  let finance: GraphClient;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([openPortalSite("portal_rule_preview"), openBrowser()]);
    finance = await signIn(portal.url, "finance");
  }, 300_000);

  afterAll(async () => {
    await portal?.site.close();
  });

  describe.each(SIZES)("by keyboard alone on a %s", (_, size) => {
    test("rules without a stage show what they would lose, and what that is worth", async () => {
      const { page, complaints } = await openView("rules", size);
      const stage = page.getByRole("checkbox", { name: "Approval code" });
      await stage.focus();
      await page.keyboard.press("Space");
      expect(await stage.isChecked()).toBe(false);
      await page.getByLabel("Days back").fill("400");
      await page.keyboard.press("Enter");
      const result = page.getByRole("region", { name: "What would change" });
      await result.getByRole("region", { name: "Lost" }).waitFor();
      const { before, after, lost } = await previewOf(finance, page);
      expect(Number(lost.count)).toBeGreaterThan(0);
      expect(Number(after.linesMatched)).toBeLessThan(Number(before.linesMatched));
      const said = (await result.textContent()) ?? "";
      for (const { linesMatched, linesSeen } of [before, after]) {
        expect(said).toContain(`${number(linesMatched)} of ${number(linesSeen)} lines matched`);
      }
      expect(said).toContain(`Lost${number(lost.count)}${euros(lost.money[0]?.amountMinor ?? "")}`);
      const gone = before.matchedByStage.find(({ stage: each }) => each === "AUTHORISATION")?.lines;
      expect(await result.getByRole("row", { name: /^Approval code/ }).textContent()).toContain(`-${number(gone)}`);
      await holds(page);
      expect(complaints).toEqual([]);
    });

    test("rules that are none are refused with the reason, and those in force lose nothing", async () => {
      const { page } = await openView("rules", size);
      const points = page.getByLabel("Points to match");
      const accept = await points.inputValue();
      await points.fill("1");
      await page.keyboard.press("Enter");
      await page
        .getByRole("alert")
        .getByText(/must not be below/)
        .waitFor();
      await points.fill(accept);
      await page.getByRole("button", { name: "Try these rules" }).focus();
      await page.keyboard.press("p");
      await page.getByRole("region", { name: "Gained" }).waitFor();
      expect(await previewOf(finance, page)).toMatchObject({ gained: { count: "0" }, lost: { count: "0" } });
    });

    test("a run is replayed, and its digests stand beside those of the replay", async () => {
      const { page } = await openView("runs", size);
      await page.getByRole("button", { name: "Replay it" }).first().waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      const replay = page.getByRole("region", { name: "Replay" });
      await replay.getByRole("rowheader", { name: "What it decided" }).waitFor();
      const id = new URL(page.url()).searchParams.get("run");
      const { run } = await finance.data<{ run: Record<string, string> }>(RUN, { id });
      for (const [name, digest] of [
        ["What it was given", run["inputDigest"]],
        ["What it decided", run["outputDigest"]],
      ] as const) {
        const row = replay.getByRole("row", { name: new RegExp(`^${name}`) });
        expect((await row.locator("code").allTextContents()).every((each) => each === digest)).toBe(true);
        await row.getByText("Same", { exact: true }).waitFor();
      }
      await holds(page);
    });
  });

  test("rules become a version, which is in force once it is put there; and a version is found again", async () => {
    const { page, complaints } = await openView("rules", DESKTOP, "administrator");
    const keep = page.getByRole("button", { name: "Keep as a version" });
    const putInForce = page.getByRole("button", { name: "Put in force" });
    await keep.waitFor();
    expect([await keep.isDisabled(), await putInForce.isDisabled()]).toEqual([true, true]);
    const before = await ruleSetsOf(finance);
    const margin = page.getByLabel("Points ahead of the next");
    const wanted = Number(await margin.inputValue()) + before.length;
    for (const note of ["A wider margin", "The same once more"]) {
      await margin.fill(String(wanted));
      expect(await putInForce.isDisabled()).toBe(true);
      await keep.click();
      const dialog = page.getByRole("dialog", { name: "Keep these rules" });
      await dialog.getByLabel("What they are for").fill(note);
      await expectAccessible(page);
      await dialog.getByRole("button", { name: "Keep as a version" }).click();
      await dialog.waitFor({ state: "hidden" });
      await page.getByLabel("Rules to begin with").selectOption({ index: 1 });
    }
    const after = await ruleSetsOf(finance);
    expect(after).toHaveLength(before.length + 1);
    const added = after.find(({ note }) => note === "A wider margin");
    expect(JSON.parse(added?.content ?? "{}")).toMatchObject({ scored: { margin: wanted } });
    expect(after.filter(({ isActive }) => isActive)).toEqual(before.filter(({ isActive }) => isActive));

    await page.getByLabel("Rules to begin with").selectOption({ label: `Version ${added?.version} · A wider margin` });
    expect(await margin.inputValue()).toBe(String(wanted));
    await putInForce.click();
    const dialog = page.getByRole("dialog", { name: `Put version ${added?.version} in force` });
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Put in force" }).click();
    await page.getByText(`Version ${added?.version} is in force.`).waitFor();
    const [inForce] = (await ruleSetsOf(finance)).filter(({ isActive }) => isActive);
    expect(inForce?.hash).toBe(added?.hash);
    await holds(page);
    expect(complaints).toEqual([]);
  });

  test("rules that are none are kept by nobody, and the reason is said with the note still there", async () => {
    const { page } = await openView("rules", DESKTOP, "administrator");
    const before = await ruleSetsOf(finance);
    await page.getByLabel("Points to match").fill("1");
    await page.getByRole("button", { name: "Keep as a version" }).click();
    const dialog = page.getByRole("dialog", { name: "Keep these rules" });
    await dialog.getByLabel("What they are for").fill("Anything goes");
    await dialog.getByRole("button", { name: "Keep as a version" }).click();
    await dialog
      .getByRole("alert")
      .getByText(/must not be below/)
      .waitFor();
    expect(await dialog.getByLabel("What they are for").inputValue()).toBe("Anything goes");
    expect(await ruleSetsOf(finance)).toEqual(before);
  });

  test("who runs and does not manage tries rules, and keeps none", async () => {
    const { page } = await openView("rules", DESKTOP);
    await page.getByRole("button", { name: "Try these rules" }).waitFor();
    expect(await page.getByRole("button", { name: "Keep as a version" }).count()).toBe(0);
  });

  test("who may only look can neither try rules nor replay", async () => {
    const { page } = await openView("rules", DESKTOP, "viewer");
    await page.getByText("Who starts runs can try rules.").waitFor();
    await page.goto("/reconciliation?view=runs");
    await page.locator(".reconciliation__runs").waitFor();
    expect(await page.getByRole("button", { name: "Replay it" }).count()).toBe(0);
  });

  async function openView(view: string, size: object, user = "finance") {
    const visited = await visit(browser, portal.url, size);
    await signInAs(visited.page, user, `/reconciliation?view=${view}`);
    return visited;
  }
});

async function holds(page: Page): Promise<void> {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
}

const number = (value: string | undefined) => new Intl.NumberFormat("en-GB").format(Number(value));
const euros = (minor: string) =>
  new Intl.NumberFormat("en-GB", { style: "currency", currency: "EUR" }).format(Number(minor) / 100);

type Stage = { readonly stage: string; readonly lines: string };
type Outcome = { readonly linesSeen: string; readonly linesMatched: string; readonly matchedByStage: readonly Stage[] };
type Changed = { readonly count: string; readonly money: readonly { readonly amountMinor: string }[] };
type Preview = { readonly before: Outcome; readonly after: Outcome; readonly gained: Changed; readonly lost: Changed };

async function previewOf(client: GraphClient, page: Page): Promise<Preview> {
  const id = new URL(page.url()).searchParams.get("preview");
  return (await client.data<{ rulePreview: Preview }>(PREVIEW, { id })).rulePreview;
}

type RuleSet = {
  readonly hash: string;
  readonly version: number;
  readonly isActive: boolean;
  readonly content: string;
  readonly note: string;
};

async function ruleSetsOf(client: GraphClient): Promise<readonly RuleSet[]> {
  return (await client.data<{ ruleSets: RuleSet[] }>("{ ruleSets { hash version isActive content note } }")).ruleSets;
}

const PREVIEW = `query ($id: ID!) { rulePreview(id: $id) { before { linesSeen linesMatched matchedByStage { stage lines } }
  after { linesSeen linesMatched }
  gained { count } lost { count money { amountMinor } } } }`;
const RUN = "query ($id: ID!) { run: reconciliationRun(id: $id) { inputDigest outputDigest } }";
