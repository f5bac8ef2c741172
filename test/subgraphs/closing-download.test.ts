import { afterAll, beforeAll, expect, test } from "vitest";
import { forwardDownload } from "../../commands/forward-download.ts";
import { composeSupergraph } from "../../gateway/composition/compose.ts";
import { startGateway } from "../../gateway/start-gateway.ts";
import { callInProcess } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import { type SubgraphServer, serveSubgraph } from "../../subgraphs/shared/subgraph/serve-subgraph.ts";
import { downloadClosing } from "../../subgraphs/transactions/closings/download-closing.ts";
import { downloadRoutes } from "../../subgraphs/transactions/exports/download-export.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, type Graph, openGraph } from "./support/graph.ts";
import { SUBGRAPHS } from "./support/settled-graph.ts";

/** As in containers: the gateway asks the subgraph over HTTP, and signs what it asks. */
const KEYS = [{ id: "one", secret: "1".repeat(32) }] as const;

let graph: Graph;
let server: SubgraphServer;
let gateway: Awaited<ReturnType<typeof startGateway>>;
beforeAll(async () => {
  graph = await openGraph("closing_download", SUBGRAPHS, {
    ann: { mer_a: "finance" },
    eve: { mer_b: "administrator" },
  });
  server = await serveSubgraph(subgraph, graph.services, {
    host: "127.0.0.1",
    port: 0,
    keys: KEYS,
    routes: downloadRoutes("/closings", (download) => downloadClosing(graph.services, download)),
  });
  gateway = await startGateway({
    config: { host: "127.0.0.1", port: 0 },
    log: graph.services.log,
    supergraphSdl: composeSupergraph(SUBGRAPHS.map(({ name, sdl }) => ({ name, sdl, url: `http://${name}` })))
      .supergraphSdl,
    callers: Object.fromEntries(SUBGRAPHS.map((each) => [each.name, callInProcess(each, graph.services)])),
    identity: (token) => graph.services.verifyToken(`Bearer ${token}`),
    receiveFile: () => Promise.reject(new Error("nothing is uploaded here")),
    sendClosing: forwardDownload(server.url, [...KEYS], "/closings"),
    readiness: async () => ({}),
    graphiql: false,
  });
});
afterAll(async () => {
  await gateway.close();
  await server.close();
  await graph.close();
});

test("the gateway serves a closing's document to who may see it, and to nobody else", async () => {
  const closed = await graph.ask(
    "ann",
    subgraph,
    `mutation { closePeriod(input: { merchantId: "mer_a", kind: PERIOD, from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z",
      idempotencyKey: "one" }) { ... on Closing { downloadPath pdfSha256 } } }`,
  );
  const { downloadPath, pdfSha256 } = at(closed, "data", "closePeriod") as { downloadPath: string; pdfSha256: string };
  const get = async (user: string, path = downloadPath) =>
    fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${await graph.token(user)}` } });
  const answer = await get("ann");
  expect([answer.status, answer.headers.get("content-type"), answer.headers.get("etag")]).toEqual([
    200,
    "application/pdf",
    `"${pdfSha256}"`,
  ]);
  expect(
    Buffer.from(await answer.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe("%PDF-");
  const refused = await get("eve");
  expect([refused.status, await refused.text()]).toEqual([404, await (await get("ann", "/closings/clo_none")).text()]);
  expect((await fetch(`${gateway.url}${downloadPath}`)).status).toBe(401);
  // Nobody gets past the gateway.
  const direct = new URL(`/closings?id=${downloadPath.split("/").at(-1)}`, server.url);
  expect((await fetch(direct, { headers: { authorization: `Bearer ${await graph.token("ann")}` } })).status).toBe(401);
});
