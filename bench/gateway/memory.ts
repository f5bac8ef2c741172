import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Figures, Measurement } from "./load.ts";
import { COMPILED, start, startSubgraphs, stopAll } from "./processes.ts";

/**
 * Looks for memory that our gateway does not give back: its heap after collection, minute by minute under load, and
 * over 10,000 documents that differ. Prints JSON.
 *
 *   node --import tsx bench/gateway/memory.ts --seconds 120 --documents 10000
 */
const { values } = parseArgs({
  options: { seconds: { type: "string", default: "120" }, documents: { type: "string", default: "10000" } },
});

/** The first third is warming up: caches fill and code is compiled. */
const STEPS = 12;

type Point = { readonly atSeconds: number; readonly heapUsed: number; readonly rssBytes: number };

execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "bench/gateway/tsconfig.json"]);
try {
  process.stdout.write(`${JSON.stringify(await watch(), null, 2)}\n`);
} finally {
  await stopAll();
}

async function watch() {
  const graph = await startSubgraphs();
  const program = join(COMPILED, "own-gateway.js");
  const { child, message } = await start(program, ["http"], { graph, execArgv: ["--expose-gc"] });
  const { child: client } = await start(join(COMPILED, "load.js"), []);
  const { url } = message as { url: string };
  const seconds = Number(values.seconds);

  async function heapUsed(): Promise<number> {
    child.send("memory");
    const [answer] = (await once(child, "message")) as [{ heapUsed: number }];
    return answer.heapUsed;
  }

  const sendDocuments = (from: number, to: number) => askDocuments({ url, token: graph.signIn.token }, from, to);
  const points: Point[] = [];
  const step = seconds / STEPS;
  for (let turn = 1; turn <= STEPS; turn++) {
    const load = { url, pid: child.pid as number, subgraphPids: graph.subgraphPids, token: graph.signIn.token };
    const asked = { caseName: "list50", connections: 16, warmUpMs: 0, warmUpRequests: 0, ms: step * 1000 };
    client.send({ ...load, ...asked } satisfies Measurement);
    const [{ rssBytes }] = (await once(client, "message")) as [Figures];
    points.push({ atSeconds: Math.round(turn * step), heapUsed: await heapUsed(), rssBytes });
  }
  const before = await heapUsed();
  const halfway = await sendDocuments(0, Number(values.documents) / 2).then(heapUsed);
  const after = await sendDocuments(Number(values.documents) / 2, Number(values.documents)).then(heapUsed);
  return {
    heapBytesPerMinute: slopePerMinute(points.slice(STEPS / 3), "heapUsed"),
    rssBytesPerMinute: slopePerMinute(points.slice(STEPS / 3), "rssBytes"),
    documents: { count: Number(values.documents), heapBefore: before, heapHalfway: halfway, heapAfter: after },
    points,
    node: process.version,
  };
}

/** One document after the other that no one has asked before, eight at a time. */
async function askDocuments(
  { url, token }: { readonly url: string; readonly token: string },
  from: number,
  to: number,
): Promise<void> {
  let next = from;
  const ask = async () => {
    while (next < to) {
      const query = `{ transaction(id: "txn_000000000001") { a${next++}: id } }`;
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`status ${answer.status}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, ask));
}

/** Least squares. */
function slopePerMinute(points: readonly Point[], key: "heapUsed" | "rssBytes"): number {
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const at = mean(points.map(({ atSeconds }) => atSeconds));
  const level = mean(points.map((point) => point[key]));
  const rise = points.reduce((sum, point) => sum + (point.atSeconds - at) * (point[key] - level), 0);
  const run = points.reduce((sum, { atSeconds }) => sum + (atSeconds - at) ** 2, 0);
  return Math.round((rise / run) * 60);
}
