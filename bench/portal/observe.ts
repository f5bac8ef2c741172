import type { Browser, BrowserContext, Page } from "playwright-core";

/** What a page tells of itself: milliseconds since its navigation began, or of how long something took. */
export type Observed = {
  /** When the first row was on the screen. */
  readonly firstRows: number | null;
  /** Layout shifts that no person's act explains, summed as the browser scores them. */
  readonly shift: number;
  readonly scriptBytes: number;
  /** Of each act of a person, by its event and what it was on: until the browser had painted what came of it. */
  readonly acts: readonly { readonly name: string; readonly ms: number }[];
};

/** A browser without anything kept, that watches its pages from their first moment. */
export async function openWatched(browser: Browser, token?: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
  context.setDefaultTimeout(60_000);
  if (token !== undefined) {
    const session = JSON.stringify({ token, expiresAt: Date.now() + 3_600_000 });
    await context.addInitScript(`sessionStorage.setItem("concord.session", ${JSON.stringify(session)})`);
  }
  await context.addInitScript(WATCH);
  return context;
}

export async function observed(page: Page): Promise<Observed> {
  return page.evaluate<Observed>("globalThis.benchObserved()");
}

/** Frames are counted while `work` goes on; `worstMs` is the longest time that one stood still. */
export async function framesDuring(page: Page, work: () => Promise<void>) {
  await page.evaluate("globalThis.benchFrames.length = 0");
  await work();
  const times = await page.evaluate<number[]>("globalThis.benchFrames");
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const whole = gaps.reduce((sum, gap) => sum + gap, 0);
  return {
    framesASecond: Math.round((gaps.length * 1_000) / whole),
    lateFrames: gaps.filter((gap) => gap > LATE_MS).length,
    frames: gaps.length,
    worstMs: Math.round(Math.max(...gaps)),
  };
}

/** Two frames at sixty a second. */
const LATE_MS = 34;

/** Runs in the page before its own scripts. */
const WATCH = `
  const acts = [];
  let shift = 0;
  let firstRows = null;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const { name, interactionId, duration, target } of list.getEntries()) {
      if (interactionId) acts.push({ name: \`\${name} on \${target?.className || target?.localName || "?"}\`, ms: duration });
    }
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
  const seen = new MutationObserver(() => {
    if (!document.querySelector(".transactions__row")) return;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => { firstRows = performance.now(); }));
  });
  seen.observe(document, { childList: true, subtree: true });
  globalThis.benchFrames = [];
  const frame = (time) => { globalThis.benchFrames.push(time); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  globalThis.benchObserved = () => ({
    firstRows, shift, acts,
    scriptBytes: performance.getEntriesByType("resource")
      .filter(({ name }) => /\\.js($|\\?)/.test(name))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  });
`;
