import { execFileSync, spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { serveMetrics } from "../../gateway/metrics/metrics-server.ts";
import { subgraph } from "../../subgraphs/accounts/subgraph.ts";
import { readConfig } from "../../subgraphs/shared/config.ts";
import { serveSubgraph } from "../../subgraphs/shared/subgraph/serve-subgraph.ts";
import { type Graph, openGraph } from "../subgraphs/support/graph.ts";
import { clearAway, isRoot, newFolder, queryOf, start } from "../support/embedded-servers.ts";

/*
 * S09: what only this machine shall reach is tried from another network: a namespace of its own, with a cable to this one.
 * It takes root and iproute2; where either is missing, or namespaces may not be made, the suite is skipped.
 */
const NAME = `concord-${process.pid}`;
const [OURS, THEIRS] = [`cc${process.pid}a`, `cc${process.pid}b`];
/** One of the 16,384 networks of two that lie in 198.18.0.0/15, which is for tests. */
const NETWORK = `198.18.${(process.pid >> 6) % 256}.${(process.pid % 64) * 4}`.split(".");
const [HERE, THERE] = [1, 2].map((host) => [...NETWORK.slice(0, 3), Number(NETWORK[3]) + host].join("."));

const ip = (...words: readonly string[]) => void execFileSync("ip", words, { stdio: "ignore" });
const inside = (...words: readonly string[]) => ip("netns", "exec", NAME, ...words);
const probe = `${NAME}-probe`;
const canMakeNetworks =
  isRoot &&
  spawnSync("ip", ["netns", "add", probe]).status === 0 &&
  spawnSync("ip", ["netns", "del", probe]).status === 0;

describe.skipIf(!canMakeNetworks)("S09 from another network (needs root and iproute2)", () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await openGraph("other_network", [subgraph], { ann: { mer_a: "finance" } });
    ip("netns", "add", NAME);
    ip("link", "add", OURS, "type", "veth", "peer", "name", THEIRS);
    ip("link", "set", THEIRS, "netns", NAME);
    ip("addr", "add", `${HERE}/30`, "dev", OURS);
    ip("link", "set", OURS, "up");
    inside("ip", "addr", "add", `${THERE}/30`, "dev", THEIRS);
    inside("ip", "link", "set", THEIRS, "up");
  });
  afterAll(async () => {
    // The cable goes with its end.
    spawnSync("ip", ["netns", "del", NAME]);
    spawnSync("ip", ["link", "del", OURS]);
    await graph?.close();
    await clearAway();
  });

  /** Whether somebody in the other network gets through to a port of this machine. */
  function isOpen(url: string): boolean {
    const port = Number(new URL(url).port);
    const script = `require("node:net").connect(${port}, "${HERE}").setTimeout(2000, () => process.exit(3))
      .on("connect", () => process.exit(0)).on("error", () => process.exit(3))`;
    const { status } = spawnSync("ip", ["netns", "exec", NAME, process.execPath, "-e", script]);
    if (status !== 0 && status !== 3) throw new Error(`the other network could not be asked: ${status}`);
    return status === 0;
  }

  test("a subgraph and the metrics are not there, unless a subgraph is told to be", async () => {
    const { host } = readConfig({});
    const closed = await serveSubgraph(subgraph, graph.services, { host, port: 0 });
    const open = await serveSubgraph(subgraph, graph.services, { host: "0.0.0.0", port: 0 });
    const metrics = await serveMetrics(0, { text: async () => ({ contentType: "text/plain", body: "" }) });
    onTestFinished(async () => {
      await Promise.all([closed, open, metrics].map((server) => server.close()));
    });
    expect((await fetch(metrics.url)).status).toBe(200);
    expect((await fetch(`${closed.url}/live`)).status).toBe(200);
    expect([open.url, closed.url, metrics.url].map(isOpen)).toEqual([true, false, false]);
  });

  test("the built-in PostgreSQL listens in no network at all", async () => {
    const server = await start({ dataDir: await newFolder() });
    expect(await queryOf(server, "show listen_addresses")).toBe("");
    expect(isOpen(`http://here:${server.connection.port}`)).toBe(false);
  });
});
