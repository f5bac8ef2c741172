import { afterAll, beforeAll, expect, test } from "vitest";
import { addDays } from "../../subgraphs/shared/days.ts";
import { businessDateOf } from "../../subgraphs/shared/time.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, type Graph, openGraph, type Row } from "../subgraphs/support/graph.ts";

const today = businessDateOf(new Date(), "Europe/Brussels");
const daysAgo = (days: number) => addDays(today, -days);

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph("list_coverage", [subgraph], {
    ann: { mer_a: "finance", mer_b: "finance" },
    vic: { mer_a: "viewer" },
    cem: { mer_c: "administrator" },
  });
  await seen("mer_a", "adyen", "ACQUIRER");
  await seen("mer_b", "adyen", "ACQUIRER");
  await seen("mer_a", "monizze", "E_VOUCHER");
  await seen("mer_a", "worldline", "ACQUIRER");
  await seen("mer_a", "ccv-pay", "CCV_PAY", new Date());
  await seen("mer_c", "stripe", "ACQUIRER");
  for (const ago of [1, 2, 3, 4]) await file("mer_a", "adyen", daysAgo(ago));
  for (const ago of [20, 21, 22, 23]) await file("mer_b", "adyen", daysAgo(ago));
  await file("mer_a", "monizze", daysAgo(8), 11);
  await file("mer_a", "monizze", daysAgo(5), 13);
  await graph.insert("accounts.provider_account", { merchant_id: "mer_a", provider: "edenred", account: "7" });
  await graph.insert("accounts.provider_account", { merchant_id: "mer_a", provider: "bank", account: "BE68" });
  const contract = { currency: "EUR", content: {}, loaded_by: "ann", version: 1, valid_from: "2020-01-01" };
  const signed = { merchant_id: "mer_a", provider: "pluxee", account: "", valid_to: null };
  await graph.insert("reconciliation.fee_contract", { ...contract, ...signed, id: "fee_1" });
  const ended = { ...signed, provider: "amex", valid_to: "2020-12-31" };
  await graph.insert("reconciliation.fee_contract", { ...contract, ...ended, id: "fee_2" });
});
afterAll(() => graph.close());

async function seen(merchant_id: string, provider: string, family: string, noticed_at: Date | null = null) {
  const times = { first_at: "2026-01-05T08:00:00Z", last_at: "2026-01-06T08:00:00Z", noticed_at };
  await graph.insert("transactions.provider_seen", { merchant_id, provider, location_id: "", family, ...times });
}

async function file(merchant_id: string, provider: string, day: string, number?: number) {
  const numbers = JSON.stringify(number === undefined ? [] : [{ series: "", number }]);
  await graph.insert("reconciliation.file_account", {
    ...{ merchant_id, file_id: `fil_${provider}_${day}`, provider, account: "SECRET-ACCOUNT", adapter: provider },
    ...{ received_at: `${addDays(day, 1)}T04:00:00Z`, first_date: day, last_date: day, numbers },
  });
}

async function coverage(user: string, filter: Row = {}): Promise<Row[]> {
  const query = `query ($filter: TransactionFilter) { transactions(filter: $filter) {
    coverage { provider state freshAsOf missingFrom reason } } }`;
  const answer = await graph.ask(user, subgraph, query, { filter });
  expect(answer.errors).toBeUndefined();
  return at(answer, "data", "transactions", "coverage") as Row[];
}
const states = (rows: readonly Row[]) => Object.fromEntries(rows.map(({ provider, state }) => [provider, state]));

test("every provider of the merchant is told of, whether or not anything of it came", async () => {
  const told = await coverage("vic");
  expect(states(told)).toEqual({
    adyen: "FRESH",
    "ccv-pay": "FRESH",
    edenred: "NEVER",
    monizze: "GAP",
    pluxee: "NEVER",
    worldline: "UNKNOWN",
  });
  expect(told.map(({ provider }) => provider)).toEqual([...told.map(({ provider }) => provider)].sort());
  expect(told.every(({ reason }) => /^[A-Z].*\.$/.test(String(reason)))).toBe(true);
  expect(JSON.stringify(told)).not.toContain("SECRET-ACCOUNT");
});

test("over several merchants a provider stands as it does at the worst", async () => {
  const [adyen] = await coverage("ann", { providers: ["adyen"] });
  expect(adyen).toMatchObject({ state: "SILENT" });
  expect(adyen?.["reason"]).toMatch(/^At 1 of 2 merchants: .* up to \d{4}-\d\d-\d\d and come every day as a rule/);
  expect(String(adyen?.["freshAsOf"]).slice(0, 10) <= daysAgo(20)).toBe(true);
  expect((await coverage("ann", { providers: ["adyen"], merchants: ["mer_a"] }))[0]).toMatchObject({ state: "FRESH" });
});

test("the filter's providers, families and period say what is told", async () => {
  expect(states(await coverage("vic", { providers: ["adyen", "nobody"] }))).toEqual({ adyen: "FRESH" });
  // What never came may be of any family.
  const vouchers = { edenred: "NEVER", monizze: "GAP", pluxee: "NEVER" };
  expect(states(await coverage("vic", { families: ["E_VOUCHER"] }))).toEqual(vouchers);
  const before = { occurredAt: { to: `${daysAgo(9)}T00:00:00Z` }, providers: ["monizze", "adyen"] };
  expect(states(await coverage("ann", before))).toEqual({ adyen: "SILENT", monizze: "FRESH" });
  const earlier = { occurredAt: { to: `${daysAgo(25)}T00:00:00Z` }, providers: ["adyen"] };
  expect(states(await coverage("ann", earlier))).toEqual({ adyen: "FRESH" });
});

test("nothing is told of another merchant", async () => {
  expect(states(await coverage("cem"))).toEqual({ stripe: "UNKNOWN" });
  expect(await coverage("vic", { merchants: ["mer_c"] })).toEqual([]);
});
