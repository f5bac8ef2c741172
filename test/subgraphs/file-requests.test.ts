import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { at, codes, type Graph } from "./support/graph.ts";
import { openSettledGraph } from "./support/settled-graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openSettledGraph("file_requests");
  await graph.sql(`update reconciliation.source_file set attention = '{QUARANTINE,DRIFT}',
    drift = '[{"what":"UNKNOWN_VALUE","name":"Type","value":"Moon","count":3,"firstLine":7}]',
    layout_moved = '[{"column":"Type","from":2,"to":1}]'`);
});
afterAll(() => graph.close());

const ask = (user: string, mutation: string, id = "fil_1", key = "k") =>
  graph.ask(
    user,
    reconciliation,
    `mutation ($input: SettlementFileInput!) { ${mutation}(input: $input) {
      ... on SettlementFile { id status } ... on SettlementFileRefusal { message status } } }`,
    { input: { id, idempotencyKey: key } },
  );

test("drift, moved columns and the call for attention are on the file, and the list can be held to them", async () => {
  const query = `query ($filter: SettlementFileFilter) { settlementFiles(filter: $filter) { edges { node { id attention
    drift { kind name value count firstLine } movedColumns { column from to } progress { rows bytes } preview { kinds { kind } } } } } }`;
  const found = await graph.ask("ann", reconciliation, query, { filter: { needsAttention: true } });
  expect(at(found, "data", "settlementFiles", "edges")).toEqual([
    {
      node: {
        id: "fil_1",
        attention: ["QUARANTINE", "DRIFT"],
        drift: [{ kind: "UNKNOWN_VALUE", name: "Type", value: "Moon", count: "3", firstLine: "7" }],
        movedColumns: [{ column: "Type", from: "2", to: "1" }],
        progress: null,
        preview: null,
      },
    },
  ]);
  const rejected = await graph.ask("ann", reconciliation, query, { filter: { statuses: ["REJECTED"] } });
  expect(at(rejected, "data", "settlementFiles", "edges")).toEqual([]);
});

test("a replay needs the right to upload, and is nothing to whoever may not see the file", async () => {
  expect(codes(await ask("vic", "replaySettlementFile"))).toEqual(["FORBIDDEN"]);
  expect(codes(await ask("cem", "replaySettlementFile"))).toEqual(["NOT_FOUND"]);
  expect(codes(await ask("ann", "replaySettlementFile", "fil_none"))).toEqual(["NOT_FOUND"]);
  expect(codes(await ask("ann", "replaySettlementFile", "fil_1", "a b"))).toEqual(["INVALID_INPUT"]);
  expect(await graph.sql("select from delivery.outbox")).toEqual([]);
});

test("what cannot be asked of a file at this point is refused with the reason", async () => {
  const refused = await ask("ann", "applySettlementFile");
  expect(at(refused, "data", "applySettlementFile")).toEqual({
    message: "the file is PARTIALLY_APPLIED; applying is for files that are PREVIEWED.",
    status: "PARTIALLY_APPLIED",
  });
});

test("a replay is ordered once for one key, with an audit entry, and the file is on its way", async () => {
  const first = await ask("ann", "replaySettlementFile", "fil_1", "once");
  expect(at(first, "data", "replaySettlementFile")).toEqual({ id: "fil_1", status: "RECEIVED" });
  const again = await ask("ann", "replaySettlementFile", "fil_1", "once");
  expect(at(again, "data", "replaySettlementFile")).toEqual({ id: "fil_1", status: "RECEIVED" });
  expect(await graph.sql("select kind, subject_id from delivery.outbox")).toEqual([
    { kind: "IMPORT_FILE", subject_id: "fil_1" },
  ]);
  const audit = await graph.sql("select actor_id, action, object_id from delivery.audit_entry where outcome = 'DONE'");
  expect(audit).toEqual([{ actor_id: "ann", action: "settlement-file.replay", object_id: "fil_1" }]);
});
