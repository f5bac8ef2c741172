import { afterAll, beforeAll, expect, test } from "vitest";
import { composeSupergraph } from "../../gateway/composition/compose.ts";
import { createEngine, type Engine } from "../../gateway/engine/create-engine.ts";
import { callInProcess } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import { type Graph, plain } from "./support/graph.ts";
import { card, openSettledGraph, SUBGRAPHS, terminal, unclear, voucher } from "./support/settled-graph.ts";

let graph: Graph;
let engine: Engine;
beforeAll(async () => {
  graph = await openSettledGraph("gateway");
  const sdls = SUBGRAPHS.map(({ name, sdl }) => ({ name, sdl, url: `http://${name}` }));
  engine = createEngine({
    supergraphSdl: composeSupergraph(sdls).supergraphSdl,
    fetch: () => Promise.reject(new Error("nothing here goes over HTTP")),
    subgraphs: Object.fromEntries(
      SUBGRAPHS.map((subgraph) => [subgraph.name, callInProcess(subgraph, graph.services)]),
    ),
  });
});
afterAll(async () => {
  engine.close();
  await graph.close();
});

async function ask(user: string, query: string) {
  const headers = { authorization: `Bearer ${await graph.token(user)}` };
  const result = await engine.execute({ query, context: { headers } });
  if (Symbol.asyncIterator in result) throw new Error("a stream of answers where one was expected");
  return plain(result);
}

test("one row carries what the list, its provider and reconciliation know of it", async () => {
  const query = `{ transactions(filter: { transactionNumber: "card" }) { totalCount edges { node { __typename id status
    reconciliationState settlement { lineNumber transaction { id status ... on AcquirerTransaction { merchantAccount } } } payout { reference }
    ... on AcquirerTransaction { merchantAccount interchange { amountMinor } } } } } }`;
  const answer = await ask("vic", query);
  expect(answer).toEqual({
    data: {
      transactions: {
        totalCount: "1",
        edges: [
          {
            node: {
              __typename: "AcquirerTransaction",
              id: card.id,
              status: "SUCCESS",
              reconciliationState: "MATCHED",
              settlement: [{ lineNumber: "7", transaction: { id: card.id, status: "SUCCESS", merchantAccount: "M1" } }],
              payout: { reference: "P1" },
              merchantAccount: "M1",
              interchange: { amountMinor: "-20" },
            },
          },
        ],
      },
    },
  });
});

test("the other tenders of a voucher resolve in the subgraphs they belong to", async () => {
  const query = `{ transaction(id: "${voucher.id}") { ... on VoucherTransaction { issuer splitTender { id amount { amountMinor }
    reconciliationState ... on CcvPayTransaction { method } } } } }`;
  const answer = await ask("vic", query);
  expect(answer.errors).toBeUndefined();
  const { splitTender } = (answer.data as { transaction: { splitTender: { id: string }[] } }).transaction;
  expect(splitTender).toHaveLength(2);
  const paidBy = (id: string) => splitTender.find((tender) => tender.id === id);
  expect(paidBy(terminal.id)).toMatchObject({
    amount: { amountMinor: "1250" },
    method: "maestro",
    reconciliationState: "EXPECTED",
  });
  expect(paidBy(card.id)).toMatchObject({ reconciliationState: "MATCHED" });
});

test("what waits for a person is not there for a viewer, by whatever way", async () => {
  const query = `{ transaction(id: "${unclear.id}") { id reconciliationState } transactions { totalCount } }`;
  expect(await ask("vic", query)).toEqual({ data: { transaction: null, transactions: { totalCount: "4" } } });
});
