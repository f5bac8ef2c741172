import { Client } from "undici";
import { CASES, type Case } from "./cases.ts";
import { cpuMsOf, machineCpuMs, rssBytesOf } from "./process-figures.ts";

/** One measurement: a closed loop of `connections` clients on kept-alive connections. */
export type Measurement = {
  readonly url: string;
  /** The gateway's process, whose memory is read too. */
  readonly pid: number;
  readonly subgraphPids: readonly number[];
  /** What the client signs in with. */
  readonly token: string;
  readonly caseName: string;
  readonly connections: number;
  readonly warmUpMs: number;
  /** Goes on warming up until so many are answered, ten seconds at most. */
  readonly warmUpRequests: number;
  readonly ms: number;
};

export type Figures = {
  readonly rps: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The gateway's own CPU time. */
  readonly cpuMsPerRequest: number;
  /** All subgraphs together, and the client. */
  readonly subgraphsCpuMsPerRequest: number;
  readonly clientCpuMsPerRequest: number;
  /** How much of one core the gateway had: near 1 it is what bounds the rate. */
  readonly gatewayCores: number;
  /** How many cores processes outside the benchmark took meanwhile: near 0 on a quiet machine. */
  readonly otherCores: number;
  readonly rssBytes: number;
  readonly requests: number;
  /** Answers of another status, with errors or without the rows that were asked. */
  readonly failures: number;
};

/** The client of the benchmark, in a process of its own: measures what its parent sends, one after the other. */
process.on("message", (measurement: Measurement) => {
  measure(measurement).then((figures) => process.send?.(figures));
});
process.send?.("ready");

/** One answer in so many is parsed and searched for errors: parsing all would take the gateways' CPU. */
const CHECKED_SHARE = 50;
const LONGEST_WARM_UP_MS = 10_000;

type Counts = { readonly latencies: number[]; answers: number; failures: number };

async function measure(measurement: Measurement): Promise<Figures> {
  const { url, caseName, connections, warmUpMs, warmUpRequests, ms, token } = measurement;
  const asked = CASES.find(({ name }) => name === caseName) as Case;
  const counts: Counts = { latencies: [], answers: 0, failures: 0 };
  const { origin, pathname } = new URL(url);
  const clients = Array.from({ length: connections }, () => new Client(origin, { pipelining: 1 }));
  const headers = { ...HEADERS, authorization: `Bearer ${token}` };
  let isOver = false;
  const loops = clients.map(async (client) => {
    while (!isOver) await exchange(client, { path: pathname, asked, headers }, counts);
  });
  await elapsed(warmUpMs);
  const latest = performance.now() + LONGEST_WARM_UP_MS;
  while (counts.latencies.length < warmUpRequests && performance.now() < latest) await elapsed(50);
  counts.latencies.length = 0;
  const before = timesOf(measurement);
  const startedAt = performance.now();
  await elapsed(ms);
  const took = performance.now() - startedAt;
  const latencies = counts.latencies.slice().sort((a, b) => a - b);
  const after = timesOf(measurement);
  isOver = true;
  await Promise.all(loops);
  await Promise.all(clients.map((client) => client.close()));
  return {
    rps: (latencies.length * 1000) / took,
    p50Ms: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
    ...cpuFigures(before, after, latencies.length),
    rssBytes: rssBytesOf(measurement.pid),
    requests: counts.answers,
    failures: counts.failures,
  };
}

type Times = ReturnType<typeof timesOf>;

function timesOf({ pid, subgraphPids }: Measurement) {
  const subgraphs = subgraphPids.reduce((sum, subgraph) => sum + cpuMsOf(subgraph), 0);
  return { gateway: cpuMsOf(pid), subgraphs, client: cpuMsOf(process.pid), ...machineCpuMs(), at: performance.now() };
}

function cpuFigures(before: Times, after: Times, requests: number) {
  const tookMs = after.at - before.at;
  const gateway = after.gateway - before.gateway;
  const subgraphs = after.subgraphs - before.subgraphs;
  const client = after.client - before.client;
  const others = after.usedMs - before.usedMs - gateway - subgraphs - client;
  return {
    cpuMsPerRequest: gateway / requests,
    subgraphsCpuMsPerRequest: subgraphs / requests,
    clientCpuMsPerRequest: client / requests,
    gatewayCores: gateway / tookMs,
    otherCores: Math.max(0, others / tookMs),
  };
}

type Exchange = { readonly path: string; readonly asked: Case; readonly headers: Readonly<Record<string, string>> };

function exchange(client: Client, { path, asked, headers }: Exchange, counts: Counts): Promise<void> {
  const body = JSON.stringify({ query: asked.query, variables: asked.variables() });
  const isChecked = counts.answers++ % CHECKED_SHARE === 0;
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let size = 0;
    const finish = (isGood: boolean) => {
      counts.latencies.push(performance.now() - startedAt);
      if (!isGood) counts.failures++;
      resolve();
    };
    client.dispatch(
      { path, method: "POST", headers, body },
      {
        onRequestStart: () => {},
        onResponseStart: (_, code) => {
          status = code;
        },
        onResponseData: (_, chunk) => {
          size += chunk.length;
          if (isChecked) chunks.push(chunk);
        },
        onResponseEnd: () => finish(status === 200 && size > 150 * asked.rows && (!isChecked || isClean(chunks))),
        onResponseError: () => finish(false),
      },
    );
  });
}

/** No gateway but ours asks for a token; all are sent the same. */
const HEADERS = { "content-type": "application/json", accept: "application/json" };

function isClean(chunks: readonly Buffer[]): boolean {
  const answer = JSON.parse(Buffer.concat(chunks).toString()) as { data?: unknown; errors?: unknown };
  return Array.isArray(answer) || (answer.errors === undefined && answer.data !== null);
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// It ends with the benchmark, however that ends.
process.once("disconnect", () => process.exit());
