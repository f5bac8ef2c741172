import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Figures, Measurement } from "./load.ts";
import { COMPILED, type Graph, start, startSubgraphs, stopAll } from "./processes.ts";

/**
 * What the garbage collector has to do for one request of our gateway, beside the hand-written floor: bytes that it moves
 * out of the young generation (nothing of a request should outlive it by much), bytes that it copies within, and its
 * milliseconds. Read from V8's own trace. Prints JSON, ratios to the floor first: smaller is better.
 *
 *   node --import tsx bench/gateway/garbage.ts --seconds 5
 */
const { values } = parseArgs({ options: { seconds: { type: "string", default: "5" } } });

const PROGRAMS = {
  concord: ["own-gateway.js", "http"],
  "floor-merge": ["floor.js", "merge"],
} as const;

/** Of one request. */
type Garbage = {
  readonly promotedBytes: number;
  readonly copiedBytes: number;
  readonly pauseMs: number;
  /** Of the threads beside the program's own. */
  readonly besideMs: number;
};

execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "bench/gateway/tsconfig.json"]);
const folder = await mkdtemp(join(tmpdir(), "concord-garbage-"));
try {
  process.stdout.write(`${JSON.stringify(await compare(), null, 2)}\n`);
} finally {
  await stopAll();
  await rm(folder, { recursive: true });
}

async function compare() {
  const graph = await startSubgraphs();
  await graph.answerAs("written");
  const own = await measure("concord", graph);
  const floor = await measure("floor-merge", graph);
  const ratios = Object.entries(own).map(([key, value]) => [key, round(value / floor[key as keyof Garbage])]);
  return { toFloor: Object.fromEntries(ratios), concord: own, "floor-merge": floor, node: process.version };
}

async function measure(name: keyof typeof PROGRAMS, graph: Graph): Promise<Garbage> {
  const [program, ...args] = PROGRAMS[name];
  const trace = await open(join(folder, name), "w");
  const tracing = { execArgv: ["--trace-gc", "--trace-gc-nvp"], says: trace.fd };
  const { child, message } = await start(join(COMPILED, program), args, { graph, ...tracing });
  const { child: client } = await start(join(COMPILED, "load.js"), []);
  const asked = { caseName: "list50", connections: 16, warmUpMs: 1_000, warmUpRequests: 2_000 };
  client.send({
    ...{ url: (message as { url: string }).url, pid: child.pid as number, subgraphPids: graph.subgraphPids },
    ...{ token: graph.signIn.token, ...asked, ms: Number(values.seconds) * 1_000 },
  } satisfies Measurement);
  const [{ requests }] = (await once(client, "message")) as [Figures];
  child.disconnect();
  await once(child, "exit");
  await trace.close();
  return perRequest(await readFile(join(folder, name), "utf8"), requests);
}

/** Sums over the whole life of the process: starting up counts for little beside thousands of requests. */
function perRequest(trace: string, requests: number): Garbage {
  const sums = { promotedBytes: 0, copiedBytes: 0, pauseMs: 0, besideMs: 0 };
  for (const line of trace.split("\n")) {
    const told = Object.fromEntries(line.split(" ").map((pair) => pair.split("=")));
    if (told.gc === undefined) continue;
    if (told.gc === "s") {
      sums.promotedBytes += Number(told.promoted);
      sums.copiedBytes += Number(told.new_space_survived);
    }
    sums.pauseMs += Number(told.pause);
    sums.besideMs += Number(told["background.scavenge.parallel"] ?? 0) + Number(told["background.mark"] ?? 0);
  }
  if (sums.pauseMs === 0) throw new Error("this V8 traces its collections in other words: read its --trace-gc-nvp");
  return {
    promotedBytes: Math.round(sums.promotedBytes / requests),
    copiedBytes: Math.round(sums.copiedBytes / requests),
    pauseMs: round(sums.pauseMs / requests),
    besideMs: round(sums.besideMs / requests),
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
