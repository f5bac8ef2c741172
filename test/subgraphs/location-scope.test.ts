import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph as accounts } from "../../subgraphs/accounts/subgraph.ts";
import { subgraph as acquirers } from "../../subgraphs/acquirers/subgraph.ts";
import { subgraph as ccvPay } from "../../subgraphs/ccv-pay/subgraph.ts";
import { subgraph as eVouchers } from "../../subgraphs/e-vouchers/subgraph.ts";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { openChangeFeed } from "../../subgraphs/shared/changes/change-feed.ts";
import { callInProcess, type InProcessCaller } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import type { Subgraph } from "../../subgraphs/shared/subgraph/define-subgraph.ts";
import type { Answer } from "../../subgraphs/shared/subgraph/execute-operation.ts";
import type { Services } from "../../subgraphs/shared/subgraph/request-context.ts";
import { subgraph as transactions } from "../../subgraphs/transactions/subgraph.ts";
import { at, codes, entities, type Graph, plain, type Row, transactionRow } from "./support/graph.ts";
import { openLayers } from "./support/layers.ts";
import { cardAt, openLocatedGraph, PLACES, SEES, terminalAt, voucherAt } from "./support/located-graph.ts";
import { SUBGRAPHS } from "./support/settled-graph.ts";

let graph: Graph;
let layers: ReturnType<typeof openLayers>;
beforeAll(async () => {
  graph = await openLocatedGraph("location_scope");
  layers = openLayers(graph);
});
afterAll(() => graph.close());

type Operation = readonly [name: string, subgraph: Subgraph, query: string, variables?: Row];

const cards = PLACES.map((place) => cardAt(place).id);
const ofEach = (subgraph: Subgraph, typename: string, ids: readonly string[], fields: string): Operation => {
  const { query, variables } = entities(typename, ids, fields);
  return [typename, subgraph, query, variables];
};
const byId = (ids: readonly string[]) =>
  `{ ${ids.map((id, n) => `t${n}: transaction(id: "${id}") { transactionNumber history { reason } }`).join(" ")} }`;

/** What a person who is limited sees a part of. */
const LOCATED: readonly Operation[] = [
  ["list", transactions, "{ transactions { edges { node { transactionNumber related { transactionNumber } } } } }"],
  ["coverage", transactions, "{ transactions { coverage { provider state freshAsOf missingFrom reason } } }"],
  ["by id", transactions, byId(cards)],
  ["queue", transactions, "{ manualInterventions { edges { node { transactionNumber } } } }"],
  ofEach(transactions, "AcquirerTransaction", cards, "transactionNumber history { reason }"),
  ofEach(acquirers, "AcquirerTransaction", cards, "merchantAccount interchange { amountMinor }"),
  ofEach(
    ccvPay,
    "CcvPayTransaction",
    PLACES.map((place) => terminalAt(place).id),
    "method payoutReference",
  ),
  ofEach(
    eVouchers,
    "VoucherTransaction",
    PLACES.map((place) => voucherAt(place).id),
    "maskedPan splitTender { id }",
  ),
  ofEach(
    reconciliation,
    "Transaction",
    cards,
    "settlement { id fileName batch { batch } } payout { reference } discrepancies { explanation line { id } }",
  ),
  ["findings", reconciliation, "{ discrepancies { edges { node { explanation line { id fileName } } } } }"],
  ["places", accounts, "{ merchants { edges { node { locations { name terminals { tid } } } } } }"],
  ofEach(accounts, "Location", ["loc_1", "loc_2"], "name terminals { tid }"),
  ofEach(
    accounts,
    "Terminal",
    PLACES.map(({ mark }) => `ter_${mark}`),
    "tid location { name }",
  ),
];

/** What belongs to the whole merchant. */
const WIDE: readonly Operation[] = [
  ["files", reconciliation, "{ settlementFiles { edges { node { id name } } } }"],
  ["file", reconciliation, '{ settlementFile(id: "fil_AONE") { name } }'],
  ["lines", reconciliation, "{ settlementLines { edges { node { id } } } }"],
  ["batches", reconciliation, "{ settlementBatches { edges { node { batch } } } }"],
  ["payouts", reconciliation, "{ payouts { edges { node { reference } } } }"],
  ["bank", reconciliation, "{ bankEntries { edges { node { id } } } }"],
  ["runs", reconciliation, "{ reconciliationRuns { edges { node { id } } } }"],
  ["matches", reconciliation, "{ matches { edges { node { id } } } }"],
  ["match", reconciliation, '{ match(id: "mat_AONE") { id } }'],
  ["quality", reconciliation, "{ reconciliationQuality { made } }"],
  ["audit", accounts, "{ auditEvents { edges { node { id } } } }"],
];

/** Words that must not be in any answer to the user. */
function foreignTo(user: string): readonly string[] {
  const whole = user === "all" ? ["mer_a", "mer_b"] : user === "mixed" ? ["mer_b"] : [];
  const hidden = PLACES.filter(({ mark }) => !SEES[user]?.includes(mark)).flatMap(markedBy);
  return [...hidden, ...PLACES.filter(({ merchant }) => !whole.includes(merchant)).map(({ mark }) => `WIDE-${mark}`)];
}

/** An id says as much as a name: of who splits a ticket with whom, the ids are all that is asked. */
function markedBy(place: (typeof PLACES)[number]): string[] {
  return [place.mark, cardAt(place).id, voucherAt(place).id, terminalAt(place).id];
}

describe.each(["both layers", "the application alone", "row level security alone"] as const)("%s", (layer) => {
  let services: Services;
  const calls = new Map<Subgraph, InProcessCaller>();
  beforeAll(async () => {
    services = await layers.leave(layer);
    for (const subgraph of SUBGRAPHS) calls.set(subgraph, callInProcess(subgraph, services));
  });
  afterAll(() => layers.restore());

  const ask = async (user: string, [, subgraph, query, variables = {}]: Operation): Promise<Answer> => {
    const headers = { authorization: `Bearer ${await graph.token(user)}` };
    const answer = await calls.get(subgraph)?.({ query, variables, headers, signal: new AbortController().signal });
    return plain(answer ?? {});
  };

  test("nothing of another location, of none, or of the whole merchant shows in any answer", async () => {
    const leaks: unknown[] = [];
    for (const user of Object.keys(SEES)) {
      for (const operation of [...LOCATED, ...WIDE]) {
        const { data } = await ask(user, operation);
        const text = JSON.stringify(data ?? null);
        for (const word of foreignTo(user)) if (text.includes(word)) leaks.push([user, operation[0], word]);
      }
    }
    expect(leaks).toEqual([]);
  });

  test("one's own locations show, without an error beside them", async () => {
    const missing: unknown[] = [];
    for (const [user, marks] of Object.entries(SEES)) {
      for (const operation of LOCATED) {
        const { data, errors } = await ask(user, operation);
        if (errors) missing.push([user, operation[0], errors]);
        const located = operation[0] === "Location" || operation[0] === "Terminal" || operation[0] === "places";
        // Of two places with one id the entity shows either, as it does to those who are limited nowhere.
        const sought = marks.filter((mark) => !(located && mark === "ANOWHERE") && operation[0] !== "Location");
        const text = JSON.stringify(data);
        for (const mark of sought) if (!text.includes(mark)) missing.push([user, operation[0], mark]);
      }
    }
    expect(missing).toEqual([]);
  });

  test("counts and sums are of one's own locations", async () => {
    const query = "{ transactions { totalCount totals { gross { amountMinor } } } }";
    const queue = "{ manualInterventions { totalCount totals { amount { amountMinor } } } }";
    const findings = "{ discrepancies { totalCount totals { amountMinor } } }";
    for (const [user, marks] of Object.entries(SEES)) {
      const sum = PLACES.reduce((total, { mark, amount }) => (marks.includes(mark) ? total + amount : total), 0n);
      const { data: list } = await ask(user, ["totals", transactions, query]);
      expect(at(list, "transactions", "totalCount"), user).toBe(`${marks.length * 2}`);
      expect(at(list, "transactions", "totals", 0, "gross", "amountMinor"), user).toBe(sum ? `${sum}` : undefined);
      const { data: waiting } = await ask(user, ["queue", transactions, queue]);
      expect(at(waiting, "manualInterventions", "totals", 0, "amount", "amountMinor")).toBe(sum ? `${sum}` : undefined);
      if (user === "all" || user === "mixed") continue;
      const { data: found } = await ask(user, ["findings", reconciliation, findings]);
      expect(at(found, "discrepancies", "totals", 0, "amountMinor"), user).toBe(sum ? `${sum}` : undefined);
    }
  });

  test("of what was covered it is told by one's own payments, and not by the merchant's files", async () => {
    const query = "{ transactions { coverage { provider state freshAsOf reason } } }";
    const { data } = await ask("one", ["coverage", transactions, query]);
    expect(at(data, "transactions", "coverage")).toEqual([
      { provider: "AONE-psp", state: "UNKNOWN", freshAsOf: "2026-01-01T08:00:00.000Z", reason: expect.any(String) },
    ]);
    const { data: mixed } = await ask("mixed", ["coverage", transactions, query]);
    const states = (at(mixed, "transactions", "coverage") as Row[]).map(({ provider, state }) => [provider, state]);
    expect(states).toEqual([
      ["ATWO-psp", "UNKNOWN"],
      ["BONE-psp", "FRESH"],
      ["BTWO-psp", "FRESH"],
      ["WIDE-BONE", "NEVER"],
      ["WIDE-BTWO", "NEVER"],
    ]);
    expect(JSON.stringify(data)).not.toContain("2026-01-31");
    expect(at(mixed, "transactions", "coverage", 1, "reason")).toContain("2026-01-31");
  });

  test("the id of what is elsewhere answers as an id of nothing", async () => {
    const unknown = transactionRow("ACQUIRER", "no such").id;
    const [, elsewhere = "", nowhere = ""] = cards;
    const nothing = await ask("one", ["by id", transactions, byId([unknown])]);
    expect(nothing).toEqual({ data: { t0: null } });
    for (const id of [elsewhere, nowhere]) expect(await ask("one", ["", transactions, byId([id])])).toEqual(nothing);
    for (const [typename, subgraph, ids] of [
      ["Transaction", reconciliation, [elsewhere, nowhere, unknown]],
      ["Location", accounts, ["loc_2", "loc_none"]],
      ["Terminal", accounts, ["ter_ATWO", "ter_none"]],
    ] as const) {
      const answer = await ask("one", ofEach(subgraph, typename, ids, ""));
      expect(answer).toEqual({ data: { _entities: ids.map(() => null) } });
    }
    const filtered = (id: string) =>
      `{ transactions(filter: { locations: ["${id}"] }) { totalCount edges { cursor } } }`;
    const there = await ask("one", ["filter", transactions, filtered("loc_2")]);
    expect(there).toEqual(await ask("one", ["filter", transactions, filtered("loc_none")]));
  });

  test("a change elsewhere is not told", async () => {
    const feed = openChangeFeed({ url: graph.url }, services.database, pino({ level: "silent" }));
    const stop = new AbortController();
    const seen: Answer[] = [];
    const headers = { authorization: `Bearer ${await graph.token("pairs")}` };
    const query = "subscription { transactionChanged { id transactionNumber } }";
    const call = callInProcess(transactions, { ...services, changes: feed });
    const ended = (async () => {
      for await (const answer of call.subscribe({ query, variables: {}, headers, signal: stop.signal }))
        seen.push(answer);
    })();
    // Again until the listener, who begins at a moment of its own, has heard what stands last among them.
    await expect.poll(() => change().then(() => JSON.stringify(seen)), { timeout: 20_000 }).toContain("BTWO-card");
    stop.abort();
    await ended;
    await feed.close();
    const heard = new Set(seen.map((answer) => at(answer, "data", "transactionChanged", "transactionNumber")));
    expect([...heard].sort()).toEqual(["AONE-card", "BTWO-card"]);
  });
});

test("what belongs to the whole merchant is refused to who is limited there, and answered where one is not", async () => {
  for (const [name, subgraph, query] of WIDE) {
    for (const user of ["one", "pairs", "none"]) {
      expect(codes(await graph.ask(user, subgraph, query)), `${name} for ${user}`).toEqual(["FORBIDDEN"]);
    }
    expect((await graph.ask("mixed", subgraph, query)).errors, name).toBeUndefined();
  }
});

test("a limited person starts nothing at the merchant, and the attempt is in the audit", async () => {
  const query = `mutation { resolveDiscrepancy(input: { discrepancyId: "dis_AONE", resolution: ACCEPTED, reason: "mine",
    expectedVersion: 1, idempotencyKey: "k" }) { __typename } }`;
  expect(codes(await graph.ask("one", reconciliation, query))).toEqual(["FORBIDDEN"]);
  const denied =
    "select outcome from delivery.audit_entry where merchant_id = 'mer_a' and actor_id = 'one' and action like 'discrepancy.%'";
  expect(await graph.sql(denied)).toEqual([{ outcome: "DENIED" }]);
});

/** Each place's card sale at once, in the order of the places. */
async function change(): Promise<void> {
  const rows = PLACES.map((place) => [place.merchant, cardAt(place).id]);
  await graph.sql(
    `insert into delivery.transaction_change (merchant_id, transaction_id)
     select * from unnest($1::text[], $2::text[])`,
    [rows.map(([merchant]) => merchant), rows.map(([, id]) => id)],
  );
  await graph.sql("select pg_notify('transaction_change', 'mer_a')");
}
