import { afterAll, beforeAll, expect, test } from "vitest";
import { PERIOD_PRESETS, type Period, type PeriodPreset, periodOf } from "../../subgraphs/shared/periods.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, codes, type Graph, openGraph, type Row, transactionRow } from "../subgraphs/support/graph.ts";

const ZONES = { mer_a: "Europe/Brussels", mer_b: "Pacific/Kiritimati", mer_c: "Pacific/Pago_Pago" } as const;

/** Just inside and just outside each end of each preset, as each merchant and a zone of neither has it. */
const INSTANTS = [...new Set(Object.values(ZONES)), "America/New_York"].flatMap((zone) =>
  PERIOD_PRESETS.flatMap((preset) => {
    const { from, to } = periodOf(preset, zone, new Date());
    return [from, to].flatMap((end) => [-1, 0].map((off) => end.getTime() + off));
  }),
);
const sales = Object.keys(ZONES).flatMap((merchant_id) =>
  [...new Set(INSTANTS)].map((time) =>
    transactionRow("ACQUIRER", `sale ${time}`, { merchant_id, occurred_at: new Date(time) }),
  ),
);

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph("list_period", [subgraph], {
    ann: { mer_a: "finance", mer_b: "finance", mer_c: "finance" },
    vic: { mer_a: "viewer" },
  });
  for (const [merchant, zone] of Object.entries(ZONES)) {
    await graph.sql("update accounts.merchant set zone = $2 where merchant_id = $1", [merchant, zone]);
  }
  for (const row of sales) await graph.insert("transactions.transaction", row);
});
afterAll(() => graph.close());

const LIST = `query ($filter: TransactionFilter, $after: String) { transactions(filter: $filter, first: 100, after: $after) {
  totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }`;

async function found(user: string, filter: Row): Promise<string[]> {
  const ids: string[] = [];
  for (let after: unknown = null; ; ) {
    const answer = await graph.ask(user, subgraph, LIST, { filter, after });
    expect(answer.errors).toBeUndefined();
    const list = at(answer, "data", "transactions");
    ids.push(...(at(list, "edges") as { node: { id: string } }[]).map(({ node }) => node.id));
    after = at(list, "pageInfo", "endCursor");
    if (!at(list, "pageInfo", "hasNextPage")) {
      expect(at(list, "totalCount")).toBe(String(ids.length));
      return ids.sort();
    }
  }
}

const within = ({ from, to }: Period, row: Row) => {
  const time = row["occurred_at"] as Date;
  return from <= time && time < to;
};

test.each(PERIOD_PRESETS)(
  "%s is each merchant's own, or that of the zone that is named",
  async (period: PeriodPreset) => {
    // The day may turn between the two looks at the clock; it does not do so twice.
    await expect
      .poll(async () => {
        const now = new Date();
        const expected = (zoneOf: (merchant: keyof typeof ZONES) => string) =>
          sales
            .filter((row) => within(periodOf(period, zoneOf(row["merchant_id"] as keyof typeof ZONES), now), row))
            .map(({ id }) => id)
            .sort();
        const [own, there] = [await found("ann", { period }), await found("ann", { period, zone: "America/New_York" })];
        return (
          [own, there].map((ids) => ids.join()).join("\n") ===
          [expected((merchant) => ZONES[merchant]), expected(() => "America/New_York")]
            .map((ids) => ids.join())
            .join("\n")
        );
      })
      .toBe(true);
  },
);

test("a period that is said twice, and a zone that is none, are refused with a reason", async () => {
  const both = { period: "TODAY", occurredAt: { from: "2026-01-01T00:00:00Z" } };
  const refused = await graph.ask("vic", subgraph, LIST, { filter: both });
  expect(codes(refused)).toEqual(["INVALID_INPUT"]);
  expect(refused.errors?.[0]?.message).toContain("leave one of them out");
  const nowhere = await graph.ask("vic", subgraph, LIST, { filter: { period: "TODAY", zone: "Europe/Atlantis" } });
  expect(codes(nowhere)).toEqual(["BAD_USER_INPUT"]);
  expect(nowhere.errors?.[0]?.message).toContain("Europe/Brussels");
});
