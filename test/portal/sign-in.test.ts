import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../support/free-port.ts";
import { openSite, type Site } from "../support/processes.ts";
import { HAS_BROWSER, openBrowser, visit } from "./support/browser.ts";
import { AUDIENCE, CLIENT_ID, type OidcIssuer, openOidcIssuer } from "./support/oidc-issuer.ts";
import { sampledOriginal } from "./support/sampled-original.ts";

describe.skipIf(!HAS_BROWSER)("signing in by an issuer (needs Debian's chromium)", () => {
  let site: Site;
  let issuer: OidcIssuer;
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    url = `http://127.0.0.1:${await freePort()}`;
    issuer = await openOidcIssuer(await freePort(), url);
    const settings = {
      PORT: new URL(url).port,
      CONCORD_DEV_ISSUER: "off",
      CONCORD_OIDC_CLIENT_ID: CLIENT_ID,
      JWT_ISSUER: issuer.issuer,
      JWT_AUDIENCE: AUDIENCE,
      JWKS_URL: `${issuer.issuer}/jwks`,
    };
    site = await openSite("portal_sign_in", settings, await sampledOriginal());
    await site.run(["grant", "--user", "ann", "--role", "location_manager", "--locations", "loc_gent"]);
    await site.start(["start"]).says("the gateway answers");
    browser = await openBrowser();
  }, 300_000);

  afterAll(async () => {
    await issuer?.close();
    await site?.close();
  });

  test("leads to the issuer and back to the page that was asked for, with what the person may see", async () => {
    const { page, complaints } = await visit(browser, url);
    // The issuer's page would fetch letters from elsewhere.
    await page.route(/googleapis/, (route) => route.fulfill({ contentType: "text/css", body: "" }));
    await page.goto("/transactions?type=SALE");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${issuer.issuer}/**`);
    await page.locator("input[name=login]").fill("ann");
    await page.locator("input[name=password]").fill("any");
    await page.getByRole("button", { name: "Sign-in" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(`${url}/transactions?type=SALE`);
    await page.locator(".transactions__row").first().waitFor();
    expect(await page.getByRole("link", { name: "Reconciliation" }).count()).toBe(0);
    await page.reload();
    await page.locator(".transactions__row").first().waitFor();
    await page.getByRole("button", { name: /^Account/ }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${issuer.issuer}/session/end**`);
    expect(complaints).toEqual([]);
  });

  test("does not take a code that this tab has not asked for", async () => {
    const { page } = await visit(browser, url);
    await page.goto("/signed-in?code=stolen&state=made-up");
    await page.getByText("The sign-in did not work: the sign-in was not begun here.").waitFor();
    expect(new URL(page.url()).search).toBe("");
  });
});
