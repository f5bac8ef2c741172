import type { DataSource } from "typeorm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/accounts/subgraph.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import {
  endSupportAccess,
  grantSupportAccess,
  tellLapsedAccess,
} from "../../subgraphs/shared/identity/support-access.ts";
import { codes, type Graph, openGraph } from "./support/graph.ts";

let graph: Graph;
let worker: DataSource;
beforeAll(async () => {
  graph = await openGraph("audit_support", [subgraph], {
    ada: { mer_a: "administrator" },
    bea: { mer_b: "administrator", mer_c: "administrator" },
  });
  worker = await openDatabase({ url: graph.url }, { role: "worker", maxConnections: 2, onError: () => undefined });
});
afterAll(async () => {
  await worker.destroy();
  await graph.close();
});

const grant = (userId: string, { merchantId = "mer_a", reason = "ticket 7", hours = 2 } = {}) =>
  inScope(worker, { merchants: [merchantId], user: "ops" }, (transaction) =>
    grantSupportAccess(transaction, { merchantId, userId, reason, hours }, "ops"),
  );

/** As if it had been granted so long ago that it is over by now. */
const lapse = (id: string) =>
  graph.sql(
    `update accounts.support_access set granted_at = granted_at - interval '9 hours', until = until - interval '9 hours'
     where id = $1`,
    [id],
  );

const merchantsOf = async (user: string) =>
  (await graph.services.grantsOf(user, { fresh: true }).then((grants) => [...grants])).map(([merchant, { role }]) => [
    merchant,
    role,
  ]);

const acts = (objectId: string) =>
  graph.sql(
    "select actor_id, action, detail->>'userId' as user from delivery.audit_entry where object_id = $1 order by position",
    [objectId],
  );

test("access is to see, and ends by the clock alone", async () => {
  const { id } = await grant("sue");
  expect(await merchantsOf("sue")).toEqual([["mer_a", "viewer"]]);
  expect((await graph.ask("sue", subgraph, "{ merchants { edges { node { id } } } }")).errors).toBeUndefined();
  expect(codes(await graph.ask("sue", subgraph, "{ auditEvents { edges { node { id } } } }"))).toEqual(["FORBIDDEN"]);
  await lapse(id);
  expect(await merchantsOf("sue")).toEqual([]);
});

test("its grant and its end stand in the merchant's audit, each once, whichever way it ended", async () => {
  const granted = { actor_id: "ops", action: "support-access.grant", user: "tim" };
  const { id } = await grant("tim");
  await lapse(id);
  await Promise.all([tellLapsedAccess(worker), tellLapsedAccess(worker)]);
  await tellLapsedAccess(worker);
  const ended = { action: "support-access.end", user: "tim" };
  expect(await acts(id)).toEqual([granted, { actor_id: "system:clock", ...ended }]);
  const { id: second } = await grant("tim");
  await inScope(worker, { merchants: ["mer_a"], user: "ops" }, async (transaction) => {
    expect(await endSupportAccess(transaction, { merchantId: "mer_a", userId: "tim" }, "ops")).toBe(1);
    expect(await endSupportAccess(transaction, { merchantId: "mer_a", userId: "tim" }, "ops")).toBe(0);
  });
  expect(await merchantsOf("tim")).toEqual([]);
  expect(await acts(second)).toEqual([granted, { actor_id: "ops", ...ended }]);
});

test("the merchant sees who may look and why, and no other merchant does", async () => {
  const { id } = await grant("una", { merchantId: "mer_b", reason: "card 4111 1111 1111 1111 was asked about" });
  const query = "{ merchants { edges { node { id supportAccess { id userId reason grantedBy isInForce } } } } }";
  const shown = { id, userId: "una", reason: "card 411111******1111 was asked about", grantedBy: "ops" };
  const seen = (isInForce: boolean) => ({
    data: {
      merchants: {
        edges: [
          { node: { id: "mer_b", supportAccess: [{ ...shown, isInForce }] } },
          { node: { id: "mer_c", supportAccess: [] } },
        ],
      },
    },
  });
  expect(await graph.ask("bea", subgraph, query)).toEqual(seen(true));
  await lapse(id);
  expect(await graph.ask("bea", subgraph, query)).toEqual(seen(false));
  expect(JSON.stringify(await graph.ask("ada", subgraph, query))).not.toContain("una");
});

test("a member stays what they are", async () => {
  await grant("ada");
  expect(await merchantsOf("ada")).toEqual([["mer_a", "administrator"]]);
});

test("it needs a reason, and no more than eight hours", async () => {
  for (const wrong of [
    { reason: " " },
    { reason: "x".repeat(501) },
    { hours: 0 },
    { hours: 8.01 },
    { hours: Number.NaN },
  ])
    await expect(grant("vic", wrong)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  expect(await merchantsOf("vic")).toEqual([]);
});
