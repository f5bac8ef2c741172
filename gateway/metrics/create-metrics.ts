import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { Engine } from "../engine/create-engine.ts";
import type { Planner } from "../engine/planner.ts";
import type { SubgraphCaller, SubgraphFetch } from "../engine/subgraph.ts";
import type { DemandClass } from "../overload/admission.ts";
import { createOperationLabels } from "./operation-labels.ts";
import { type Watched, watchUnderWay } from "./under-way.ts";

export type Metrics = {
  /** Counts and times what an engine runs, by operation, and what it refuses, by code. */
  engine(engine: Engine): Engine;
  /** Time and count the calls of subgraphs. */
  caller(subgraph: string, call: SubgraphCaller): SubgraphCaller;
  fetch(fetch: SubgraphFetch, nameOf: (url: string) => string | undefined): SubgraphFetch;
  /** Counts an operation that was turned away because this process could not keep up. */
  shed(demandClass: DemandClass): void;
  /** Times the plans that are made. */
  planner(planner: Planner): Planner;
  /** Tells what is under way, each time the numbers are read. */
  watch(watched: Watched): void;
  /** Counts an attempt to replace the supergraph. */
  reloaded(outcome: "ok" | "failed"): void;
  /** Counts an answer to a provider's webhook. */
  webhook(provider: string, outcome: WebhookOutcome): void;
  /** All of them in the text format of Prometheus, with those of the process and of its event loop. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
};

/** `refused`: its proof was not good; `invalid`: it was none of that provider's; `failed`: it could not be kept. */
export type WebhookOutcome = "kept" | "refused" | "invalid" | "failed";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1_000;
}

/** The numbers of one gateway. Their labels come from bounded sets: nobody's request makes a series of its own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const operations = new Histogram({
    name: "concord_operation_seconds",
    help: "Operations that ran, by name and outcome; a subscription counts until it is open.",
    labelNames: ["operation", "outcome"],
    buckets: SECONDS,
    registers,
  });
  const refused = new Counter({
    name: "concord_refused_total",
    help: "Operations that were refused, by the code of their first error and the limit that they exceeded.",
    labelNames: ["code", "limit"],
    registers,
  });
  const calls = new Histogram({
    name: "concord_subgraph_call_seconds",
    help: "Calls of subgraphs, by subgraph and outcome.",
    labelNames: ["subgraph", "outcome"],
    buckets: SECONDS,
    registers,
  });
  const plans = new Histogram({
    name: "concord_plan_seconds",
    help: "Plans that were made; an operation that is known needs none.",
    buckets: SECONDS,
    registers,
  });
  const reloads = new Counter({
    name: "concord_supergraph_reloads_total",
    help: "Attempts to replace the supergraph; after one that failed the gateway goes on with the one it had.",
    labelNames: ["outcome"],
    registers,
  });
  const webhooks = new Counter({
    name: "concord_webhooks_total",
    help: "Webhooks of providers, by provider and what became of them.",
    labelNames: ["provider", "outcome"],
    registers,
  });
  const shed = new Counter({
    name: "concord_shed_total",
    help: "Operations that were turned away because the gateway could not keep up, by how urgent they are.",
    labelNames: ["class"],
    registers,
  });

  async function timed<T>(subgraph: string, call: () => Promise<T>, isFine: (answer: T) => boolean): Promise<T> {
    const startedAt = performance.now();
    let outcome = "error";
    try {
      const answer = await call();
      if (isFine(answer)) outcome = "ok";
      return answer;
    } finally {
      calls.observe({ subgraph, outcome }, secondsSince(startedAt));
    }
  }

  const labelOf = createOperationLabels();
  return {
    engine: (engine) => ({
      ...engine,
      async execute(request) {
        const startedAt = performance.now();
        const result = await engine.execute(request);
        const isStream = Symbol.asyncIterator in result;
        if (isStream || result.data !== undefined) {
          const outcome = isStream || !result.errors ? "ok" : "error";
          operations.observe({ operation: labelOf(request), outcome }, secondsSince(startedAt));
        } else {
          const { code, limit } = result.errors?.[0]?.extensions ?? {};
          refused.inc({ code: String(code), limit: typeof limit === "string" ? limit : "" });
        }
        return result;
      },
    }),
    caller: (subgraph, call) => {
      const measured: SubgraphCaller = (request) =>
        timed(
          subgraph,
          () => call(request),
          ({ errors }) => !errors?.length,
        );
      return call.subscribe ? Object.assign(measured, { subscribe: call.subscribe }) : measured;
    },
    fetch: (fetch, nameOf) => (url, init) =>
      timed(
        nameOf(url) ?? "unknown",
        () => fetch(url, init),
        ({ status }) => status < 500,
      ),
    shed: (demandClass) => shed.inc({ class: demandClass }),
    planner: (planner) => ({
      plan: async (request) => {
        const stop = plans.startTimer();
        try {
          return await planner.plan(request);
        } finally {
          stop();
        }
      },
    }),
    watch: (watched) => watchUnderWay(watched, registers),
    reloaded: (outcome) => reloads.inc({ outcome }),
    webhook: (provider, outcome) => webhooks.inc({ provider, outcome }),
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
