import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CASES, type Case } from "./cases.ts";
import { startContestants } from "./contestants.ts";
import type { Figures, Measurement } from "./load.ts";
import { COMPILED, type Gateway, PEERS, start, startSubgraphs, stopAll } from "./processes.ts";
import { type Sample, summarize } from "./summary.ts";

/**
 * Measures our gateway beside others and beside two hand-written floors, in turns, in front of the same subgraphs on
 * loopback. Prints JSON: ratios first.
 *
 *   npm ci --prefix bench/peers
 *   node --import tsx bench/gateway/run.ts --rounds 3 --seconds 4 [--case list50] [--connections 16] [--only concord]
 *
 * Gateways whose packages are not installed are left out and named under `absent`.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    "warm-up": { type: "string", default: "1" },
    case: { type: "string", multiple: true, default: CASES.map(({ name }) => name) },
    connections: { type: "string", multiple: true, default: ["1", "16", "64"] },
    only: { type: "string", multiple: true, default: [] },
  },
});

execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "bench/gateway/tsconfig.json"]);
try {
  process.stdout.write(`${JSON.stringify(await compare(), null, 2)}\n`);
} finally {
  await stopAll();
}

async function compare() {
  const graph = await startSubgraphs();
  const { gateways, absent } = await startContestants(graph, values.only);
  const { child: client } = await start(join(COMPILED, "load.js"), []);
  const cases = CASES.filter(({ name }) => values.case.includes(name));
  const agreeing = await keepAgreeing(gateways, cases, absent);
  const measure = measureWith(client);
  // Until its hot code is compiled a process, the subgraphs included, is several times as slow.
  for (const gateway of agreeing) for (const { name } of cases) await measure(gateway, name, 16, 2);
  const samples: Sample[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const { name: caseName } of cases) {
      for (const connections of values.connections.map(Number)) {
        for (const gateway of agreeing) {
          const figures = await measure(gateway, caseName, connections, Number(values.seconds));
          samples.push({ gateway: gateway.name, caseName, connections, figures });
          process.stderr.write(
            `${round} ${caseName} c=${connections} ${gateway.name}: ${figures.rps.toFixed(0)} rps\n`,
          );
        }
      }
    }
  }
  return {
    ...summarize(samples),
    absent,
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    versions: versions(),
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, memoryBytes: totalmem(), node: process.version },
  };
}

function measureWith(client: ChildProcess) {
  return async ({ url, pid }: Gateway, caseName: string, connections: number, seconds: number): Promise<Figures> => {
    const times = { warmUpMs: Number(values["warm-up"]) * 1000, ms: seconds * 1000 };
    client.send({ url, pid, caseName, connections, ...times } satisfies Measurement);
    const [figures] = (await once(client, "message")) as [Figures];
    return figures;
  };
}

/** A gateway that gives another answer than the first is not measured: being wrong can be fast. */
async function keepAgreeing(gateways: readonly Gateway[], cases: readonly Case[], absent: Record<string, string>) {
  const agreeing: Gateway[] = [];
  const expected = new Map<Case, string>();
  const variables = new Map(cases.map((asked) => [asked, asked.variables()]));
  for (const gateway of gateways) {
    const wrong = gateway.name === "floor-concatenate" ? [] : await findWrong(gateway);
    if (wrong.length === 0) agreeing.push(gateway);
    else absent[gateway.name] = `gives another answer to ${wrong.join(", ")}`;
  }
  return agreeing;

  async function findWrong({ url }: Gateway): Promise<string[]> {
    const wrong: string[] = [];
    for (const asked of cases) {
      const headers = { "content-type": "application/json", authorization: "Bearer bench" };
      const body = JSON.stringify({ query: asked.query, variables: variables.get(asked) });
      const answer = await (await fetch(url, { method: "POST", headers, body })).json();
      const text = JSON.stringify(sorted(answer));
      if (!expected.has(asked)) expected.set(asked, text);
      if (text.length < 150 * asked.rows || text !== expected.get(asked)) wrong.push(asked.name);
    }
    return wrong;
  }
}

/** The same data with its keys in one order: not every gateway keeps that of the query. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function versions(): Record<string, string> {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(PEERS, "package.json"), "utf8"));
  return { ...dependencies, ...optionalDependencies };
}
