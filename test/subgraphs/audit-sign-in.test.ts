import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/accounts/subgraph.ts";
import { createSignIns } from "../../subgraphs/shared/identity/sign-ins.ts";
import { callInProcess } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import type { Services } from "../../subgraphs/shared/subgraph/request-context.ts";
import { type Graph, openGraph } from "./support/graph.ts";

const HOUR_MS = 3_600_000;

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph("audit_sign_in", [subgraph], {
    two: { mer_a: "viewer", mer_b: "finance" },
    ann: { mer_a: "finance" },
    eva: { mer_a: "administrator" },
    pia: { mer_a: "finance" },
  });
});
afterAll(() => graph.close());

/** A process of its own, whose clock is so many hours on. */
function openProcess(hours = 0) {
  const { database, log } = graph.services;
  const noteSignIn = createSignIns(database, log, () => Date.now() + hours * HOUR_MS);
  const services: Services = { ...graph.services, noteSignIn };
  const call = callInProcess(subgraph, services);
  return (token: string) =>
    call({
      query: "{ viewer { id } }",
      variables: {},
      headers: { authorization: `Bearer ${token}`, "x-request-id": "req-1", "x-client-address": "203.0.113.7" },
      signal: new AbortController().signal,
    });
}

const entries = (user: string) =>
  graph.sql(
    `select merchant_id, object_id, outcome, request_id, address from delivery.audit_entry
     where actor_id = $1 and action = 'user.sign-in' order by merchant_id, position`,
    [user],
  );

test("the first use of a token is one entry at each merchant of its user, however many processes see it", async () => {
  const token = await graph.token("two");
  const processes = [openProcess(), openProcess()];
  await Promise.all([...processes, ...processes].map((call) => call(token)));
  await openProcess(1)(token);
  const entry = { object_id: "two", outcome: "DONE", request_id: "req-1", address: "203.0.113.7" };
  expect(await entries("two")).toEqual([
    { merchant_id: "mer_a", ...entry },
    { merchant_id: "mer_b", ...entry },
  ]);
});

test("another token, and the same in another hour, is another entry", async () => {
  const [first, second] = [await graph.token("ann", { jti: "1" }), await graph.token("ann", { jti: "2" })];
  await openProcess()(first);
  await openProcess()(second);
  expect(await entries("ann")).toHaveLength(2);
  await graph.sql("alter table delivery.audit_entry disable trigger append_only");
  await graph.sql("update delivery.audit_entry set at = at - interval '1 hour' where actor_id = 'ann'");
  await openProcess()(first);
  expect(await entries("ann")).toHaveLength(3);
});

test("a token is not kept, and one that is not good leaves nothing", async () => {
  const token = await graph.token("ann");
  await openProcess()(token);
  await openProcess()(`${token.slice(0, -4)}AAAA`);
  const kept = JSON.stringify(
    await graph.sql("select * from delivery.audit_entry where action = 'user.sign-in'"),
    (_, value) => (typeof value === "bigint" ? `${value}` : value),
  );
  for (const part of token.split(".")) expect(kept).not.toContain(part);
  expect(await entries("ann")).toHaveLength(4);
});

test("an audit that is held by another keeps nobody out, and is told by the next call", async () => {
  const call = openProcess();
  // Another each time: a token that was told in a try before is not told again.
  const token = await graph.token("two", { jti: randomUUID() });
  const at = async (merchant: string) =>
    (await entries("two")).filter(({ merchant_id }) => merchant_id === merchant).length;
  const [atA, atB] = [await at("mer_a"), await at("mer_b")];
  await graph.sql("begin");
  await graph.sql("select pg_advisory_xact_lock(hashtextextended('mer_a', 4209))");
  expect(await call(token)).toEqual({ data: { viewer: { id: "two" } } });
  await graph.sql("commit");
  expect([await at("mer_a"), await at("mer_b")]).toEqual([atA, atB + 1]);
  await call(token);
  expect([await at("mer_a"), await at("mer_b")]).toEqual([atA + 1, atB + 1]);
});

test("what the token calls its user is their name at their merchants: among users and beside their acts, not in the chain", async () => {
  await openProcess()(await graph.token("pia", { name: "Pia\n  Peeters 4111 1111 1111 1111" }));
  await openProcess()(await graph.token("eva", { name: undefined }));
  const people =
    "select merchant_id, user_id, name from accounts.membership where user_id in ('pia', 'eva') order by user_id";
  expect(await graph.sql(people)).toEqual([
    { merchant_id: "mer_a", user_id: "eva", name: null },
    { merchant_id: "mer_a", user_id: "pia", name: "Pia Peeters 411111******1111" },
  ]);
  const asked = `{ users(merchantId: "mer_a") { edges { node { id name } } }
    auditEvents(filter: { actorId: "pia" }) { edges { node { actorName detail } } } }`;
  const { data } = await graph.ask("eva", subgraph, asked);
  const named = { id: "pia", name: "Pia Peeters 411111******1111" };
  expect(data).toMatchObject({
    users: { edges: expect.arrayContaining([{ node: named }, { node: { id: "eva", name: null } }]) },
    auditEvents: { edges: [{ node: { actorName: named.name, detail: expect.not.stringContaining("Peeters") } }] },
  });
  expect(JSON.stringify(await graph.sql("select detail from delivery.audit_entry"))).not.toContain("Peeters");
});
