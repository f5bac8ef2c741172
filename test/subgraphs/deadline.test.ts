import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { callInProcess } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import { type SubgraphServer, serveSubgraph } from "../../subgraphs/shared/subgraph/serve-subgraph.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { until } from "../support/until.ts";
import { codes, type Graph, openGraph } from "./support/graph.ts";

const QUERY = "{ transactions(first: 1) { totalCount } }";

let graph: Graph;
let server: SubgraphServer;
let authorization: string;
beforeAll(async () => {
  graph = await openGraph("deadline", [subgraph], { ann: { mer_a: "finance" } });
  server = await serveSubgraph(subgraph, graph.services, { host: "127.0.0.1", port: 0 });
  authorization = `Bearer ${await graph.token("ann")}`;
});
afterAll(async () => {
  await server.close();
  await graph.close();
});

/** Another client holds what every statement needs, so that none of them ends by itself. */
let release: () => Promise<void>;
beforeEach(async () => {
  const blocker = new pg.Client({ connectionString: graph.url });
  await blocker.connect();
  await blocker.query("begin; lock table transactions.transaction in access exclusive mode");
  release = () => blocker.end();
  return release;
});

/** Statements of the subgraph that PostgreSQL is working on. */
async function running(): Promise<number> {
  const [row] = await graph.sql<{ count: string }>(`select count(*) from pg_stat_activity
    where datname = current_database() and application_name = 'concord-app' and state = 'active'`);
  return Number(row?.count);
}

test("a statement that takes longer than the deadline is cancelled in PostgreSQL, and the answer says why", async () => {
  const startedAt = Date.now();
  const answer = post({ "x-deadline": `${startedAt + 1_000}` });
  await until(async () => (await running()) === 1);
  expect(await answer).toMatchObject({ errors: [{ extensions: { code: "DEADLINE_EXCEEDED" } }] });
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_000);
  // Not the five seconds that a statement may have at most.
  expect(Date.now() - startedAt).toBeLessThan(4_500);
  expect(await running()).toBe(0);
  await expectHealthy();
});

test("the same in the gateway's process", async () => {
  const call = callInProcess(subgraph, graph.services);
  const headers = { authorization, "x-deadline": `${Date.now() + 500}` };
  const answer = await call({ query: QUERY, variables: {}, headers, signal: new AbortController().signal });
  expect(codes(answer)).toEqual(["DEADLINE_EXCEEDED"]);
  expect(await running()).toBe(0);
  await expectHealthy();
});

test("a caller that leaves takes its statement along", async () => {
  const leaving = new AbortController();
  const answer = post({}, leaving.signal);
  answer.catch(() => undefined);
  await until(async () => (await running()) === 1);
  leaving.abort();
  await until(async () => (await running()) === 0, 3_000);
  await expectHealthy();
});

test("what comes after its deadline is not begun", async () => {
  expect(await post({ "x-deadline": `${Date.now() - 1}` })).toMatchObject({
    errors: [{ extensions: { code: "DEADLINE_EXCEEDED" } }],
  });
});

test.each(["", "soon", "-1", "1e99"])("%j is no deadline, and holds nobody up", async (text) => {
  await release();
  expect(await post({ "x-deadline": text })).toEqual({ data: { transactions: { totalCount: "0" } } });
});

/** The connection that was cut short serves the next request. */
async function expectHealthy(): Promise<void> {
  await release();
  for (let i = 0; i < 8; i++) expect(await post()).toEqual({ data: { transactions: { totalCount: "0" } } });
}

async function post(headers: Record<string, string> = {}, signal?: AbortSignal): Promise<unknown> {
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json", ...headers },
    body: JSON.stringify({ query: QUERY }),
    ...(signal && { signal }),
  });
  return response.json();
}
