import type { Browser } from "playwright-core";
import type { Gateway } from "../read/gateway.ts";
import { timesOf } from "../read/timings.ts";
import { type Observed, observed, openWatched } from "./observe.ts";
import type { PlainPages } from "./plain-pages.ts";

const ROWS_SHOWN = 50;

/** First visits, nothing kept of an earlier one, in turn with visits of a plain page. */
export async function measureVisits(browser: Browser, product: Gateway, plain: PlainPages, visits: number) {
  const token = await product.tokenOf("finance");
  const seen: Observed[] = [];
  const plainSeen: Observed[] = [];
  const works = {
    portal: async () => void seen.push(await visit(browser, `${product.origin}/transactions`, token)),
    plain: async () => void plainSeen.push(await visit(browser, plain.urlOf(ROWS_SHOWN))),
  };
  await timesOf(works, { rounds: visits, budgetMs: Number.POSITIVE_INFINITY });
  return {
    firstRows: middleOf(seen),
    plainPage: middleOf(plainSeen),
    scriptBytes: Math.max(...seen.map(({ scriptBytes }) => scriptBytes)),
    worstShift: Math.max(...seen.map(({ shift }) => shift)),
  };
}

async function visit(browser: Browser, url: string, token?: string): Promise<Observed> {
  const context = await openWatched(browser, token);
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.locator(".transactions__row").first().waitFor();
    // What comes after the rows may still move them.
    await page.waitForTimeout(500);
    return await observed(page);
  } finally {
    await context.close();
  }
}

function middleOf(seen: readonly Observed[]) {
  const times = seen.map(({ firstRows }) => firstRows ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const at = (part: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0);
  return { p50: at(0.5), worst: at(1), visits: times.length };
}
