import fc from "fast-check";
import type { DataSource } from "typeorm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { foldAllHours } from "../../subgraphs/shared/rollups/fold-hours.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, codes, type Graph, openGraph, type Row, transactionRow } from "./support/graph.ts";

const COUNT = "query ($filter: TransactionFilter) { transactions(filter: $filter) { totalCount } }";

let graph: Graph;
let worker: DataSource;
beforeAll(async () => {
  graph = await openGraph("analysis", [subgraph], {
    ann: { mer_a: "finance", mer_b: "finance" },
    kim: { mer_a: "viewer" },
    max: { mer_a: "adapter" },
  });
  worker = await openDatabase({ url: graph.url }, { role: "worker", maxConnections: 2, onError: () => undefined });
  await graph.insert("accounts.membership", {
    merchant_id: "mer_a",
    user_id: "loc",
    role: "viewer",
    locations: ["loc_1"],
  });
  for (const [index, row] of trade().entries()) {
    await graph.insert("transactions.transaction", row);
    if (row["family"] === "E_VOUCHER") {
      const { merchant_id, id: transaction_id } = row;
      const [issuer, purse] = index % 2 ? ["EDENRED", "MEAL"] : ["MONIZZE", "ECO"];
      await graph.insert("e_vouchers.detail", { merchant_id, transaction_id, issuer, purse, requested_minor: 1 });
    }
    // Half of it is summed, and some of that is changed afterwards.
    if (index === 150) await foldAllHours(worker);
  }
});
afterAll(async () => {
  await worker.destroy();
  await graph.close();
});

/** Three hundred rows of four days, all kinds of them, at odd minutes, and the last of it not summed. */
function trade(): readonly Row[] {
  return Array.from({ length: 300 }, (_, index) => {
    const pick = <T>(of: readonly T[], step: number) => of[Math.floor(index / step) % of.length] as T;
    const base = pick(["SUCCESS", "SUCCESS", "SUCCESS", "REFUSED", "PROCESSING", "FAILED"], 1);
    const amount = BigInt(100 + ((index * 37) % 991));
    const settled = base === "SUCCESS" && index % 2 === 0;
    const superseded = index % 53 === 52;
    return transactionRow(pick(["CCV_PAY", "E_VOUCHER", "ACQUIRER"] as const, 2), `row ${index}`, {
      merchant_id: index % 5 === 0 ? "mer_b" : "mer_a",
      occurred_at: new Date(Date.UTC(2026, 2, 27) + ((index * 7_919) % 5_760) * 60_000),
      business_date: "2026-03-28",
      type: pick(["SALE", "SALE", "SALE", "REFUND", "CHARGEBACK", "CHARGEBACK_REVERSAL", "CREDIT"], 3),
      base_status: index % 31 === 30 ? "MANUAL_INTERVENTION" : base,
      status: index % 31 === 30 ? "MANUAL_INTERVENTION" : base,
      status_origin: index % 11 === 0 ? "MANUAL" : "AUTOMATIC",
      currency: index % 17 === 0 ? "USD" : "EUR",
      amount_minor: amount,
      captured_minor: base === "SUCCESS" ? amount : 0n,
      payment_method: pick(["visa", "bancontact", "meal_voucher"], 4),
      brand: pick([null, "VISA"], 7),
      location_id: pick(["loc_1", "loc_2", null], 5),
      terminal_id: pick(["ter_1", "ter_2", null], 5),
      last4: pick(["4242", "1881"], 2),
      ...(superseded && { superseded_by: "ccv_other" }),
      ...(settled && {
        settled_fee_minor: -(amount / 100n),
        settled_net_minor: amount - amount / 100n,
        settled_currency: "EUR",
      }),
    });
  });
}

const FIGURES = `currency count sales refunds chargebacks refusals gross { amountMinor } refunded { amountMinor }
  chargedBack { amountMinor } pending { amountMinor } fees { amountMinor } net { amountMinor } effectiveRate manualCount
  average { amountMinor } manualGross { amountMinor } settledGross { amountMinor } refused { amountMinor }`;
const QUERY = `query ($filter: TransactionFilter, $granularity: Granularity!, $groupBy: [AnalysisDimension!], $zone: TimeZone, $previous: Boolean) {
  analysis(filter: $filter, granularity: $granularity, groupBy: $groupBy, zone: $zone, compareWithPrevious: $previous) {
    zone period { from to buckets { from to day } totals { ${FIGURES} }
      series { keys { dimension value location { id } } total { ${FIGURES} } points { ${FIGURES} } } }
    previous { from to totals { count gross { amountMinor } } buckets { day } } } }`;

type Figures = Readonly<Record<string, unknown>>;
type Series = { keys: { dimension: string; value: string | null }[]; total: Figures; points: Figures[] };
type Period = {
  from: string;
  to: string;
  buckets: { from: string; to: string; day: string }[];
  totals: Figures[];
  series: Series[];
};

async function analysis(variables: Row, user = "ann") {
  const answer = await graph.ask(user, subgraph, QUERY, { zone: "Europe/Brussels", ...variables });
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return at(answer, "data", "analysis") as { zone: string; period: Period; previous: Period | null };
}

const minor = (figures: Figures, name: string) => BigInt(String(at(figures, name, "amountMinor") ?? 0));
const AMOUNTS = ["gross", "refunded", "chargedBack", "pending", "fees", "net"];

describe("analysis", () => {
  const list = fc.option(fc.boolean(), { nil: null });
  const filters = fc.record({
    from: fc.integer({ min: 0, max: 4 * 96 - 2 }),
    quarters: fc.integer({ min: 1, max: 200 }),
    statusOrigin: fc.constantFrom(null, null, "MANUAL", "AUTOMATIC"),
    types: fc.constantFrom(null, ["SALE"], ["SALE", "REFUND"], []),
    providers: fc.constantFrom(null, null, ["ccv-pay", "adyen"], ["edenred"]),
    locations: fc.constantFrom(null, null, ["loc_1"], ["loc_1", "loc_2"]),
    merchants: fc.constantFrom(null, null, ["mer_a"]),
    last4: fc.constantFrom(null, null, null, "4242"),
    search: fc.constantFrom(null, null, null, "row 1"),
    minimum: list,
  });

  test("sums to the totals of the list and to the rows themselves, whatever is asked for and however it is grouped", async () => {
    const grouped = fc.subarray(["METHOD", "WEEKDAY", "HOUR_OF_DAY", "LOCATION", "ISSUER", "STATUS", "BRAND"], {
      maxLength: 3,
    });
    const property = fc.asyncProperty(
      filters,
      grouped,
      fc.constantFrom("HOUR", "DAY", "WEEK", "MONTH"),
      fc.constantFrom("Europe/Brussels", "Asia/Kolkata"),
      fc.constantFrom("ann", "loc"),
      async ({ from, quarters, minimum, ...fields }, groupBy, granularity, zone, user) => {
        const start = Date.UTC(2026, 2, 27) + from * 900_000;
        const occurredAt = {
          from: new Date(start).toISOString(),
          to: new Date(start + quarters * 900_000).toISOString(),
        };
        const amount = minimum ? { currency: "EUR", minimumMinor: "300" } : null;
        const filter = { ...fields, amount, occurredAt };
        const { period } = await analysis({ filter, granularity, groupBy, zone }, user);
        const listed = await graph.ask(
          user,
          subgraph,
          `query ($filter: TransactionFilter) { transactions(filter: $filter) { totals {
          currency count ${AMOUNTS.map((name) => `${name} { amountMinor }`).join(" ")} } } }`,
          { filter },
        );
        const totals = at(listed, "data", "transactions", "totals") as Figures[];
        expect(
          period.totals.map(({ currency, count, ...rest }) => [currency, count, ...AMOUNTS.map((name) => rest[name])]),
        ).toEqual(
          totals.map(({ currency, count, ...rest }) => [currency, count, ...AMOUNTS.map((name) => rest[name])]),
        );
        for (const each of [
          ...period.series.map(({ total, points }) => ({ total, parts: points })),
          ...period.totals.map((total) => ({
            total,
            parts: period.series.filter((one) => one.total["currency"] === total["currency"]).map((one) => one.total),
          })),
        ]) {
          for (const name of AMOUNTS)
            expect(
              each.parts.reduce((sum, part) => sum + minor(part, name), 0n),
              name,
            ).toBe(minor(each.total, name));
          expect(each.parts.reduce((sum, { count }) => sum + BigInt(String(count)), 0n)).toBe(
            BigInt(String(each.total["count"])),
          );
        }
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test("is the same before and after the hours are summed, and then asks no transaction of a whole hour", async () => {
    const variables = {
      filter: { occurredAt: { from: "2026-03-27T10:20:00Z", to: "2026-03-30T09:40:00Z" } },
      granularity: "DAY",
      groupBy: ["METHOD", "ISSUER", "PURSE"],
    };
    const before = await analysis(variables);
    await foldAllHours(worker);
    expect(await analysis(variables)).toEqual(before);
    const whole = {
      filter: { occurredAt: { from: "2026-03-28T00:00:00Z", to: "2026-03-29T00:00:00Z" } },
      granularity: "DAY",
    };
    const told = await analysis(whole);
    await graph.sql("update transactions.hour_sum set captured_minor = captured_minor * 2");
    const doubled = await analysis(whole);
    await graph.sql("update transactions.hour_sum set captured_minor = div(captured_minor, 2)");
    expect(minor(doubled.period.totals[0] ?? {}, "gross")).toBe(2n * minor(told.period.totals[0] ?? {}, "gross"));
  });

  test("tells averages, the effective rate and what a person decided, to the last unit", async () => {
    const day = { occurred_at: "2027-05-03T10:00:00Z", business_date: "2027-05-03" };
    const settled = { settled_currency: "EUR", settled_net_minor: 990n };
    const rows: Row[] = [
      { amount_minor: 1000n, captured_minor: 1000n, settled_fee_minor: -10n, ...settled },
      { amount_minor: 501n, captured_minor: 501n, settled_fee_minor: -9n, ...settled, status_origin: "MANUAL" },
      { amount_minor: 700n, captured_minor: 0n, base_status: "REFUSED", status: "REFUSED", deciding_event: "evt_r" },
      { amount_minor: 300n, captured_minor: 0n, base_status: "FAILED", status: "FAILED" },
    ];
    for (const [index, row] of rows.entries())
      await graph.insert("transactions.transaction", transactionRow("CCV_PAY", `exact ${index}`, { ...day, ...row }));
    const { id } = transactionRow("CCV_PAY", "exact 2");
    const event = {
      merchant_id: "mer_a",
      transaction_id: id,
      id: "evt_r",
      kind: "SALE",
      source: "FILE",
      outcome: "REFUSED",
      precedence: 2,
    };
    await graph.insert("transactions.transaction_event", {
      ...event,
      occurred_at: day.occurred_at,
      reason: "insufficient_funds",
      content_hash: "1.h",
    });
    const asked = {
      filter: { occurredAt: { from: "2027-05-03T00:00:00Z", to: "2027-05-04T00:00:00Z" } },
      granularity: "DAY",
    };
    const refused = `query ($filter: TransactionFilter) { analysis(granularity: DAY, zone: "UTC", filter: $filter) { period {
      refusals { reason status count amount { amountMinor currency } } } } }`;
    const reasons = [
      { reason: "insufficient_funds", status: "REFUSED", count: "1", amount: { amountMinor: "700", currency: "EUR" } },
      { reason: null, status: "FAILED", count: "1", amount: { amountMinor: "300", currency: "EUR" } },
    ];
    for (const fold of [false, true]) {
      if (fold) await foldAllHours(worker);
      const { period } = await analysis(asked);
      // 1501 / 2 is 750.5; 19 of 1501 are 126.58 basis points.
      expect(period.totals).toMatchObject([
        {
          count: "4",
          sales: "2",
          average: { amountMinor: "751" },
          effectiveRate: "126.58",
          manualCount: "1",
          manualGross: { amountMinor: "501" },
          refusals: "1",
          refused: { amountMinor: "700" },
        },
      ]);
      const answer = await graph.ask("ann", subgraph, refused, asked);
      expect(at(answer, "data", "analysis", "period", "refusals")).toEqual(reasons);
      for (const { reason } of reasons) {
        const filter = { ...asked.filter, types: ["SALE"], reasons: [reason ?? ""] };
        const listed = await graph.ask("ann", subgraph, COUNT, { filter });
        expect(at(listed, "data", "transactions", "totalCount")).toBe("1");
      }
    }
  });
});

describe("its periods", () => {
  const buckets = async (granularity: string, from: string, to: string, zone = "Europe/Brussels") =>
    (await analysis({ filter: { occurredAt: { from, to } }, granularity, zone })).period.buckets;
  const hours = ({ from, to }: { from: string; to: string }) => (Date.parse(to) - Date.parse(from)) / 3_600_000;

  test("are 23 and 25 hours long on the days on which clocks change, and told by the hour as they pass", async () => {
    const spring = await buckets("DAY", "2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z");
    expect(spring.map((bucket) => [bucket.day, hours(bucket)])).toEqual([
      ["2026-03-28", 24],
      ["2026-03-29", 23],
      ["2026-03-30", 24],
    ]);
    expect((await buckets("DAY", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")).map(hours)).toEqual([25]);
    const passed = await buckets("HOUR", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    expect([passed.length, new Set(passed.map(({ from }) => from)).size, ...new Set(passed.map(hours))]).toEqual([
      25, 25, 1,
    ]);
  });

  test("end with months, have the leap day, and follow the calendar of another zone", async () => {
    const months = await buckets("MONTH", "2028-01-15T00:00:00Z", "2028-03-15T00:00:00Z");
    expect(months.map((bucket) => [bucket.day, hours(bucket) / 24])).toEqual([
      ["2028-01-01", 31],
      ["2028-02-01", 29],
      ["2028-03-01", 31 - 1 / 24],
    ]);
    expect((await buckets("DAY", "2028-02-28T23:00:00Z", "2028-02-29T23:00:00Z")).map(({ day }) => day)).toEqual([
      "2028-02-29",
    ]);
    expect((await buckets("QUARTER", "2026-05-05T00:00:00Z", "2026-07-05T00:00:00Z")).map(({ day }) => day)).toEqual([
      "2026-04-01",
      "2026-07-01",
    ]);
    expect((await buckets("WEEK", "2026-01-01T10:00:00Z", "2026-01-05T10:00:00Z")).map(({ day }) => day)).toEqual([
      "2025-12-29",
      "2026-01-05",
    ]);
    const kolkata = await buckets("DAY", "2026-03-01T00:00:00Z", "2026-03-01T18:30:00Z", "Asia/Kolkata");
    expect(kolkata).toEqual([{ from: "2026-02-28T18:30:00.000Z", to: "2026-03-01T18:30:00.000Z", day: "2026-03-01" }]);
    // Clocks there go forward at midnight, so that the day begins at one.
    expect((await buckets("DAY", "2026-03-29T00:00:00Z", "2026-03-29T20:00:00Z", "Asia/Beirut")).map(hours)).toEqual([
      23,
    ]);
  });

  test("may be named, and are then whole days of the zone that the filter names", async () => {
    const named = { filter: { period: "LAST_MONTH", zone: "Europe/Lisbon" }, granularity: "MONTH", zone: null };
    const { zone, period } = await analysis(named);
    expect([zone, period.buckets.length]).toEqual(["Europe/Lisbon", 1]);
    expect(period).toMatchObject({ from: period.buckets[0]?.from, to: period.buckets[0]?.to });
  });

  test("are there where nothing was sold, in each series", async () => {
    const { period } = await analysis({
      filter: { occurredAt: { from: "2026-03-20T23:00:00Z", to: "2026-03-29T22:00:00Z" } },
      granularity: "DAY",
    });
    expect(period.buckets).toHaveLength(9);
    expect(period.series.map(({ points }) => points.length)).toEqual([9, 9]);
    expect(period.series[0]?.points[0]).toMatchObject({
      count: "0",
      gross: { amountMinor: "0" },
      average: null,
      effectiveRate: null,
    });
  });

  test("stand beside the period before: as many months, days, or as much time", async () => {
    const previous = async (from: string, to: string) => {
      const { previous: earlier } = await analysis({
        filter: { occurredAt: { from, to } },
        granularity: "DAY",
        previous: true,
      });
      return [earlier?.from, earlier?.to, earlier?.buckets.length];
    };
    expect(await previous("2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z")).toEqual([
      "2026-01-31T23:00:00.000Z",
      "2026-02-28T23:00:00.000Z",
      28,
    ]);
    expect(await previous("2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z")).toEqual([
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T22:00:00.000Z",
      1,
    ]);
    expect(await previous("2026-03-29T10:00:00Z", "2026-03-29T12:30:00Z")).toEqual([
      "2026-03-29T07:30:00.000Z",
      "2026-03-29T10:00:00.000Z",
      1,
    ]);
  });
});

describe("it refuses", () => {
  const refusal = async (variables: Row, user = "ann") => {
    const { errors = [] } = await graph.ask(user, subgraph, QUERY, variables);
    return [codes({ errors } as never)[0], errors[0]?.message];
  };
  const month = { occurredAt: { from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z" } };

  test("what is too much, has no beginning or ends before it", async () => {
    const years = { occurredAt: { from: "2000-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z" } };
    expect(await refusal({ filter: years, granularity: "DAY" })).toEqual([
      "INVALID_INPUT",
      expect.stringContaining("more than 800 periods of DAY"),
    ]);
    expect(await refusal({ filter: month, granularity: "HOUR", groupBy: ["METHOD", "LOCATION", "WEEKDAY"] })).toEqual([
      "INVALID_INPUT",
      expect.stringContaining("10000 figures"),
    ]);
    expect(await refusal({ granularity: "DAY" })).toEqual(["INVALID_INPUT", expect.stringContaining("from when")]);
    expect(
      await refusal({
        filter: { occurredAt: { from: month.occurredAt.to, to: month.occurredAt.from } },
        granularity: "DAY",
      }),
    ).toEqual(["INVALID_INPUT", expect.stringContaining("ends before")]);
    expect(await refusal({ filter: month, granularity: "DAY", groupBy: ["METHOD", "METHOD"] })).toEqual([
      "INVALID_INPUT",
      expect.stringContaining("each once"),
    ]);
  });

  test("merchants in several zones without one, and who has no right to see analyses", async () => {
    await graph.sql("update accounts.merchant set zone = 'Europe/London' where merchant_id = 'mer_b'");
    expect(await refusal({ filter: month, granularity: "DAY" })).toEqual([
      "INVALID_INPUT",
      expect.stringContaining("Europe/Brussels, Europe/London"),
    ]);
    expect((await analysis({ filter: month, granularity: "DAY", zone: null }, "kim")).zone).toBe("Europe/Brussels");
    expect((await refusal({ filter: month, granularity: "DAY" }, "max"))[0]).toBe("FORBIDDEN");
  });
});
