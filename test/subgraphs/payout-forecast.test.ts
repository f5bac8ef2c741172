import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/reconciliation/subgraph.ts";
import { at, codes, type Graph, openGraph, type Row, transactionRow } from "./support/graph.ts";

/** A Tuesday. */
const TODAY = "2026-03-10";

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph("payout_forecast", [subgraph], {
    ann: { mer_a: "finance", mer_b: "finance", mer_c: "finance" },
    max: { mer_a: "adapter" },
  });
});
afterAll(() => graph.close());

let made = 0;
const named = (word: string) => `${word}_${++made}`;

async function batch(booking_date: string, given: Row = {}) {
  const money = { gross_minor: 1000n, fee_minor: -100n, net_minor: 900n };
  const row = {
    merchant_id: "mer_a",
    id: named("bat"),
    provider: "adyen",
    account: "A",
    batch: "1",
    currency: "EUR",
    line_count: 1,
    booking_date,
  };
  await graph.insert("reconciliation.settlement_batch", { ...row, ...money, ...given });
}

async function payout(value_date: string | null, given: Row = {}): Promise<string> {
  const id = named("pay");
  const row = {
    merchant_id: "mer_a",
    id,
    provider: "adyen",
    account: "A",
    reference: id,
    currency: "EUR",
    amount_minor: 900n,
  };
  await graph.insert("reconciliation.payout", {
    ...row,
    value_date,
    file_id: "fil_1",
    line_number: 1,
    has_own_line: true,
    ...given,
  });
  return id;
}

const sale = (business_date: string, given: Row = {}) =>
  graph.insert(
    "transactions.transaction",
    transactionRow("ACQUIRER", named("sale"), {
      business_date,
      occurred_at: `${business_date}T10:00:00Z`,
      account: "A",
      amount_minor: 1000n,
      captured_minor: 1000n,
      ...given,
    }),
  );

async function forecast(merchantId: string, variables: Row = {}) {
  const query = `query ($merchantId: ID, $days: Int, $asOf: Date) { payoutForecast(merchantId: $merchantId, days: $days, asOf: $asOf) { day provider
    certain { amountMinor currency } expected { amountMinor } parts { basis certain late count amount { amountMinor } businessDays source } } }`;
  const answer = await graph.ask("ann", subgraph, query, { merchantId, asOf: TODAY, ...variables });
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return at(answer, "data", "payoutForecast") as { day: string; certain: Row; expected: Row; parts: Row[] }[];
}

const told = (days: Awaited<ReturnType<typeof forecast>>) =>
  days.map(({ day, certain, expected, parts }) => [
    day,
    certain["amountMinor"],
    expected["amountMinor"],
    ...parts.map(({ basis, source, late }) => [basis, source, ...(late ? ["late"] : [])]),
  ]);

test("announced payouts are certain on their day; what is settled and what is sold follow by the provider's terms", async () => {
  const announced = await payout("2026-03-12");
  await batch("2026-03-09", { payout_id: announced });
  await batch("2026-03-09", { batch: "2" });
  await sale("2026-03-09");
  await sale("2026-03-09", { type: "REFUND", amount_minor: 300n, captured_minor: 300n });
  await sale("2026-03-09", { base_status: "PROCESSING", status: "PROCESSING", captured_minor: 0n, amount_minor: 100n });
  // None of these will come: refused, settled, another's, replaced, not to be settled.
  await sale("2026-03-09", { base_status: "REFUSED", status: "REFUSED", reconciliation_state: "NOT_EXPECTED" });
  await sale("2026-03-09", {
    settled_currency: "EUR",
    settled_net_minor: 1n,
    settled_fee_minor: 0n,
    reconciliation_state: "MATCHED",
  });
  await sale("2026-03-09", { merchant_id: "mer_b", provider: "stripe" });
  await sale("2026-03-09", { superseded_by: "acq_x" });
  const days = await forecast("mer_a", { days: 30 });
  // 5 and 3 bank days from Monday the 9th; then 5 more for what is not settled, less the tenth that adyen keeps.
  expect(told(days)).toEqual([
    ["2026-03-12", "900", "0", ["PAYOUT", null]],
    ["2026-03-19", "0", "900", ["BATCH", "DEFAULT"]],
    ["2026-03-26", "0", "720", ["SALES", "DEFAULT"]],
  ]);
  expect(days[1]?.parts).toEqual([
    {
      basis: "BATCH",
      certain: false,
      late: false,
      count: 1,
      amount: { amountMinor: "900" },
      businessDays: 8,
      source: "DEFAULT",
    },
  ]);
  expect(told(await forecast("mer_a", { days: 3 }))).toEqual([["2026-03-12", "900", "0", ["PAYOUT", null]]]);
});

test("what the merchant saw of late, in the middle and not at its worst, stands above terms, and what a person set above that", async () => {
  const place = { merchant_id: "mer_b", provider: "stripe", account: "" };
  for (const [business_days, observed] of [
    [1, 12],
    [2, 6],
    [9, 4],
  ]) {
    await graph.insert("reconciliation.delay_observation", { ...place, month: "2026-02-01", business_days, observed });
  }
  for (const step of ["PAYOUT", "BANK"]) {
    await graph.insert("reconciliation.usual_delay", {
      ...place,
      step,
      source: "CONFIGURED",
      business_days: 1,
      set_by: "user:ann",
    });
  }
  // Monday, and one day each: Thursday.
  expect(told(await forecast("mer_b", { asOf: "2026-03-09" }))).toEqual([
    ["2026-03-12", "0", "1000", ["SALES", "LEARNT"]],
  ]);
  await graph.insert("reconciliation.usual_delay", {
    ...place,
    step: "SETTLEMENT",
    source: "CONFIGURED",
    business_days: 4,
    set_by: "user:ann",
  });
  expect(told(await forecast("mer_b", { asOf: "2026-03-09" }))).toEqual([
    ["2026-03-17", "0", "1000", ["SALES", "CONFIGURED"]],
  ]);
});

test("what is late is looked for on the next bank day, and only where something would tell that it came", async () => {
  const mine = { merchant_id: "mer_c" };
  const missing = await payout("2026-03-02", mine);
  await batch("2026-02-10", { ...mine, batch: "3" });
  // Nobody gives us the bank's statements, and payouts of this provider have no names: both are taken to have come.
  expect(await forecast("mer_c")).toEqual([]);
  await batch("2026-02-27", { ...mine, batch: "4", payout_id: missing });
  const saturday = { asOf: "2026-03-14" };
  expect(told(await forecast("mer_c", saturday))).toEqual([["2026-03-16", "0", "900", ["BATCH", "DEFAULT", "late"]]]);
  await graph.insert("reconciliation.file_account", {
    ...mine,
    file_id: "fil_b",
    provider: "bank",
    account: "BE1",
    adapter: "camt",
    last_date: "2026-03-10",
    received_at: TODAY,
    numbers: "[]",
  });
  expect(told(await forecast("mer_c", saturday))).toEqual([
    ["2026-03-16", "900", "900", ["BATCH", "DEFAULT", "late"], ["PAYOUT", null, "late"]],
  ]);
  await graph.sql("alter table reconciliation.payout_credit disable trigger user");
  await graph.insert("reconciliation.payout_credit", {
    ...mine,
    id: "crd_1",
    payout_id: missing,
    bank_entry_id: "bnk_1",
    way: "PAID",
    stage: "REFERENCE",
    difference_minor: 0,
    allocated_minor: 900,
    run_id: "run_1",
  });
  expect(told(await forecast("mer_c", saturday))).toEqual([["2026-03-16", "0", "900", ["BATCH", "DEFAULT", "late"]]]);
});

test("it is refused beyond three months, without a merchant where there are several, and without the right", async () => {
  const refusal = async (user: string, args: string) =>
    codes(await graph.ask(user, subgraph, `{ payoutForecast(${args}) { day } }`));
  expect(await refusal("ann", 'merchantId: "mer_a", days: 91')).toEqual(["INVALID_INPUT"]);
  expect(await refusal("ann", "days: 1")).toEqual(["INVALID_INPUT"]);
  expect(await refusal("max", 'merchantId: "mer_a"')).toEqual(["FORBIDDEN"]);
  expect(await refusal("ann", 'merchantId: "mer_x"')).toEqual(["FORBIDDEN"]);
});
