import { beforeAll, expect, onTestFinished, test } from "vitest";
import { startLoad } from "../support/steady-load.ts";
import { until as eventually } from "../support/until.ts";
import { MARKS_QUERY, type MarkedGraph, markOf, startMarkedGraph } from "./support/marked-graphs.ts";
import { orderEvents } from "./support/order-events.ts";
import { ordersSupergraph } from "./support/orders-graph.ts";
import { socketClient } from "./support/socket-client.ts";
import { startTestGateway, type TestGateway, until } from "./support/test-gateway.ts";

const CONFIG = { host: "127.0.0.1", port: 0, metricsPort: 0 };

let graphs: readonly [MarkedGraph, MarkedGraph];
beforeAll(async () => {
  graphs = [await startMarkedGraph("markA"), await startMarkedGraph("markB")];
  return async () => {
    await Promise.all(graphs.map((graph) => graph.close()));
  };
});

test("twenty reloads under a hundred requests a second lose none and mix no two graphs", async () => {
  const gateway = await start();
  const marks = new Map<string, number>();
  let asked = 0;
  const load = startLoad(100, async () => {
    // Every fifth document is new to the gateway, so that plans are made while the graph is replaced.
    const document = asked++ % 5 === 0 ? `query Q${asked} ${MARKS_QUERY}` : MARKS_QUERY;
    const { status, body } = await gateway.query(document);
    if (status !== 200) throw new Error(`status ${status}: ${JSON.stringify(body)}`);
    const mark = markOf(body);
    marks.set(mark, (marks.get(mark) ?? 0) + 1);
  });
  for (let reload = 1; reload <= 20; reload++) {
    const before = load.answered();
    await eventually(() => load.answered() > before + 20, 60_000);
    expect(await gateway.reload(async () => graphs[reload % 2]!.supergraphSdl)).toBe(true);
    // What begins after the reload is answered by the new graph alone.
    expect(markOf((await gateway.query(MARKS_QUERY)).body)).toBe(reload % 2 === 0 ? "markA" : "markB");
  }
  const { answered, failures } = await load.stop();
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThanOrEqual(20 * 20);
  expect([...marks.keys()].sort()).toEqual(["markA", "markB"]);
  expect(Math.min(...marks.values())).toBeGreaterThan(answered / 10);
  expect(await metrics(gateway)).toContain('concord_supergraph_reloads_total{outcome="ok"} 20');
}, 300_000);

test("what may be asked changes with the graph, and so does what it costs", async () => {
  const gateway = await start();
  const of = (mark: string) => gateway.query(`{ orders { ${mark} } }`);
  expect((await of("markA")).status).toBe(200);
  expect((await of("markB")).body.errors).toMatchObject([{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }]);
  const cost = async () => {
    const { body } = await gateway.query("{ orders { id } }", { headers: { "x-show-cost": "1" } });
    return (body as { extensions?: { cost?: number } }).extensions?.cost;
  };
  expect(await cost()).toBe(5);
  await gateway.reload(async () => graphs[1].supergraphSdl);
  expect((await of("markB")).status).toBe(200);
  expect((await of("markA")).body.errors).toMatchObject([{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }]);
  const paged = graphs[1].supergraphSdl.replace("orders: [Order]", "orders(first: Int): [Order]");
  expect(paged).not.toBe(graphs[1].supergraphSdl);
  await gateway.reload(async () => paged);
  expect(await cost()).toBe(25);
});

test.each([
  ["cannot be read", async () => Promise.reject(new Error("no such file"))],
  ["is cut off", async () => graphs[1].supergraphSdl.slice(0, 500)],
  ["is no supergraph", async () => "type Query { orders: Int }"],
])("a supergraph that %s leaves the one in place, with an error in the log and in the metrics", async (_, read) => {
  const gateway = await start();
  expect(await gateway.reload(read)).toBe(false);
  expect(markOf((await gateway.query(MARKS_QUERY)).body)).toBe("markA");
  expect(gateway.lines.filter(({ level }) => level === 50)).toMatchObject([
    { msg: expect.stringContaining("goes on") },
  ]);
  expect(await metrics(gateway)).toContain('concord_supergraph_reloads_total{outcome="failed"} 1');
  expect(await gateway.reload(async () => graphs[1].supergraphSdl)).toBe(true);
  expect(markOf((await gateway.query(MARKS_QUERY)).body)).toBe("markB");
});

test("the same supergraph again is no reload", async () => {
  const gateway = await start();
  expect(await gateway.reload(async () => graphs[0].supergraphSdl)).toBe(false);
  expect((await metrics(gateway)).join()).not.toContain("concord_supergraph_reloads_total{");
});

test("a subscription over a socket is told that the graph was replaced, and its client can begin it again", async () => {
  const { callers, open, emit } = orderEvents();
  const gateway = await startTestGateway({ callers });
  const { run, start: begin } = socketClient(gateway.url, { lazy: false });
  const payload = { query: "subscription { orderChanged { id cents } }" };
  const told = run(payload);
  await until(() => open() === 1);
  await gateway.reload(async () => ordersSupergraph({ prices: "http://elsewhere.invalid/" }));
  expect(await told).toMatchObject([{ errors: [{ extensions: { code: "SUBSCRIPTION_ENDED" } }] }]);
  const again = begin(payload);
  await until(() => open() === 1);
  emit("3");
  await until(() => again.told.length > 0);
  expect(again.told).toEqual([{ next: { data: { orderChanged: { id: "3", cents: 300 } } } }]);
});

async function start(): Promise<TestGateway> {
  const gateway = await startTestGateway({
    supergraphSdl: graphs[0].supergraphSdl,
    callers: {},
    graphiql: true,
    config: CONFIG,
  });
  onTestFinished(gateway.close);
  return gateway;
}

async function metrics({ metricsUrl = "" }: TestGateway): Promise<string[]> {
  return (await (await fetch(metricsUrl)).text()).split("\n");
}
