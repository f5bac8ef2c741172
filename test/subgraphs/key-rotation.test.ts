import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { callSigner } from "../../commands/call-keys.ts";
import { createSubgraphFetch } from "../../gateway/subgraph-fetch.ts";
import { subgraph } from "../../subgraphs/accounts/subgraph.ts";
import type { CallKey } from "../../subgraphs/shared/identity/call-signature.ts";
import { type SubgraphServer, serveSubgraph } from "../../subgraphs/shared/subgraph/serve-subgraph.ts";
import { until } from "../support/until.ts";
import { type Graph, openGraph } from "./support/graph.ts";

const OLD: CallKey = { id: "old", secret: "o".repeat(32) };
const NEW: CallKey = { id: "new", secret: "n".repeat(32) };

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph("rotation", [subgraph], { ann: { mer_a: "finance" } });
});
afterAll(() => graph.close());

type Keys = readonly [CallKey, ...CallKey[]];

/** The outgoing calls of a gateway with these keys. */
function startGateway(keys: Keys) {
  return createSubgraphFetch({ nameOf: () => subgraph.name, sign: callSigner(keys), log: graph.services.log });
}

function startSubgraph(keys: Keys): Promise<SubgraphServer> {
  return serveSubgraph(subgraph, graph.services, { host: "127.0.0.1", port: 0, keys });
}

/** Calls without pause, from any gateway that runs to any subgraph that runs, until stopped. */
function callContinuously(running: { gateways: ReturnType<typeof startGateway>[]; subgraphs: SubgraphServer[] }) {
  const failures: unknown[] = [];
  let calls = 0;
  let isStopped = false;
  const one = async (turn: number, authorization: string) => {
    const gateway = running.gateways[turn % running.gateways.length]!;
    const { url } = running.subgraphs[Math.floor(turn / 2) % running.subgraphs.length]!;
    const headers = { authorization, "content-type": "application/json", accept: "application/json" };
    const init = { method: "POST", headers, body: '{"query":"{ __typename }"}', signal: AbortSignal.timeout(10_000) };
    const answer = await (await gateway.fetch(`${url}/graphql`, { ...init, method: "POST" })).text();
    if (answer.trim() !== '{"data":{"__typename":"Query"}}') throw new Error(answer);
  };
  const work = async (first: number) => {
    const authorization = `Bearer ${await graph.token("ann")}`;
    for (let turn = first; !isStopped; turn += 3, calls++) {
      await one(turn, authorization).catch((error: unknown) => failures.push(error));
    }
  };
  const workers = [work(0), work(1), work(2)];
  return {
    failures,
    /** Resolves when 60 more calls have gone through. */
    more: () => {
      const wanted = calls + 60;
      return until(() => calls >= wanted);
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(workers);
      return calls;
    },
  };
}

test("a key is changed while calls go on: none fails, and the old one is worth nothing afterwards", async () => {
  const running = { gateways: [startGateway([OLD])], subgraphs: [await startSubgraph([OLD])] };
  const closing: Promise<unknown>[] = [];
  onTestFinished(async () => {
    await Promise.all(closing);
  });
  const traffic = callContinuously(running);
  await traffic.more();
  const steps = [
    { subgraphs: [OLD, NEW] },
    { gateways: [NEW, OLD] },
    { gateways: [NEW] },
    { subgraphs: [NEW] },
  ] as const satisfies { subgraphs?: Keys; gateways?: Keys }[];
  for (const step of steps) {
    // Old and new run side by side for a while, as in a rolling restart.
    const kind = "gateways" in step ? "gateways" : "subgraphs";
    const [before] = running[kind];
    if ("gateways" in step) running.gateways.push(startGateway(step.gateways));
    else running.subgraphs.push(await startSubgraph(step.subgraphs));
    await traffic.more();
    running[kind].shift();
    await traffic.more();
    closing.push(before!.close());
  }
  const calls = await traffic.stop();
  expect(traffic.failures).toEqual([]);
  expect(calls).toBeGreaterThan(500);

  const late = startGateway([OLD]);
  const body = '{"query":"{ __typename }"}';
  const init = { method: "POST", headers: {}, body, signal: AbortSignal.timeout(5_000) } as const;
  await expect(late.fetch(`${running.subgraphs[0]!.url}/graphql`, init)).rejects.toThrow("refused our signature");
  closing.push(late.close(), running.gateways[0]!.close(), running.subgraphs[0]!.close());
});
