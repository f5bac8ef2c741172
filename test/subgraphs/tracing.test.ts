import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { composeSupergraph } from "../../gateway/composition/compose.ts";
import { type Gateway, startGateway } from "../../gateway/start-gateway.ts";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { relayOutbox } from "../../subgraphs/reconciliation/work/relay-outbox.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { createJobs } from "../../subgraphs/shared/jobs/jobs.ts";
import { createLog, type Log } from "../../subgraphs/shared/log.ts";
import { callInProcess } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import { serveSubgraph } from "../../subgraphs/shared/subgraph/serve-subgraph.ts";
import { subgraph as transactions } from "../../subgraphs/transactions/subgraph.ts";
import { openPostgresStore } from "../support/job-stores.ts";
import { type RecordedSpans, recordSpans } from "../support/spans.ts";
import { until } from "../support/until.ts";
import type { Graph } from "./support/graph.ts";
import { openSettledGraph } from "./support/settled-graph.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;

let graph: Graph;
let gateway: Gateway;
let recorded: RecordedSpans;
const lines: Record<string, unknown>[] = [];
const log: Log = createLog({ logLevel: "debug" }, {}, { write: (line) => lines.push(JSON.parse(line)) });
const closing: (() => Promise<unknown>)[] = [];

/** The list over HTTP, reconciliation in the gateway's process. */
beforeAll(async () => {
  graph = await openSettledGraph("tracing");
  const services = { ...graph.services, log };
  const server = await serveSubgraph(transactions, services, { host: "127.0.0.1", port: 0 });
  const { supergraphSdl } = composeSupergraph([
    { name: transactions.name, url: `${server.url}/graphql`, sdl: transactions.sdl },
    { name: reconciliation.name, url: "http://reconciliation.invalid/", sdl: reconciliation.sdl },
  ]);
  gateway = await startGateway({
    config: { host: "127.0.0.1", port: 0 },
    log,
    supergraphSdl,
    callers: { reconciliation: callInProcess(reconciliation, services) },
    identity: (token) => graph.services.verifyToken(`Bearer ${token}`),
    receiveFile: async () => ({ status: 500, body: {} }),
    readiness: async () => ({}),
    graphiql: false,
  });
  recorded = recordSpans();
  closing.push(
    () => gateway.close(),
    () => server.close(),
    () => graph.close(),
  );
});
beforeEach(() => recorded.clear());
afterAll(async () => {
  recorded?.stop();
  for (const close of closing) await close();
});

const LIST = `query ($number: String) { transactions(filter: { transactionNumber: $number }) {
  edges { node { id reconciliationState settlement { lineNumber } } } } }`;

test("one trace leads from the client's request over the plan and the calls to each statement", async () => {
  const body = await ask(LIST, { number: "card" }, { traceparent: TRACEPARENT, tracestate: "x".repeat(10_000) });
  expect(body).not.toHaveProperty("errors");
  await until(() => named("POST request").length === 1);
  const [request] = named("POST request");
  expect(request?.parentSpanContext?.spanId).toBe(TRACEPARENT.split("-")[2]);
  expect(request?.attributes).toEqual({ "url.path": "/graphql", "http.response.status_code": 200 });
  expect(pathsOf(recorded.spans())).toEqual(
    expect.arrayContaining([
      "POST request",
      "POST request > plan",
      "POST request > call transactions",
      "POST request > call transactions > subgraph transactions",
      "POST request > call reconciliation",
      "POST request > call reconciliation > subgraph reconciliation",
    ]),
  );
  const statements = recorded.spans().filter(({ attributes }) => attributes["db.query.text"] !== undefined);
  const under = (subgraph: string) => pathsOf(statements).filter((path) => path.includes(`> subgraph ${subgraph} >`));
  expect(under("transactions").length).toBeGreaterThan(1);
  expect(under("reconciliation").length).toBeGreaterThan(1);
  expect(new Set(recorded.spans().map((span) => span.spanContext().traceId))).toEqual(new Set([TRACE_ID]));
});

test("nothing that a person or a provider wrote is in a span", async () => {
  await ask(LIST, { number: "card-4711-secret" });
  await until(() => named("POST request").length === 1);
  const told = JSON.stringify(
    recorded.spans().map(({ name, attributes, events, links }) => [name, attributes, events, links]),
  );
  expect(told).not.toContain("4711");
  expect(told).not.toContain("mer_a");
  expect(told).not.toContain("Bearer");
});

test("a failure marks its spans by code, and the lines of the log lead to the trace", async () => {
  lines.length = 0;
  await ask('{ transactions(after: "x") { totalCount } }', {}, { traceparent: TRACEPARENT });
  await until(() => named("POST request").length === 1);
  const [subgraph] = named("subgraph transactions");
  expect(subgraph?.status.code).toBe(2);
  expect(subgraph?.attributes["error.type"]).toBe("INVALID_CURSOR");
  await ask("{ nothing }", {}, { traceparent: TRACEPARENT });
  const refused = lines.filter(({ msg }) => msg === "an operation was refused");
  expect(refused).toMatchObject([{ traceId: TRACE_ID, requestId: expect.any(String) }]);
});

test("a job points back to the request that ordered it, through the outbox", async () => {
  const start = `mutation ($input: StartReconciliationInput!) { startReconciliation(input: $input) { __typename } }`;
  const input = { mode: "DRY_RUN", idempotencyKey: "traced-1" };
  const body = await ask(start, { input }, { traceparent: TRACEPARENT });
  expect(body).toEqual({ data: { startReconciliation: { __typename: "ReconciliationRun" } } });
  const [order] = await graph.sql<{ trace: string }>("select trace from delivery.outbox where sent_at is null");
  expect(order?.trace).toContain(TRACE_ID);

  const store = await openPostgresStore();
  const database = await openDatabase(
    { url: graph.url },
    { role: "worker", maxConnections: 2, onError: () => undefined },
  );
  const jobs = createJobs(store.store, { prefix: `test-trace-${process.pid}`, log });
  try {
    jobs.worker("reconcile", async ({ runId }) => log.info({ runId }, "the job ran"), {});
    expect(await relayOutbox(database, jobs)).toBe(1);
    await until(() => named("job reconcile").length === 1);
    const [enqueued] = named("enqueue reconcile");
    const [job] = named("job reconcile");
    expect(enqueued?.spanContext().traceId).toBe(TRACE_ID);
    expect(job?.links.map(({ context }) => context.spanId)).toEqual([enqueued?.spanContext().spanId]);
    expect(job?.parentSpanContext).toBeUndefined();
    expect(lines.find(({ msg }) => msg === "the job ran")).toMatchObject({ traceId: job?.spanContext().traceId });
  } finally {
    await jobs.close(0);
    await database.destroy();
    await store.remove();
  }
});

test("without an SDK nothing is recorded, sent along or kept", async () => {
  recorded.stop();
  lines.length = 0;
  expect(await ask(LIST, { number: "card" })).not.toHaveProperty("errors");
  expect(recorded.spans()).toEqual([]);
  expect(lines.filter((line) => "traceId" in line)).toEqual([]);
});

function named(name: string): readonly ReadableSpan[] {
  return recorded.spans().filter((span) => span.name === name);
}

/** Each span with those above it. */
function pathsOf(spans: readonly ReadableSpan[]): string[] {
  const byId = new Map(recorded.spans().map((span) => [span.spanContext().spanId, span]));
  const pathOf = (span: ReadableSpan): string => {
    const parent = byId.get(span.parentSpanContext?.spanId ?? "");
    return parent ? `${pathOf(parent)} > ${span.name}` : span.name;
  };
  return spans.map(pathOf);
}

async function ask(query: string, variables: object, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${await graph.token("ann")}`, "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}
