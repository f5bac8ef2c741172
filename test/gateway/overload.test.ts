import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { graphql } from "graphql";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { createAdmission, type DemandClass } from "../../gateway/overload/admission.ts";
import { createPressure } from "../../gateway/overload/pressure.ts";
import { ordersSchemas, ordersSupergraph } from "./support/orders-graph.ts";
import { startTestGateway, type TestGateway } from "./support/test-gateway.ts";

const CONFIG = { host: "127.0.0.1", port: 0, metricsPort: 0 };

describe("pressure", () => {
  const settings = { maxDelayMs: 200, maxUtilisation: 0.95, patience: 3, leastInFlight: 10 };
  const busy = { delayMs: 300, utilisation: 1, inFlight: 50 };
  const calm = { delayMs: 20, utilisation: 0.5, inFlight: 50 };

  test("rises after a while, one level a look, and falls as it rose", () => {
    const pressure = createPressure(settings);
    const readings = [busy, busy, busy, busy, busy, busy, calm, calm, busy, calm, calm, calm];
    expect(readings.map((reading) => pressure(reading))).toEqual([0, 0, 1, 2, 3, 3, 2, 1, 1, 0, 0, 0]);
  });

  test.each([
    ["a busy loop without work that waits", { delayMs: 20, utilisation: 1, inFlight: 15 }, 0],
    ["a machine that is busy with something else", { delayMs: 900, utilisation: 1, inFlight: 5 }, 0],
    ["a loop that is late", { delayMs: 201, utilisation: 0.3, inFlight: 11 }, 3],
    ["a busy loop while work waits", { delayMs: 20, utilisation: 0.96, inFlight: 21 }, 3],
  ])("%s: level %o in the end is %i", (_, reading, level) => {
    const pressure = createPressure(settings);
    expect(Array.from({ length: 8 }, () => pressure(reading)).at(-1)).toBe(level);
  });
});

test("the least urgent operations are turned away first, mutations last", () => {
  const shed: DemandClass[] = [];
  const onShed = (demandClass: DemandClass) => void shed.push(demandClass);
  const admission = createAdmission({ maxInFlight: 20, log: pino({ level: "silent" }), onShed });
  onTestFinished(admission.close);
  const demands = {
    heavy: { kind: "query", cost: 1_000 },
    list: { kind: "query", cost: 25 },
    subscription: { kind: "subscription", cost: 0 },
    read: { kind: "query", cost: 5 },
    mutation: { kind: "mutation", cost: 1_000 },
  } as const;
  const taken = Object.values(demands).map((demand) => {
    let count = 0;
    while ("release" in admission.admit(demand)) count++;
    return count;
  });
  expect(taken).toEqual([10, 5, 0, 3, 2]);
  expect(shed).toEqual(["heavy", "list", "list", "read", "mutation"]);
});

test("an operation that is answered leaves its place, once, and so does one that is refused by a budget", async () => {
  const admission = createAdmission({ maxInFlight: 20, log: pino({ level: "silent" }) });
  onTestFinished(admission.close);
  const admitted = admission.admit({ kind: "query", cost: 1 });
  if ("refusal" in admitted) throw admitted.refusal;
  expect(admission.counts().inFlight).toBe(1);
  admitted.release();
  admitted.release();
  expect(admission.counts().inFlight).toBe(0);
});

test("three times the load: what is taken is answered as soon, as much of it, and the rest is told at once", async () => {
  const shedding = await offered(3 * CAPACITY, 12);
  const control = await offered(3 * CAPACITY, 99_999);
  process.stdout.write(`${JSON.stringify({ shedding, control }, shortened)}\n`);
  expect(shedding.failures).toEqual([]);
  // Both keep the subgraph at work without a pause, however fast it is on this machine.
  expect(shedding.perSecond).toBeGreaterThan(0.6 * control.perSecond);
  // Eleven places in front of twenty answers a second are half a second. A busy machine gives fewer answers, and more
  // time goes by before they are read: three times what the places take at the pace that it had.
  expect(shedding.p50).toBeLessThan(3_000 * (11 / shedding.perSecond));
  expect(shedding.p99).toBeLessThan(0.75 * control.p99);
  expect(shedding.p50).toBeLessThan(0.5 * control.p50);
  // The control has no bound by number; where the machine is so busy that the event loop is late, it sheds as well.
  expect(shedding.refused.length).toBeGreaterThan(2 * control.refused.length);
  expect(shedding.refused.length).toBeGreaterThan(50);
  expect(Math.min(...shedding.refused)).toBeLessThan(50);
  expect(median(shedding.refused)).toBeLessThan(0.5 * shedding.p50);
  expect(new Set([...shedding.urgent, ...shedding.health])).toEqual(new Set([200]));
});

const PLACES = 4;
const WORK_MS = 200;
/** What the slow subgraph can answer. */
const CAPACITY = (PLACES * 1_000) / WORK_MS;
const OFFERED_MS = 4_000;

type Outcome = {
  /** Answers a second. */
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** How long each refusal took, in milliseconds. */
  readonly refused: number[];
  readonly failures: readonly string[];
  /** The statuses of mutations and of probes meanwhile. */
  readonly urgent: readonly number[];
  readonly health: readonly number[];
};

/** Offers so many operations a second to a gateway of its own in front of a slow subgraph. */
async function offered(perSecond: number, maxInFlight: number): Promise<Outcome> {
  const orders = await startSlowSubgraph();
  const gateway = await startTestGateway({
    supergraphSdl: ordersSupergraph({ orders: orders.url }),
    callers: {},
    config: { ...CONFIG, maxInFlight },
  });
  // A plan that is made, and code that is compiled, are not what is measured.
  for (let i = 0; i < 8; i++) await gateway.query("{ orders { id } }");
  const waits: number[] = [];
  const refused: number[] = [];
  const failures: string[] = [];
  const urgent: number[] = [];
  const health: number[] = [];
  const asked: Promise<void>[] = [];
  const startedAt = performance.now();
  let lastAt = startedAt;
  const ask = async () => {
    const at = performance.now();
    const { status, body, headers } = await gateway.query("{ orders { id } }");
    const ms = performance.now() - at;
    const code = body.errors?.[0]?.extensions["code"];
    if (status === 200 && !body.errors) {
      waits.push(ms);
      lastAt = performance.now();
    } else if (status === 503 && code === "OVERLOADED" && Number(headers.get("retry-after")) > 0) refused.push(ms);
    else failures.push(`${status} ${JSON.stringify(body)}`);
  };
  const probe = async () => {
    urgent.push((await gateway.query('mutation { cancel(id: "1") }')).status);
    health.push((await fetch(`${gateway.url}/live`)).status);
  };
  // As many as are due by the clock: a machine that was busy catches up.
  const all = Math.round((perSecond * OFFERED_MS) / 1_000);
  for (let sent = 0; sent < all; await delay(5)) {
    const due = Math.min(all, ((performance.now() - startedAt) * perSecond) / 1_000);
    for (; sent < due; sent++) asked.push(sent % 60 === 30 ? probe() : ask());
  }
  await Promise.all(asked);
  const elapsed = lastAt - startedAt;
  await expectCounted(gateway, refused.length);
  await gateway.close();
  await orders.close();
  const p50 = median(waits);
  const p99 = waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? 0;
  return { perSecond: (waits.length * 1_000) / elapsed, p50, p99, refused, failures, urgent, health };
}

async function expectCounted({ metricsUrl = "" }: TestGateway, refused: number): Promise<void> {
  const lines = (await (await fetch(metricsUrl)).text()).split("\n");
  expect(lines).toContain("concord_operations_in_flight 0");
  if (refused > 0) expect(lines).toContain(`concord_shed_total{class="read"} ${refused}`);
}

/** The orders subgraph with few hands: each answer takes its time, and only so many are made at once. */
async function startSlowSubgraph(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const schema = ordersSchemas().orders;
  const waiting: (() => void)[] = [];
  let free = PLACES;
  const server = createServer(async (request, response) => {
    const { query, variables } = JSON.parse(await text(request)) as { query: string; variables?: object };
    if (!query.startsWith("mutation")) {
      if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      else free--;
      await delay(WORK_MS);
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(await graphql({ schema, source: query, variableValues: { ...variables } })));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function shortened(_: string, value: unknown): unknown {
  if (typeof value === "number") return Math.round(value);
  return Array.isArray(value) && value.length > 3 ? `${value.length} of them` : value;
}
