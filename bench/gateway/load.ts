import { readFileSync } from "node:fs";
import { Client } from "undici";
import { CASES, type Case } from "./cases.ts";

/** One measurement: a closed loop of `connections` clients on kept-alive connections. */
export type Measurement = {
  readonly url: string;
  /** The process whose CPU time and memory are read. */
  readonly pid: number;
  readonly caseName: string;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly ms: number;
};

export type Figures = {
  readonly rps: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMsPerRequest: number;
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
const TICKS_PER_SECOND = 100;

type Counts = { readonly latencies: number[]; answers: number; failures: number };

async function measure({ url, pid, caseName, connections, warmUpMs, ms }: Measurement): Promise<Figures> {
  const asked = CASES.find(({ name }) => name === caseName) as Case;
  const counts: Counts = { latencies: [], answers: 0, failures: 0 };
  const { origin, pathname } = new URL(url);
  const clients = Array.from({ length: connections }, () => new Client(origin, { pipelining: 1 }));
  let isOver = false;
  const loops = clients.map(async (client) => {
    while (!isOver) await exchange(client, pathname, asked, counts);
  });
  await elapsed(warmUpMs);
  counts.latencies.length = 0;
  const cpuBefore = cpuMs(pid);
  const startedAt = performance.now();
  await elapsed(ms);
  const took = performance.now() - startedAt;
  const latencies = counts.latencies.slice().sort((a, b) => a - b);
  const cpu = cpuMs(pid) - cpuBefore;
  isOver = true;
  await Promise.all(loops);
  await Promise.all(clients.map((client) => client.close()));
  return {
    rps: (latencies.length * 1000) / took,
    p50Ms: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
    cpuMsPerRequest: cpu / latencies.length,
    rssBytes: rssBytes(pid),
    requests: counts.answers,
    failures: counts.failures,
  };
}

function exchange(client: Client, path: string, asked: Case, counts: Counts): Promise<void> {
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
      { path, method: "POST", headers: HEADERS, body },
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
const HEADERS = { "content-type": "application/json", accept: "application/json", authorization: "Bearer bench" };

function isClean(chunks: readonly Buffer[]): boolean {
  const answer = JSON.parse(Buffer.concat(chunks).toString()) as { data?: unknown; errors?: unknown };
  return Array.isArray(answer) || (answer.errors === undefined && answer.data !== null);
}

/** User and system time of a process so far. */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

function rssBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1] ?? 0) * 1024;
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// It ends with the benchmark, however that ends.
process.once("disconnect", () => process.exit());
