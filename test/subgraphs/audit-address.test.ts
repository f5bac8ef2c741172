import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/reconciliation/subgraph.ts";
import {
  bodyDigest,
  CALL_SIGNATURE_HEADER,
  CLIENT_ADDRESS_HEADER,
  signCall,
} from "../../subgraphs/shared/identity/call-signature.ts";
import { type SubgraphServer, serveSubgraph } from "../../subgraphs/shared/subgraph/serve-subgraph.ts";
import { type Graph, openGraph } from "./support/graph.ts";

const KEY = { id: "one", secret: "k".repeat(32) };
const ADDRESS = "203.0.113.7";

let graph: Graph;
/** Takes signed calls only. */
let strict: SubgraphServer;
/** Takes calls from whoever reaches its port. */
let open: SubgraphServer;
beforeAll(async () => {
  graph = await openGraph("audit_address", [subgraph], { ann: { mer_a: "finance" } });
  strict = await serveSubgraph(subgraph, graph.services, { host: "127.0.0.1", port: 0, keys: [KEY] });
  open = await serveSubgraph(subgraph, graph.services, { host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await strict.close();
  await open.close();
  await graph.close();
});

async function start({ url }: SubgraphServer, requestId: string) {
  const query = `mutation { startReconciliation(input: { mode: COMMIT, idempotencyKey: "${requestId}" }) { __typename } }`;
  const body = JSON.stringify({ query });
  const authorization = `Bearer ${await graph.token("ann")}`;
  const call = { subgraph: subgraph.name, content: bodyDigest(body), authorization, clientAddress: ADDRESS };
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: {
      ...{ "content-type": "application/json", authorization, "x-request-id": requestId },
      ...{ [CLIENT_ADDRESS_HEADER]: ADDRESS, [CALL_SIGNATURE_HEADER]: signCall(KEY, call) },
    },
    body,
  });
  expect(await answer.json()).toEqual({ data: { startReconciliation: { __typename: "ReconciliationRun" } } });
  return graph.sql("select address from delivery.audit_entry where request_id = $1", [requestId]);
}

test("the audit tells the address that the gateway has signed", async () => {
  expect(await start(strict, "web:7.a")).toEqual([{ address: ADDRESS }]);
});

test("where calls are not signed no address is believed", async () => {
  expect(await start(open, "web:7.b")).toEqual([{ address: null }]);
});
