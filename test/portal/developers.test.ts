import type { Browser } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { EXAMPLE_QUERIES } from "../../gateway/pages/example-queries.ts";
import type { SharedSite } from "../support/shared-site-file.ts";
import { DESKTOP, expectAccessible, HAS_BROWSER, openBrowser, PHONE, signInAs, visit } from "./support/browser.ts";
import { photograph } from "./support/photograph.ts";
import { sharedSite } from "./support/shared-site.ts";

describe.skipIf(!HAS_BROWSER)("the developers' corner (needs Debian's chromium)", () => {
  let portal: SharedSite;
  let browser: Browser;

  beforeAll(async () => {
    [portal, browser] = await Promise.all([sharedSite(), openBrowser()]);
  });

  test.each([
    ["desktop", DESKTOP],
    ["phone", PHONE],
  ] as const)("every example runs and shows its plan, by keyboard, on a %s", async (size, options) => {
    const { page, complaints } = await visit(browser, portal.url, options);
    await signInAs(page, "finance", "/developers");
    for (const [index, { name }] of EXAMPLE_QUERIES.entries()) {
      await page.getByLabel("Example").selectOption({ index });
      const operation = page.getByLabel("Operation");
      expect(await operation.inputValue()).toContain(`query ${name}`);
      await operation.press("Control+Enter");
      await page.getByRole("heading", { name: /^Answered in/ }).waitFor();
      expect(JSON.parse((await page.locator(".developers__answer").textContent()) ?? "")).toMatchObject({
        data: expect.any(Object),
      });
      expect(await page.locator(".plan--fetch").count(), name).toBeGreaterThan(0);
    }
    await page.getByLabel("Example").selectOption({ index: 0 });
    await page.getByRole("button", { name: "Run it, and show the plan" }).press("Enter");
    await page.getByRole("heading", { name: "Query plan" }).waitFor();
    // The list is asked first; what only the providers know then comes at the same time.
    expect(await page.locator(".plan--fetch summary").first().textContent()).toBe("transactions");
    await page.getByRole("region", { name: "At the same time" }).first().waitFor();
    await page.locator(".plan--fetch summary").first().press("Enter");
    await page.locator(".plan--fetch pre").first().getByText("transactions").first().waitFor();
    await photograph(page, `developers ${size}`);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
  });

  test("what is wrong with an operation is answered, and there is no plan of it", async () => {
    const { page } = await visit(browser, portal.url);
    await signInAs(page, "finance", "/developers");
    await page.getByLabel("Operation").fill("{ nothingOfThat }");
    await page.getByLabel("Operation").press("Control+Enter");
    await page.getByText("There is no plan").waitFor();
    await page.locator(".developers__answer").getByText("GRAPHQL_VALIDATION_FAILED").waitFor();
  });

  test("GraphiQL opens with the example that was chosen, and has the others at hand", async () => {
    const { page } = await visit(browser, portal.url);
    await signInAs(page, "finance", "/developers");
    await page.getByLabel("Example").selectOption("PayoutsExplained");
    await page.getByRole("link", { name: "Open in GraphiQL" }).click();
    await page.locator(".graphiql-query-editor").getByText("PayoutsExplained").waitFor();
    await page.getByLabel("Example").selectOption("OpenDiscrepancies");
    await page.locator(".graphiql-query-editor").getByText("OpenDiscrepancies").waitFor();
    await photograph(page, "developers graphiql");
  });
});
