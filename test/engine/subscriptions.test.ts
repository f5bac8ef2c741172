import type { ExecutionResult } from "graphql";
import { afterEach, describe, expect, test } from "vitest";
import type { EngineOptions } from "../../gateway/engine/engine-options.ts";
import type { RunContext } from "../../gateway/engine/run.ts";
import { EVENT_SOURCES, type EventSource } from "./event-sources.ts";
import { PAYMENTS_GRAPH } from "./payments-graph.ts";
import { asJson, createTestGraph } from "./test-graph.ts";

const { payments } = PAYMENTS_GRAPH;
const GRAPH = {
  ...PAYMENTS_GRAPH,
  payments: { ...payments, sdl: `${payments.sdl} type Subscription { paid(by: String): Payment }` },
};
const QUERY = `subscription ($by: String) { paid(by: $by) { id state payer { email } ... on CardPayment { maskedPan } } }`;
const paid = (id: string, name = "ann") => ({
  paid: { __typename: "CardPayment", id, payer: { __typename: "Person", name } },
});
const completed = (id: string, email = "ann@example.org") => ({
  paid: { id, state: `matched ${id}`, payer: { email }, maskedPan: `****${id}` },
});

let source: EventSource;
const opened: EventSource[] = [];
afterEach(() => opened.splice(0).forEach((each) => void each.close()));

async function start(open: (typeof EVENT_SOURCES)[keyof typeof EVENT_SOURCES], options: Partial<EngineOptions> = {}) {
  source = await open(createTestGraph(GRAPH).schemas["payments"]!);
  opened.push(source);
  const graph = createTestGraph(GRAPH, { payments: source, ...options });
  async function subscribe(context: RunContext = {}, query = QUERY): Promise<AsyncIterableIterator<ExecutionResult>> {
    const result = await graph.streams.execute({ query, variables: { by: "ann" }, context });
    if (!(Symbol.asyncIterator in result)) throw new Error(JSON.stringify(result));
    return result;
  }
  return { ...graph, subscribe };
}

async function next(results: AsyncIterator<ExecutionResult>): Promise<unknown> {
  const { done, value } = await results.next();
  return done ? "done" : asJson(value);
}

const codes = (result: unknown) =>
  (result as ExecutionResult).errors?.map(({ path, extensions }) => [path?.join("."), extensions["code"]]);

describe.each(Object.entries(EVENT_SOURCES))("a subscription %s", (_, open) => {
  test("each event is completed from the other subgraphs, in order, until they end", async () => {
    const { subscribe } = await start(open);
    const results = await subscribe({ headers: { "x-user": "u1" }, deadline: Date.now() - 1 });
    const asked = await source.asked;
    expect(asked.query).toContain("paid(by: $by)");
    expect(asked.variables).toEqual({ by: "ann" });
    expect(asked.headers).toMatchObject({ "x-user": "u1" });
    expect(asked.headers).not.toHaveProperty("x-deadline");
    source.send({ data: paid("c1") });
    source.send({ data: paid("c2", "bob") });
    expect(await next(results)).toEqual({ data: completed("c1") });
    expect(await next(results)).toEqual({ data: completed("c2", "bob@example.org") });
    source.send({ data: { paid: null } });
    source.complete();
    expect(await next(results)).toEqual({ data: { paid: null } });
    expect(await next(results)).toBe("done");
  });

  test("errors of an event and of its entities keep their paths, and the next event is whole again", async () => {
    const { subscribe, intercept } = await start(open);
    const results = await subscribe();
    await source.asked;
    intercept.set("cards", () => Promise.reject(new Error("gone")));
    const errors = [{ message: "no", path: ["paid", "payer"], extensions: { code: "NOT_FOUND" } }];
    source.send({ data: { paid: { __typename: "VoucherPayment", id: "v1", payer: null } }, errors });
    source.send({ data: paid("c1") });
    source.send({ data: paid("c1") });
    const first = await next(results);
    expect(first).toMatchObject({ data: { paid: null } });
    expect(codes(first)).toEqual([["paid.payer", "NOT_FOUND"]]);
    const second = await next(results);
    expect(second).toMatchObject({ data: { paid: { id: "c1", maskedPan: null } } });
    expect(codes(second)).toEqual([["paid.maskedPan", "SUBGRAPH_UNAVAILABLE"]]);
    intercept.clear();
    expect(await next(results)).toEqual({ data: completed("c1") });
  });

  test("a reader who leaves while it waits closes the connection to the subgraph", async () => {
    const { subscribe } = await start(open);
    const results = await subscribe();
    await source.asked;
    const waiting = next(results);
    await results.return?.();
    expect(await waiting).toBe("done");
    await source.left;
    expect(await next(results)).toBe("done");
  });

  test("an aborted request closes the connection, and what is under way for its event", async () => {
    const { subscribe, intercept } = await start(open);
    const client = new AbortController();
    const fetches: AbortSignal[] = [];
    intercept.set("cards", (_call, signal) => {
      fetches.push(signal);
      client.abort();
      return new Promise(() => {});
    });
    const results = await subscribe({ signal: client.signal });
    await source.asked;
    source.send({ data: paid("c1") });
    expect(await next(results)).toBe("done");
    expect(fetches.map(({ aborted }) => aborted)).toEqual([true]);
    await source.left;
    const late = await subscribe({ signal: client.signal });
    expect(await next(late)).toBe("done");
  });

  test("a subgraph that breaks off ends the stream with an error that names no address", async () => {
    const { subscribe } = await start(open);
    const results = await subscribe();
    await source.asked;
    source.send({ data: paid("c1") });
    expect(await next(results)).toEqual({ data: completed("c1") });
    source.break();
    const last = await next(results);
    expect(last).toEqual({
      errors: [
        {
          message: `Subgraph "payments" did not answer.`,
          extensions: { code: "SUBGRAPH_UNAVAILABLE", service: "payments" },
        },
      ],
    });
    expect(await next(results)).toBe("done");
  });

  test("a reader who is too slow gets what was kept for it and then an error, and the subgraph is left", async () => {
    const { subscribe } = await start(open, { maxWaitingEvents: 3 });
    const results = await subscribe();
    await source.asked;
    for (let sent = 0; sent < 10; sent++) source.send({ data: { paid: null } });
    await source.left;
    for (let read = 0; read < 3; read++) expect(await next(results)).toEqual({ data: { paid: null } });
    expect(codes(await next(results))).toEqual([[undefined, "SUBSCRIPTION_TOO_SLOW"]]);
    expect(await next(results)).toBe("done");
  });

  test("a hanging entity fetch ends with its event's deadline, not the subscription", async () => {
    const { subscribe, intercept } = await start(open, { eventTimeoutMs: 150 });
    const results = await subscribe();
    await source.asked;
    intercept.set("cards", () => new Promise(() => {}));
    source.send({ data: paid("c1") });
    const first = await next(results);
    expect(codes(first)).toEqual([["paid.maskedPan", "DEADLINE_EXCEEDED"]]);
    intercept.clear();
    source.send({ data: paid("c1") });
    expect(await next(results)).toEqual({ data: completed("c1") });
  });

  test("closing the engine ends it with an error that says to subscribe again", async () => {
    const { subscribe, streams } = await start(open);
    const results = await subscribe();
    await source.asked;
    await streams.close();
    await source.left;
    expect(codes(await next(results))).toEqual([[undefined, "SUBSCRIPTION_ENDED"]]);
    expect(await next(results)).toBe("done");
  });

  test("the plan is explained with the first event", async () => {
    const { subscribe } = await start(open);
    const results = await subscribe({ explain: true });
    await source.asked;
    source.send({ data: { paid: null } });
    source.send({ data: { paid: null } });
    expect(await next(results)).toMatchObject({ extensions: { plan: { kind: "QueryPlan" } } });
    expect(await next(results)).not.toHaveProperty("extensions");
  });
});

const { "in the same process": _, ...CONNECTED } = EVENT_SOURCES;

describe.each(Object.entries(CONNECTED))("a subscription %s", (_, open) => {
  test("an event that is too large ends the stream", async () => {
    const { subscribe } = await start(open, { maxAnswerBytes: 10_000 });
    const results = await subscribe();
    await source.asked;
    source.send({ data: { paid: null, padding: "x".repeat(100_000) } });
    expect(codes(await next(results))).toEqual([[undefined, "RESPONSE_TOO_LARGE"]]);
    await source.left;
    expect(await next(results)).toBe("done");
  });
});

test.each([
  ["errors", { errors: [{ message: "no", extensions: { code: "FORBIDDEN" } }] }, "paid", "FORBIDDEN"],
  ["something else", "<html>bad gateway</html>", undefined, "SUBGRAPH_UNAVAILABLE"],
])("a subgraph that refuses a subscription with %s is told in one answer", async (_, body, path, code) => {
  const { streams } = createTestGraph(GRAPH, {
    fetch: async () => Response.json(body, { status: 400 }),
  });
  const results = await streams.execute({ query: QUERY });
  if (!(Symbol.asyncIterator in results)) throw new Error("one answer where a stream was expected");
  expect(codes(await next(results))).toEqual([[path, code]]);
  expect(await next(results)).toBe("done");
});
