import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/accounts/subgraph.ts";
import { appendAudit } from "../../subgraphs/shared/audit.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import { at, codes, type Graph, openGraph } from "./support/graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph("audit_events", [subgraph], {
    ada: { mer_a: "administrator", mer_b: "viewer" },
    bea: { mer_b: "administrator" },
    fin: { mer_a: "finance" },
  });
  for (const [merchantId, actorId, action, outcome] of [
    ["mer_a", "fin", "reconciliation.start", "DONE"],
    ["mer_a", "fin", "match.make", "DENIED"],
    ["mer_b", "bea", "reconciliation.start", "DONE"],
  ] as const) {
    await inScope(graph.services.database, { merchants: [merchantId], user: actorId }, (transaction) =>
      appendAudit(transaction, {
        merchantId,
        actorId,
        action,
        objectId: `run_${merchantId}`,
        outcome,
        detail: { n: 1 },
      }),
    );
  }
});
afterAll(() => graph.close());

const QUERY = `query ($filter: AuditFilter, $after: String, $first: Int) {
  auditEvents(filter: $filter, first: $first, after: $after) {
    edges { cursor node { merchantId position actorId action objectId outcome detail hash } } } }`;

const eventsOf = async (user: string, variables = {}) =>
  (at(await graph.ask(user, subgraph, QUERY, variables), "data", "auditEvents", "edges") as { node: object }[]).map(
    ({ node }) => node,
  );

test("an administrator reads who did what at the own merchant alone, the latest first", async () => {
  expect(await eventsOf("ada")).toEqual([
    {
      ...{ merchantId: "mer_a", position: "2", actorId: "fin", action: "match.make", objectId: "run_mer_a" },
      ...{ outcome: "DENIED", detail: '{"n": 1}', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    },
    expect.objectContaining({ merchantId: "mer_a", position: "1", action: "reconciliation.start" }),
  ]);
  expect(await eventsOf("bea")).toMatchObject([{ merchantId: "mer_b" }]);
});

test("events are found by person, act, object, outcome and time, and come in pages", async () => {
  const found = async (filter: object) => (await eventsOf("ada", { filter })).length;
  expect(await found({ actorId: "fin" })).toBe(2);
  expect(await found({ actorId: "ada" })).toBe(0);
  expect(await found({ actions: ["match.make"] })).toBe(1);
  expect(await found({ objectId: "run_mer_a", outcome: "DONE" })).toBe(1);
  expect(await found({ from: "2020-01-01T00:00:00.000Z", to: "2020-01-02T00:00:00.000Z" })).toBe(0);
  const first = at(await graph.ask("ada", subgraph, QUERY, { first: 1 }), "data", "auditEvents", "edges", 0, "cursor");
  expect(await eventsOf("ada", { first: 1, after: first })).toMatchObject([{ position: "1" }]);
});

test("nobody else reads the audit", async () => {
  expect(codes(await graph.ask("fin", subgraph, QUERY))).toEqual(["FORBIDDEN"]);
});

test("a query that is refused is noted with the reader's merchants, once in an hour", async () => {
  for (const _ of [1, 2]) expect(codes(await graph.ask("fin", subgraph, QUERY))).toEqual(["FORBIDDEN"]);
  const denied =
    "select action, outcome, detail from delivery.audit_entry where actor_id = 'fin' and action like 'query.%'";
  expect(await graph.sql(denied)).toEqual([
    { action: "query.auditEvents", outcome: "DENIED", detail: { permission: "audit:view" } },
  ]);
});
