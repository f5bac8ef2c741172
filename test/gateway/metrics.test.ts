import { expect, test } from "vitest";
import { PAYMENTS_GRAPH } from "../engine/payments-graph.ts";
import { createTestGraph } from "../engine/test-graph.ts";
import { orderEvents } from "./support/order-events.ts";
import { inProcess, ordersSchemas, ordersSupergraph, overHttp } from "./support/orders-graph.ts";
import { socketClient } from "./support/socket-client.ts";
import { startTestGateway, type TestGateway, until } from "./support/test-gateway.ts";

const CONFIG = { host: "127.0.0.1", port: 0, metricsPort: 0 };

test("operations are counted by name, refusals by code and calls by subgraph", async () => {
  const gateway = await startTestGateway({ config: CONFIG, limits: { all: { depth: 3 } } });
  await gateway.query("query Prices { orders { id cents } }");
  await gateway.query("query Prices { orders { cents } }");
  await gateway.query("{ orders { id } }");
  await gateway.query("{ nothing }");
  await gateway.query("{ parent { parent { parent { __typename } } } }");
  const lines = await read(gateway);
  expect(lines).toContain('concord_operation_seconds_count{operation="Prices",outcome="ok"} 2');
  expect(lines).toContain('concord_operation_seconds_count{operation="anonymous",outcome="ok"} 1');
  expect(lines).toContain('concord_refused_total{code="GRAPHQL_VALIDATION_FAILED",limit=""} 1');
  expect(lines).toContain('concord_refused_total{code="OPERATION_TOO_LARGE",limit="depth"} 1');
  // Three documents that ran; what is refused is not planned.
  expect(lines).toContain("concord_plan_seconds_count 3");
  expect(lines).toContain('concord_subgraph_call_seconds_count{subgraph="orders",outcome="ok"} 3');
  expect(lines).toContain('concord_subgraph_call_seconds_count{subgraph="prices",outcome="ok"} 2');
  expect(lines.some((line) => line.startsWith("nodejs_eventloop_lag_p99_seconds "))).toBe(true);
  expect(lines.some((line) => line.startsWith("process_cpu_seconds_total "))).toBe(true);
});

test("what is measured is planned as what is not: an object of an interface has what only its type's subgraph knows", async () => {
  const { supergraphSdl, schemas } = createTestGraph(PAYMENTS_GRAPH);
  const gateway = await startTestGateway({ config: CONFIG, supergraphSdl, callers: inProcess(schemas) });
  const { body } = await gateway.query(
    "{ finding { ... on Verdict { payment { ... on CardPayment { maskedPan } } } } }",
  );
  expect(body).toEqual({ data: { finding: { payment: { maskedPan: "****c2" } } } });
});

test("calls that fail are counted apart, over HTTP too", async () => {
  const prices = await overHttp("prices", ordersSchemas().prices);
  await prices.close();
  const gateway = await startTestGateway({
    config: CONFIG,
    supergraphSdl: ordersSupergraph({ prices: prices.url }),
    callers: { orders: inProcess(ordersSchemas())["orders"]! },
  });
  await gateway.query("query Prices { orders { id cents } }");
  const lines = await read(gateway);
  expect(lines).toContain('concord_subgraph_call_seconds_count{subgraph="prices",outcome="error"} 1');
  expect(lines).toContain('concord_operation_seconds_count{operation="Prices",outcome="error"} 1');
});

test("what is open is told as it is now", async () => {
  const { callers, open } = orderEvents();
  const gateway = await startTestGateway({ config: CONFIG, callers });
  const { client, start } = socketClient(gateway.url);
  start({ query: "subscription { orderChanged { id } }" });
  await until(() => open() === 1);
  const during = await read(gateway);
  expect(during).toContain("concord_open_sockets 1");
  expect(during).toContain("concord_open_streams 1");
  expect(during).toContain("concord_operations_in_flight 0");
  expect(during).toContain("concord_overload_level 0");
  client.terminate();
  await until(() => open() === 0);
  const after = await read(gateway);
  expect(after).toContain("concord_open_sockets 0");
  expect(after).toContain("concord_open_streams 0");
});

test("names beyond a hundred and fifty share one series, and all series stay below five thousand", async () => {
  const gateway = await startTestGateway({ config: CONFIG });
  for (let i = 0; i < 155; i += 1) await gateway.query(`query Name${i} { __typename }`);
  const lines = await read(gateway);
  const counts = lines.filter((line) => line.startsWith("concord_operation_seconds_count"));
  expect(counts).toHaveLength(151);
  expect(counts).toContain('concord_operation_seconds_count{operation="other",outcome="ok"} 5');
  const isSeries = (line: string) => line !== "" && !line.startsWith("#");
  const ofOperations = lines.filter((line) => isSeries(line) && line.startsWith("concord_operation_seconds"));
  // Each of them may fail as well as it may succeed.
  expect(lines.filter(isSeries).length + ofOperations.length).toBeLessThan(5_000);
});

test("nothing but the metrics is at their port, and they are not at the gateway's", async () => {
  const { url, metricsUrl } = await startTestGateway({ config: CONFIG });
  expect((await fetch(new URL("/graphql", metricsUrl))).status).toBe(404);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
  expect((await startTestGateway()).metricsUrl).toBeUndefined();
});

test("the plan of an operation is told in development to who asks, and to nobody elsewhere", async () => {
  const headers = { "x-concord-explain": "1" };
  const development = await startTestGateway({ graphiql: true });
  const asked = await development.query("{ orders { id cents } }", { headers });
  expect(asked.body).toMatchObject({ data: {}, extensions: { plan: { kind: "QueryPlan" } } });
  expect((await development.query("{ orders { id cents } }")).body).not.toHaveProperty("extensions");
  const elsewhere = await startTestGateway();
  expect((await elsewhere.query("{ orders { id cents } }", { headers })).body).not.toHaveProperty("extensions");
});

async function read({ metricsUrl = "" }: TestGateway): Promise<string[]> {
  const response = await fetch(metricsUrl);
  expect(response.status).toBe(200);
  return (await response.text()).split("\n");
}
