import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callInProcess } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { type Graph, openGraph, plain, transactionRow } from "./support/graph.ts";

/**
 * Two users share one connection to the database, and many of their calls are cut off in the middle: whatever is left on
 * the connection, neither may ever see a row of the other's.
 */
const CALLS = 10_000;
const IN_FLIGHT = 16;
const ROWS = 20;

let graph: Graph;
beforeAll(async () => {
  const members = { ann: { mer_a: "finance" }, bob: { mer_b: "finance" } } as const;
  graph = await openGraph("one_connection", [subgraph], members, { maxConnections: 1 });
  for (let row = 0; row < ROWS; row++) {
    for (const [merchant_id, mark] of [
      ["mer_a", "ANN"],
      ["mer_b", "BOB"],
    ]) {
      await graph.insert("transactions.transaction", {
        ...transactionRow("CCV_PAY", `${mark}-${row}`, { merchant_id }),
        ingest_seq: row,
      });
    }
  }
});
afterAll(() => graph.close());

const QUERIES = [
  "{ transactions(first: 20) { totalCount edges { node { providerReference } } } }",
  "{ transactions(first: 5) { totals { count gross { amountMinor } } edges { node { transactionNumber history { kind } } } } }",
  "query ($id: ID!) { transaction(id: $id) { providerReference } }",
];

test("ten thousand calls with cancels, timeouts and kills between never mix two users' rows", {
  retry: 0,
}, async () => {
  const call = callInProcess(subgraph, graph.services);
  const ids = (await graph.sql<{ id: string }>("select id from transactions.transaction order by id")).map(
    ({ id }) => id,
  );
  const tokens = { ann: await graph.token("ann"), bob: await graph.token("bob") };
  const fates = fc.sample(FATE, { seed: 20261128, numRuns: CALLS });
  const ends = { answered: 0, cut: 0 };
  const mixed: string[] = [];
  const ask = async (fate: Fate): Promise<void> => {
    const { user, query, id, cancelMs, deadlineMs } = fate;
    const leaving = new AbortController();
    if (cancelMs !== undefined) setTimeout(() => leaving.abort(), cancelMs);
    const headers = {
      authorization: `Bearer ${tokens[user]}`,
      ...(deadlineMs !== undefined && { "x-deadline": `${Date.now() + deadlineMs}` }),
    };
    const variables = { id: ids[id % ids.length] };
    const asked = call({ query: QUERIES[query] ?? "", variables, headers, signal: leaving.signal });
    const answer = await asked.then((value) => JSON.stringify(plain(value))).catch(() => undefined);
    if (answer?.includes(user === "ann" ? "BOB-" : "ANN-")) mixed.push(answer);
    // A list is whole or it is an error: fewer rows than there are would be a lie.
    const isAnswered = answer !== undefined && !answer.includes('"errors"');
    if (isAnswered && query === 0) expect(answer).toContain(`"totalCount":"${ROWS}"`);
    ends[isAnswered ? "answered" : "cut"]++;
  };
  let next = 0;
  const worker = async () => {
    for (let fate = fates[next++]; fate; fate = fates[next++]) {
      if (fate.kill) await graph.sql(KILL);
      await ask(fate);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  expect(mixed).toEqual([]);
  expect(ends.answered + ends.cut).toBe(CALLS);
  // Both ends of a call were seen often, or nothing was tried.
  expect(Math.min(ends.answered, ends.cut)).toBeGreaterThan(CALLS / 50);
});

type Fate = typeof FATE extends fc.Arbitrary<infer T> ? T : never;
const FATE = fc.record({
  user: fc.constantFrom("ann" as const, "bob" as const),
  query: fc.nat({ max: QUERIES.length - 1 }),
  id: fc.nat({ max: 2 * ROWS - 1 }),
  cancelMs: fc.nat({ max: 200 }).map((number) => (number <= 30 ? number : undefined)),
  deadlineMs: fc.nat({ max: 300 }).map((number) => (number <= 30 ? number : undefined)),
  kill: fc.nat({ max: 199 }).map((number) => number === 0),
});

const KILL = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name = 'concord-app'`;
