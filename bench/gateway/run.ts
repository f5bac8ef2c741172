import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { agreeing } from "./agreeing.ts";
import { ANSWERINGS } from "./answering.ts";
import { CASES } from "./cases.ts";
import { OWN_IN_PROCESS, startContestants } from "./contestants.ts";
import type { Figures, Measurement } from "./load.ts";
import { METHOD } from "./method.ts";
import { COMPILED, type Gateway, type Graph, PEERS, start, startSubgraphs, stopAll } from "./processes.ts";
import { type Sample, summarize } from "./summary.ts";

/**
 * Measures our gateway beside others and beside two hand-written floors, in turns, in front of the same subgraphs on
 * loopback. Prints JSON: ratios first, how it was measured last.
 *
 *   npm ci --prefix bench/peers
 *   node --import tsx bench/gateway/run.ts --rounds 3 --seconds 4
 *     [--subgraphs written] [--case list50] [--connections 16] [--only concord]
 *
 * Gateways whose packages are not installed are left out and named under `absent`. What each of our features costs:
 * `--only concord --only concord-without-signing`, and likewise identity, rate-limit and metrics.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    "warm-up": { type: "string", default: "1" },
    subgraphs: { type: "string", multiple: true, default: [...ANSWERINGS] },
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
  const answerings = ANSWERINGS.filter((answering) => values.subgraphs.includes(answering));
  const measured = await agreeing({ gateways, cases, answerings, graph, absent });
  const measure = measureWith(client, graph);
  const samples: Sample[] = [];
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const answering of answerings) {
      await graph.answerAs(answering);
      for (const { name: caseName } of cases) {
        for (const connections of round === 0 ? [16] : values.connections.map(Number)) {
          for (const gateway of measured) {
            // Its subgraphs are in it: they execute.
            if (gateway.name === OWN_IN_PROCESS && answering !== "executed") continue;
            const figures = await measure(gateway, { caseName, connections, isWarmUp: round === 0 });
            if (round > 0) samples.push({ gateway: gateway.name, answering, caseName, connections, figures });
            const told = `${answering} ${caseName} c=${connections} ${gateway.name}`;
            const cpu = `${figures.cpuMsPerRequest.toFixed(2)} ms`;
            process.stderr.write(`${round} ${told}: ${figures.rps.toFixed(0)} rps, ${cpu}\n`);
          }
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
    method: METHOD,
  };
}

type Turn = { readonly caseName: string; readonly connections: number; readonly isWarmUp: boolean };

function measureWith(client: ChildProcess, { subgraphPids, signIn: { token } }: Graph) {
  const times = { warmUpMs: Number(values["warm-up"]) * 1000, warmUpRequests: 0, ms: Number(values.seconds) * 1000 };
  // Until its hot code is compiled a process, the subgraphs included, is several times as slow.
  const warmUp = { warmUpMs: 0, warmUpRequests: 2_000, ms: 500 };
  return async ({ url, pid }: Gateway, { isWarmUp, ...asked }: Turn): Promise<Figures> => {
    const turn = { url, pid, subgraphPids, token, ...asked, ...(isWarmUp ? warmUp : times) };
    client.send(turn satisfies Measurement);
    const [figures] = (await once(client, "message")) as [Figures];
    return figures;
  };
}

function versions(): Record<string, string> {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(PEERS, "package.json"), "utf8"));
  return { ...dependencies, ...optionalDependencies };
}
