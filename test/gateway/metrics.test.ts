import { expect, test } from "vitest";
import { inProcess, ordersSchemas, ordersSupergraph, overHttp } from "./support/orders-graph.ts";
import { startTestGateway, type TestGateway } from "./support/test-gateway.ts";

const CONFIG = { host: "127.0.0.1", port: 0, metricsPort: 0 };

test("operations are counted by name, refusals by code and calls by subgraph", async () => {
  const gateway = await startTestGateway({ config: CONFIG });
  await gateway.query("query Prices { orders { id cents } }");
  await gateway.query("query Prices { orders { cents } }");
  await gateway.query("{ orders { id } }");
  await gateway.query("{ nothing }");
  const lines = await read(gateway);
  expect(lines).toContain('concord_operation_seconds_count{operation="Prices",outcome="ok"} 2');
  expect(lines).toContain('concord_operation_seconds_count{operation="anonymous",outcome="ok"} 1');
  expect(lines).toContain('concord_refused_total{code="GRAPHQL_VALIDATION_FAILED"} 1');
  expect(lines).toContain('concord_subgraph_call_seconds_count{subgraph="orders",outcome="ok"} 3');
  expect(lines).toContain('concord_subgraph_call_seconds_count{subgraph="prices",outcome="ok"} 2');
  expect(lines.some((line) => line.startsWith("nodejs_eventloop_lag_p99_seconds "))).toBe(true);
  expect(lines.some((line) => line.startsWith("process_cpu_seconds_total "))).toBe(true);
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

test("names beyond two hundred share one series", async () => {
  const gateway = await startTestGateway({ config: CONFIG });
  for (let i = 0; i < 205; i += 1) await gateway.query(`query Name${i} { __typename }`);
  const counts = (await read(gateway)).filter((line) => line.startsWith("concord_operation_seconds_count"));
  expect(counts).toHaveLength(201);
  expect(counts).toContain('concord_operation_seconds_count{operation="other",outcome="ok"} 5');
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
