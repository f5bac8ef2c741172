import { afterAll, expect, test } from "vitest";
import { openDecisions } from "../support/decision-desk.ts";
import { terminalJournal } from "../support/settlement-files.ts";

const { ledger, openDesk, close } = await openDecisions("waiting_queue");
afterAll(close);

const QUEUE = `query ($filter: ManualInterventionFilter, $orderBy: TransactionOrder, $first: Int, $after: String) {
  manualInterventions(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount totals { count amount { amountMinor currency } oldest }
    edges { node { amount { amountMinor } } } pageInfo { hasNextPage endCursor } } }`;

type Page = {
  readonly totalCount: string;
  readonly totals: readonly { readonly oldest: string }[];
  readonly edges: readonly { readonly node: { readonly amount: { readonly amountMinor: string } } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
};
const amounts = ({ edges }: Page) => edges.map(({ node }) => Number(node.amount.amountMinor));

test("the queue is sorted, paged and filtered by place, provider and how long each has waited", async () => {
  const desk = await openDesk();
  const entries = [300, 100, 200].map((amount, index) => ({
    amount,
    status: "manual_intervention",
    account: desk.shop.adyen,
    time: `2026-11-0${index + 2} 12:00:00`,
  }));
  await desk.shop.feed(terminalJournal(desk.shop.terminal, [...entries, { amount: 5, account: desk.shop.adyen }]));
  const queue = async (variables: object = {}) => {
    const { data, errors } = await desk.ask("ben", QUEUE, variables as Readonly<Record<string, unknown>>);
    if (errors) throw new Error(JSON.stringify(errors));
    return data?.["manualInterventions"] as Page;
  };
  const all = await queue();
  expect(all).toMatchObject({
    totalCount: "3",
    totals: [{ count: "3", amount: { amountMinor: "600", currency: "EUR" } }],
  });
  expect(amounts(all)).toEqual([200, 100, 300]);
  expect(amounts(await queue({ orderBy: { field: "AMOUNT", direction: "ASC" } }))).toEqual([100, 200, 300]);
  const page = await queue({ first: 2 });
  expect(page.pageInfo.hasNextPage).toBe(true);
  expect(amounts(await queue({ first: 2, after: page.pageInfo.endCursor }))).toEqual([300]);
  const [{ location_id: location } = {}] = await desk.shop.transactions();
  for (const [filter, count] of [
    [{ locations: [location] }, 3],
    [{ locations: ["loc_other"] }, 0],
    [{ providers: ["adyen"] }, 3],
    [{ providers: ["edenred"] }, 0],
    [{ merchants: ["mer_other"] }, 0],
    [{ waitingHours: 1 }, 0],
    [{ waitingHours: 0 }, 3],
  ] as const) {
    const found = await queue({ filter });
    expect([Number(found.totalCount), found.edges.length], JSON.stringify(filter)).toEqual([count, count]);
  }
  await ledger.rows("update transactions.waiting set since = since - interval '2 hours' where amount_minor = 100");
  expect(amounts(await queue({ filter: { waitingHours: 1 } }))).toEqual([100]);
});

test("who may not assign has no queue, and who is limited to a place has that place's", async () => {
  const desk = await openDesk();
  await desk.shop.feed(
    terminalJournal(desk.shop.terminal, [{ amount: 100, status: "manual_intervention", account: desk.shop.adyen }]),
  );
  const refused = await desk.ask("vic", QUEUE);
  expect(refused.errors?.[0]?.extensions?.["code"]).toBe("FORBIDDEN");
  await ledger.rows("update accounts.membership set locations = '{loc_other}' where user_id = $1", [
    `ben@${desk.shop.id}`,
  ]);
  expect((await desk.ask("ben", QUEUE)).data?.["manualInterventions"]).toMatchObject({ totalCount: "0", edges: [] });
});
