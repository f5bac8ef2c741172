import type { Browser, Page } from "playwright-core";
import type { Gateway } from "../read/gateway.ts";
import { framesDuring, observed, openWatched } from "./observe.ts";
import type { PlainPages } from "./plain-pages.ts";

/** What a person does with the list, and scrolling it, beside scrolling a plain page. */
export async function measureList(browser: Browser, product: Gateway, plain: PlainPages) {
  const context = await openWatched(browser, await product.tokenOf("finance"));
  const page = await context.newPage();
  await page.goto(`${product.origin}/transactions`);
  await page.locator(".transactions__row").first().waitFor();
  const answers = await actOn(page);
  const { acts } = await observed(page);
  await page.goto(`${product.origin}/transactions`);
  await page.locator(".transactions__row").first().waitFor();
  const scrolling = await framesDuring(page, () => scroll(page, ".transactions__list"));
  const lastRow = await page.locator(".transactions__row").last().getAttribute("aria-rowindex");
  await page.goto(plain.urlOf(1_000));
  const plainScrolling = await framesDuring(page, () => scroll(page, "main"));
  await context.close();
  return {
    slowestActMs: Math.max(0, ...acts.map(({ ms }) => ms)),
    slowestActOf: slowestOfEach(acts),
    untilAnsweredMs: answers,
    scrolling,
    rowsScrolled: Number(lastRow),
    plainScrolling,
  };
}

/** Milliseconds until the data that was asked for was there; how soon the browser answered at all, it observes itself. */
async function actOn(page: Page): Promise<Readonly<Record<string, number>>> {
  const took: Record<string, number> = {};
  const rows = page.locator(".transactions__row");
  const timed = async (name: string, act: () => Promise<void>, until: () => Promise<unknown>) => {
    const from = performance.now();
    await act();
    await until();
    took[name] = Math.round(performance.now() - from);
    await page.waitForTimeout(300);
  };
  for (let round = 0; round < 3; round += 1) {
    await timed(
      "detail",
      () => page.locator(".transactions__link").nth(round).click(),
      () => page.getByRole("dialog").getByText("Why this status").waitFor(),
    );
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  await timed(
    "sortByAmount",
    () => page.getByRole("columnheader", { name: "Amount" }).first().getByRole("button").click(),
    () => page.waitForURL(/sort=AMOUNT/).then(() => rows.first().waitFor()),
  );
  await timed(
    "openFilter",
    () => page.getByRole("button", { name: "Filter" }).click(),
    () => page.getByRole("checkbox").first().waitFor(),
  );
  await timed(
    "tickStatus",
    () => page.getByRole("checkbox").first().check(),
    () => rows.first().waitFor(),
  );
  await page.keyboard.press("Escape");
  await timed(
    "search",
    async () => {
      await page.keyboard.press("/");
      await page.keyboard.type("PSP 12345", { delay: 60 });
    },
    () => page.waitForURL(/q=/).then(() => rows.first().waitFor()),
  );
  return took;
}

/** Ten seconds of a wheel that is turned fast. */
async function scroll(page: Page, list: string): Promise<void> {
  const box = await page.locator(list).boundingBox();
  await page.mouse.move((box?.x ?? 0) + 200, (box?.y ?? 0) + 200);
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    await page.mouse.wheel(0, 240);
    await page.waitForTimeout(30);
  }
}

function slowestOfEach(acts: readonly { readonly name: string; readonly ms: number }[]) {
  const slowest: Record<string, number> = {};
  for (const { name, ms } of acts) slowest[name] = Math.max(slowest[name] ?? 0, ms);
  return slowest;
}
