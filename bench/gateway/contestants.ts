import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SUBGRAPHS, sdlOf } from "./graph.ts";
import { COMPILED, type Gateway, type Graph, PEERS, remember, start } from "./processes.ts";

type Contestant = { readonly name: string; readonly start: (graph: Graph) => Promise<Omit<Gateway, "name">> };

export const OWN = "concord";
/** Ours with as little on as the others have: what is left is the work of a gateway. */
export const OWN_BARE = "concord-bare";
export const OWN_IN_PROCESS = "concord-in-process";
/** It passes answers on unmerged: what it gives is no answer. */
export const FLOOR = "floor-concatenate";
const MERGED_FLOOR = "floor-merge";

/** What ours does for each request and none of the others is set up to do. */
const FEATURES = ["signing", "identity", "rate-limit", "metrics"] as const;

/** Everything that is measured, in the order of a turn. */
const CONTESTANTS: readonly Contestant[] = [
  node(OWN, join(COMPILED, "own-gateway.js"), "http"),
  node(OWN_BARE, join(COMPILED, "own-gateway.js"), "http", ...FEATURES.map((feature) => `without-${feature}`)),
  node(OWN_IN_PROCESS, join(COMPILED, "own-gateway.js"), "in-process"),
  node(FLOOR, join(COMPILED, "floor.js"), "concatenate"),
  node(MERGED_FLOOR, join(COMPILED, "floor.js"), "merge"),
  node("apollo-gateway", join(PEERS, "apollo-gateway.mjs")),
  node("hive-gateway-rust", join(PEERS, "hive-gateway.mjs"), "rust"),
  node("hive-gateway-js", join(PEERS, "hive-gateway.mjs"), "js"),
  node("yoga-router", join(PEERS, "yoga-router.mjs")),
  { name: "grafbase", start: startGrafbase },
];

/** Ours with one thing left out, which tells what it costs: only measured when named. */
const VARIANTS: readonly Contestant[] = FEATURES.map((feature) =>
  node(`${OWN}-without-${feature}`, join(COMPILED, "own-gateway.js"), "http", `without-${feature}`),
);

/** Starts those named, or all; who cannot be started is told with the reason. */
export async function startContestants(graph: Graph, only: readonly string[]) {
  const gateways: Gateway[] = [];
  const absent: Record<string, string> = {};
  const chosen = [...CONTESTANTS, ...VARIANTS].filter(({ name }) => only.includes(name));
  for (const { name, start } of only.length > 0 ? chosen : CONTESTANTS) {
    try {
      gateways.push({ name, ...(await start(graph)) });
    } catch (error) {
      absent[name] = String(error).split("\n").slice(0, 6).join(" ");
    }
  }
  return { gateways, absent };
}

function node(name: string, program: string, ...args: string[]): Contestant {
  return {
    name,
    async start(graph) {
      const { child, message } = await start(program, args, { graph });
      return { url: (message as { url: string }).url, pid: child.pid as number };
    },
  };
}

const GRAFBASE = join(PEERS, "node_modules/@grafbase/cli-x86_64-unknown-linux-musl/grafbase");

async function startGrafbase(graph: Graph): Promise<Omit<Gateway, "name">> {
  if (!existsSync(GRAFBASE)) throw new Error("its binary is not installed: it exists for Linux on x64 only");
  const folder = await mkdtemp(join(tmpdir(), "concord-grafbase-"));
  const config: string[] = [];
  for (const name of SUBGRAPHS) {
    await writeFile(join(folder, `${name}.graphql`), sdlOf(name));
    config.push(`[subgraphs.${name}]`, `url = "${graph.urls[name]}"`, `schema_path = "${name}.graphql"`);
  }
  await writeFile(join(folder, "grafbase.toml"), `${config.join("\n")}\n`);
  const port = await freePort();
  const args = ["--home", folder, "dev", "--config", join(folder, "grafbase.toml"), "--port", String(port)];
  const child = spawn(GRAFBASE, args, { cwd: folder, stdio: "ignore" });
  remember(child);
  const url = `http://127.0.0.1:${port}/graphql`;
  const deadline = Date.now() + 20_000;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`it ended or stayed silent on ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { url, pid: child.pid as number };
}

async function answers(url: string): Promise<boolean> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ query: "{ __typename }" });
  return fetch(url, { method: "POST", headers, body }).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
