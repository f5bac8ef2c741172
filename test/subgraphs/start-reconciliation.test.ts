import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph as accounts } from "../../subgraphs/accounts/subgraph.ts";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { at, codes, type Graph, type Row } from "./support/graph.ts";
import { openSettledGraph } from "./support/settled-graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openSettledGraph("start");
});
afterAll(() => graph.close());

const START = `mutation ($input: StartReconciliationInput!) { startReconciliation(input: $input) { __typename
  ... on ReconciliationRun { id status mode provider } ... on IdempotencyConflict { runId } ... on MerchantRequired { merchantIds } } }`;

describe("startReconciliation", () => {
  const start = (user: string, input: Row) => graph.ask(user, reconciliation, START, { input });

  test("the same key gives the same run, ordered once, even when sent many times at once", async () => {
    const input = { mode: "COMMIT", idempotencyKey: "monday-1" };
    const answers = await Promise.all(Array.from({ length: 5 }, () => start("ann", input)));
    const runs = new Set(answers.map((answer) => at(answer, "data", "startReconciliation", "id")));
    expect(runs.size).toBe(1);
    const [id] = runs;
    expect(at(answers[0], "data", "startReconciliation")).toEqual({
      __typename: "ReconciliationRun",
      id,
      status: "QUEUED",
      mode: "COMMIT",
      provider: null,
    });
    const orders = await graph.sql("select kind, subject_id from delivery.outbox where subject_id = $1", [id]);
    expect(orders).toEqual([{ kind: "RECONCILE", subject_id: id }]);
    const audit = await graph.sql("select actor_id, action from delivery.audit_entry where object_id = $1", [id]);
    expect(audit).toEqual([{ actor_id: "ann", action: "reconciliation.start" }]);
    const seen = await graph.ask(
      "vic",
      reconciliation,
      `{ reconciliationRun(id: "${String(id)}") { id }
      reconciliationRuns { edges { node { id } } } }`,
    );
    expect(at(seen, "data")).toEqual({ reconciliationRun: { id }, reconciliationRuns: { edges: [{ node: { id } }] } });
  });

  test("the same key for another request is a conflict that names the run", async () => {
    const first = await start("ann", { mode: "DRY_RUN", idempotencyKey: "tuesday-1" });
    const other = await start("ann", { mode: "DRY_RUN", provider: "adyen", idempotencyKey: "tuesday-1" });
    expect(at(other, "data", "startReconciliation")).toEqual({
      __typename: "IdempotencyConflict",
      runId: at(first, "data", "startReconciliation", "id"),
    });
  });

  test("a viewer, and anyone at a foreign or unknown merchant, is refused and nothing is written", async () => {
    const before = await graph.sql("select count(*) from reconciliation.run");
    for (const [user, merchantId] of [
      ["vic", "mer_a"],
      ["vic", null],
      ["ann", "mer_c"],
      ["ann", "mer_none"],
    ] as const) {
      const answer = await start(user, { merchantId, mode: "COMMIT", idempotencyKey: "wednesday-1" });
      expect(codes(answer)).toEqual(["FORBIDDEN"]);
    }
    expect(codes(await start("ann", { mode: "COMMIT", idempotencyKey: "two words" }))).toEqual(["INVALID_INPUT"]);
    expect(await graph.sql("select count(*) from reconciliation.run")).toEqual(before);
  });

  test("who may run it for several merchants has to say which", async () => {
    const answer = await start("two", { mode: "COMMIT", idempotencyKey: "thursday-1" });
    expect(at(answer, "data", "startReconciliation")).toEqual({
      __typename: "MerchantRequired",
      merchantIds: ["mer_a", "mer_b"],
    });
    const chosen = await start("two", { merchantId: "mer_b", mode: "COMMIT", idempotencyKey: "thursday-1" });
    expect(at(chosen, "data", "startReconciliation", "__typename")).toBe("ReconciliationRun");
  });

  test("a mutation that fails later in the same operation leaves no run and shows no data", async () => {
    const query = `mutation { one: startReconciliation(input: { mode: COMMIT, idempotencyKey: "friday-1" }) { __typename }
      two: startReconciliation(input: { mode: COMMIT, idempotencyKey: "" }) { __typename } }`;
    const answer = await graph.ask("ann", reconciliation, query);
    expect(codes(answer)).toEqual(["INVALID_INPUT"]);
    expect(answer.data).toBeNull();
    expect(await graph.sql("select id from reconciliation.run where idempotency_key = 'friday-1'")).toEqual([]);
  });

  test("a role that was just lost no longer starts a run, though it may still see for a moment", async () => {
    await graph.ask("ned", accounts, "{ viewer { id } }");
    await graph.sql("update accounts.membership set role = 'viewer' where user_id = 'ned'");
    const answer = await start("ned", { mode: "COMMIT", idempotencyKey: "saturday-1" });
    expect(codes(answer)).toEqual(["FORBIDDEN"]);
  });
});
