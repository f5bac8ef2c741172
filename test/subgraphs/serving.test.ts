import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callInProcess } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import { type SubgraphServer, serveSubgraph } from "../../subgraphs/shared/subgraph/serve-subgraph.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { codes, type Graph, openGraph, plain, type Row, transactionRow } from "./support/graph.ts";

let graph: Graph;
let server: SubgraphServer;
const row = transactionRow("CCV_PAY", "one");

beforeAll(async () => {
  graph = await openGraph("serving", [subgraph], { ann: { mer_a: "finance" }, lee: { mer_a: "adapter" } });
  await graph.insert("transactions.transaction", row);
  server = await serveSubgraph(subgraph, graph.services, {
    host: "127.0.0.1",
    port: 0,
    routes: [{ method: "POST", path: "/files", handle: async (_request, response) => void response.end("taken") }],
  });
});
afterAll(async () => {
  await server.close();
  await graph.close();
});

async function post(body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body: text };
  const response = await fetch(`${server.url}/graphql`, init);
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

describe("HTTP and in-process", () => {
  const deep = `query ($id: ID!) { transaction(id: $id) { id amount { amountMinor currency } occurredAt ... on CcvPayTransaction { businessDate } } }`;
  test.each<[string, string, Row, string]>([
    ["a query", deep, { id: row.id }, "ann"],
    [
      "several fields with an error",
      '{ a: transactions(first: 0) { totalCount } b: transactions(after: "x") { totalCount } c: transaction(id: "x") { id } }',
      {},
      "ann",
    ],
    ["a caller without the permission", deep, { id: row.id }, "lee"],
    ["a syntax error", "{ transactions(", {}, "ann"],
    ["an unknown field", "{ nothing }", {}, "ann"],
    ["a variable of the wrong type", deep, { id: { a: 1 } }, "ann"],
    [
      "a range that is no date",
      "query ($f: TransactionFilter) { transactions(filter: $f) { totalCount } }",
      { f: { occurredAt: { from: "soon" } } },
      "ann",
    ],
    ["two operations", "query A { __typename } query B { __typename }", {}, "ann"],
    [
      "entities",
      "query ($r: [_Any!]!) { _entities(representations: $r) { ... on CcvPayTransaction { id } } }",
      { r: [{ __typename: "CcvPayTransaction", id: row.id }] },
      "ann",
    ],
    ["a token that is none", "{ __typename }", {}, ""],
  ])("answer %s alike", async (_name, query, variables, user) => {
    const headers: Record<string, string> = user ? { authorization: `Bearer ${await graph.token(user)}` } : {};
    const call = callInProcess(subgraph, graph.services);
    const inProcess = plain(await call({ query, variables, headers, signal: new AbortController().signal }));
    const { answer } = await post({ query, variables }, headers);
    expect(answer).toEqual(inProcess);
    expect("data" in answer || "errors" in answer).toBe(true);
  });

  test("both refuse a caller without a token, the service's own schema included", async () => {
    const { answer } = await post({ query: "{ _service { sdl } }" });
    expect(codes(answer)).toEqual(["UNAUTHENTICATED"]);
    expect(answer["data"]).toBeUndefined();
  });

  test("an operation that was aborted before it began reads nothing", async () => {
    const call = callInProcess(subgraph, graph.services);
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(call({ query: "{ __typename }", variables: {}, headers: {}, signal })).rejects.toThrow("gone");
  });
});

describe("a failure in the database", () => {
  test("shows an id that the log has, and neither SQL nor a stack", async () => {
    await graph.sql("alter table transactions.transaction rename column brand to brand_away");
    const headers = { authorization: `Bearer ${await graph.token("ann")}`, "x-request-id": "req-7" };
    const { answer } = await post(
      { query: '{ a: transactions { totalCount edges { node { brand } } } b: transaction(id: "x") { id } }' },
      headers,
    );
    await graph.sql("alter table transactions.transaction rename column brand_away to brand");
    const errors = answer["errors"] as { message: string; extensions: Row }[];
    expect(codes(answer)).toContain("INTERNAL_ERROR");
    expect(JSON.stringify(answer)).not.toMatch(/select|brand|\.ts|does not exist/i);
    const line = graph.log.lines.find((text) => text.includes(String(errors[0]?.extensions["errorId"])));
    expect(JSON.parse(line ?? "{}")).toMatchObject({ requestId: "req-7", level: 50 });
    expect(line).toContain("brand");
  });
});

describe("the server", () => {
  test.each([
    ["GET", "/live", 200],
    ["GET", "/ready", 200],
    ["POST", "/files", 200],
    ["GET", "/graphql", 404],
    ["GET", "/", 404],
    ["POST", "/elsewhere", 404],
  ])("%s %s is %d", async (method, path, status) => {
    expect((await fetch(`${server.url}${path}`, { method })).status).toBe(status);
  });

  test("refuses what is not JSON, what is too large, and introspection", async () => {
    expect((await post("{")).status).toBe(400);
    expect((await post(JSON.stringify({ query: "x".repeat(5_000_000) }))).status).toBe(413);
    const headers = { authorization: `Bearer ${await graph.token("ann")}` };
    const { answer } = await post({ query: "{ __schema { queryType { name } } }" }, headers);
    expect(codes(answer)).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
  });

  test("gives no trace to who asks for one", async () => {
    const headers = { authorization: `Bearer ${await graph.token("ann")}`, "apollo-federation-include-trace": "ftv1" };
    expect((await post({ query: "{ __typename }" }, headers)).answer).toEqual({ data: { __typename: "Query" } });
  });

  test("stops taking requests once it closes", async () => {
    const other = await serveSubgraph(subgraph, graph.services, { host: "127.0.0.1", port: 0 });
    expect((await fetch(`${other.url}/live`)).status).toBe(200);
    await other.close();
    await expect(fetch(`${other.url}/live`)).rejects.toThrow();
  });
});
