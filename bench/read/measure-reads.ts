import type pg from "pg";
import { LARGEST, OWN_USER } from "./build.ts";
import { BARE_PAGE, BARE_ROLLUP, FIGURES, MARKS, type Marks, MONTH, PAGE, SORTS, searchesOf, WALK } from "./cases.ts";
import type { Ask, Gateway } from "./gateway.ts";
import { rounded, timesOf } from "./timings.ts";

const FAR_PAGE = 10_000;
const PAGE_SIZE = 50;
/** Rows at a step on the way to the far page. */
const WALKED = 100;

/** Pages and figures of the largest merchant by its own person, and pages of everything by who sees all merchants. */
export async function measureReads(client: pg.Client, gateway: Gateway) {
  const ask = await gateway.signIn(OWN_USER);
  const askAll = await gateway.signIn("administrator");
  const far = await walkTo(ask);
  const pages = await timesOf(
    {
      page1: page(ask, null),
      farPage: page(ask, far.cursor),
      ofAllMerchants: page(askAll, null),
      barePage1: barePage(client, far.first, "bare-page"),
      bareFarPage: barePage(client, far.last, "bare-page"),
      barePagePlannedEachTime: barePage(client, far.first),
    },
    { rounds: 1_000, budgetMs: 20_000 },
  );
  const figures = await timesOf(
    { ...casesOf(ask, FIGURES), bareRollup: bare(client, "bare-rollup", BARE_ROLLUP, [MONTH.from, MONTH.to]) },
    { rounds: 40, budgetMs: 12_000 },
  );
  const ratio = (a: { p50: number }, b: { p50: number }) => rounded(a.p50 / b.p50);
  return {
    ratios: {
      farPageToPage1: ratio(pages.farPage, pages.page1),
      pageToBarePage: ratio(pages.page1, pages.barePage1),
      pageToBarePagePlannedEachTime: ratio(pages.page1, pages.barePagePlannedEachTime),
      analysisToRollup: ratio(figures.analysisOfMonth, figures.bareRollup),
    },
    timings: { farPage: far.page, pages, figures },
    farthest: far.last,
  };
}

/** Its list by every sort, and searches for a row far down in it. */
export async function measureLookups(gateway: Gateway, farthest: Marks) {
  const ask = await gateway.signIn(OWN_USER);
  const sorts = await timesOf(casesOf(ask, SORTS), { rounds: 30, budgetMs: 5_000 });
  const searches = await timesOf(casesOf(ask, searchesOf(farthest)), { rounds: 30, budgetMs: 5_000 });
  return { sorts, searches };
}

/** Goes there page by page, as a person would: to the ten-thousandth, or as far as the list is long. */
async function walkTo(ask: Ask): Promise<{ page: number; cursor: string | null; first: Marks; last: Marks }> {
  let cursor: string | null = null;
  let rows = 0;
  while (rows < FAR_PAGE * PAGE_SIZE) {
    const found = (await ask(WALK, { after: cursor })) as Walked;
    const { endCursor, hasNextPage } = found.transactions.pageInfo;
    if (!hasNextPage) break;
    cursor = endCursor;
    rows += WALKED;
  }
  const first = await marksAfter(ask, null);
  return { page: rows / PAGE_SIZE, cursor, first, last: await marksAfter(ask, cursor) };
}

type Walked = { readonly transactions: { readonly pageInfo: { endCursor: string; hasNextPage: boolean } } };

async function marksAfter(ask: Ask, after: string | null): Promise<Marks> {
  const { transactions } = (await ask(MARKS, { after })) as { transactions: { edges: { node: Marks }[] } };
  const [edge] = transactions.edges;
  if (!edge) throw new Error("the list ends before the page that is asked for");
  return edge.node;
}

function page(ask: Ask, after: string | null) {
  return async () => {
    await ask(PAGE, { first: PAGE_SIZE, after });
  };
}

function casesOf<Name extends string>(ask: Ask, cases: Readonly<Record<Name, { query: string; variables: object }>>) {
  const works = Object.entries<{ query: string; variables: object }>(cases).map(
    ([name, { query, variables }]) => [name, async () => void (await ask(query, variables))] as const,
  );
  return Object.fromEntries(works) as Record<Name, () => Promise<void>>;
}

function barePage(client: pg.Client, { occurredAt, id }: Marks, name?: string) {
  return bare(client, name, BARE_PAGE, [occurredAt, id]);
}

function bare(client: pg.Client, name: string | undefined, text: string, values: unknown[]) {
  return async () => {
    const { rowCount } = await client.query({ ...(name && { name }), text, values });
    if (rowCount === 0) throw new Error(`${LARGEST} has nothing there: ${text}`);
  };
}
