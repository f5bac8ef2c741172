import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMemoryBuckets } from "../../../gateway/rate-limit/memory-buckets.ts";
import { budgetsOf, createRateLimiter } from "../../../gateway/rate-limit/rate-limiter.ts";
import { foreign, terminal, unclear } from "../../subgraphs/support/settled-graph.ts";
import { until } from "../../support/until.ts";
import { operation, type Reply } from "./attack.ts";
import { type AttackGateway, startAttackGateway } from "./attack-gateway.ts";

/** What users with good tokens may not do: too much at once, the same again and again, and what their role forbids. */
let gateway: AttackGateway;
beforeAll(async () => {
  const rateLimiter = createRateLimiter(createMemoryBuckets(), budgetsOf(400));
  gateway = await startAttackGateway("user_attacks", { rateLimiter });
});
afterAll(() => gateway.close());

async function as(user: string, query: string, variables?: unknown): Promise<Reply> {
  const { headers, body } = operation(query, variables);
  const authorization = `Bearer ${await gateway.graph.token(user)}`;
  return gateway.attack({ send: { headers: { ...headers, authorization }, ...(body !== undefined && { body }) } });
}

const code = ({ text }: Reply) =>
  (JSON.parse(text) as { errors?: { extensions: { code: string } }[] }).errors?.[0]?.extensions.code;

const START =
  "mutation($i:StartReconciliationInput!){startReconciliation(input:$i){__typename ...on ReconciliationRun{id}}}";

test("R52 a dear query fifty times at once is 429 for that user alone", async () => {
  const dear = "{a:transactions(first:100){edges{node{id}}} b:transactions(first:100){edges{node{id}}}}";
  const replies = await Promise.all(Array.from({ length: 50 }, () => as("ann", dear)));
  const refused = replies.filter(({ status }) => status === 429);
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200, 429]));
  expect(refused.length).toBeGreaterThanOrEqual(20);
  for (const reply of refused) {
    expect(code(reply)).toBe("RATE_LIMITED");
    expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
  }
  expect((await as("vic", "{transactions(first:5){totalCount}}")).status).toBe(200);
});

test("R58 a reconciliation that is started two hundred times at once is one run, and then 429", async () => {
  const input = { mode: "DRY_RUN", idempotencyKey: "attack-58", merchantId: "mer_a" };
  const replies = await Promise.all(Array.from({ length: 200 }, () => as("two", START, { i: input })));
  const taken = replies.filter(({ status }) => status === 200);
  expect(new Set(taken.map(({ text }) => text)).size).toBe(1);
  expect(taken[0]?.text).toContain('"id":"');
  const refused = replies.filter(({ status }) => status === 429);
  expect(taken.length + refused.length).toBe(200);
  // A minute's worth, and what the seconds of a busy machine add to it.
  expect(refused.length).toBeGreaterThan(80);
  expect(new Set(refused.map((reply) => code(reply)))).toEqual(new Set(["RATE_LIMITED"]));
  const orders = await gateway.graph.sql(
    "select from delivery.outbox where kind = 'RECONCILE' and merchant_id = 'mer_a'",
  );
  expect(orders).toHaveLength(1);
  // Who spent the budget of mutations may still read.
  expect((await as("two", "{transactions(first:1){totalCount}}")).status).toBe(200);
});

test("R51 a range of a hundred years is answered as any other, or refused with a code", async () => {
  const filter = { occurredAt: { from: "1926-01-01T00:00:00Z", to: "2026-12-31T00:00:00Z" } };
  const reply = await as("cem", "query($f:TransactionFilter){transactions(filter:$f){totalCount}}", { f: filter });
  expect(reply.status).toBe(200);
  expect(reply.cpuMs).toBeLessThan(500);
  expect(JSON.parse(reply.text)).toMatchObject({ data: { transactions: { totalCount: expect.any(String) } } });
});

test("R76 who has lost a role changes nothing from then on, and reads nothing within a minute", async () => {
  const input = { mode: "DRY_RUN", idempotencyKey: "attack-76", merchantId: "mer_a" };
  const READ = "{transactions(first:1){totalCount}}";
  expect(code(await as("ned", READ))).toBeUndefined();
  await gateway.graph.sql("delete from accounts.membership where user_id = 'ned'");
  expect(code(await as("ned", START, { i: input }))).toBe("FORBIDDEN");
  await until(async () => code(await as("ned", READ)) === "FORBIDDEN");
});

// That a viewer is refused every mutation there is, and that it is noted, is in audit-mutations.test.ts.
test("R79 a viewer starts no run and touches no file, and nothing is written", async () => {
  const before = await gateway.graph.sql("select count(*) from delivery.outbox");
  for (const [query, variables] of [
    [START, { i: { mode: "COMMIT", idempotencyKey: "attack-79", merchantId: "mer_a" } }],
    ...["previewSettlementFile", "applySettlementFile", "discardSettlementFile"].map(
      (name) =>
        [`mutation($i:SettlementFileInput!){${name}(input:$i){__typename}}`, { i: { fileId: "fil_none" } }] as const,
    ),
  ] as const) {
    const reply = await as("vic", query, variables);
    expect([reply.status, code(reply)], query).not.toEqual([200, undefined]);
    expect(reply.text).not.toContain('__typename":"');
  }
  expect(await gateway.graph.sql("select count(*) from delivery.outbox")).toEqual(before);
});

test("R80 finance sets no status on what is paid, on another's, twice or by a stale version, and one event is written", async () => {
  const ASSIGN = `mutation($i:AssignStatusInput!){assignStatus(input:$i){__typename
    ...on IllegalTransition{from} ...on VersionConflict{version}}}`;
  const assign = async (input: object, key: string) =>
    (
      JSON.parse(
        (await as("ann", ASSIGN, { i: { reason: "attack", status: "SUCCESS", ...input, idempotencyKey: key } })).text,
      ) as {
        data: { assignStatus: { __typename: string } | null } | null;
      }
    ).data?.assignStatus?.__typename;
  const events = () => gateway.graph.sql("select from transactions.transaction_event where source = 'USER'");
  const paid = { transactionId: terminal.id, expectedVersion: 1, status: "FAILED" };
  expect(await assign(paid, "attack-80-paid")).toBe("IllegalTransition");
  const answers = await Promise.all(
    [foreign.id, "acq_AAAAAAAAAAAAAAAAAAAA"].map((transactionId, index) =>
      assign({ transactionId, expectedVersion: 1 }, `attack-80-foreign-${index}`),
    ),
  );
  expect(answers).toEqual(["NotFound", "NotFound"]);
  expect(await events()).toHaveLength(0);
  await gateway.graph.insert("transactions.transaction_event", {
    ...{ merchant_id: "mer_a", transaction_id: unclear.id, id: "evt_unclear", kind: "SALE", source: "FILE" },
    ...{ outcome: "MANUAL_INTERVENTION", certainty: "INDETERMINATE", precedence: 6, occurred_at: unclear.occurred_at },
    content_hash: "unclear",
  });
  const decided = "update transactions.transaction set status_rule = 6, certainty = 'INDETERMINATE' where id = $1";
  await gateway.graph.sql(decided, [unclear.id]);
  const waiting = { transactionId: unclear.id, expectedVersion: 1 };
  expect(await assign({ ...waiting, expectedVersion: 7 }, "attack-80-stale")).toBe("VersionConflict");
  const at = await Promise.all(Array.from({ length: 5 }, (_, index) => assign(waiting, `attack-80-${index}`)));
  expect(at.sort()).toEqual(["StatusAssigned", ...Array.from({ length: 4 }, () => "VersionConflict")]);
  expect(await events()).toHaveLength(1);
  for (const name of ["setTransactionStatus", "updateTransaction", "setStatus"]) {
    const reply = await as("ann", `mutation{${name}(id:"x",status:SUCCESS){__typename}}`);
    expect([reply.status, code(reply)]).toEqual([400, "GRAPHQL_VALIDATION_FAILED"]);
  }
});

test("R22 a tunnel is refused: CONNECT and an upgrade to something else open nothing", async () => {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.setEncoding("utf8").write("CONNECT 127.0.0.1:5432 HTTP/1.1\r\nhost: 127.0.0.1:5432\r\n\r\n");
  let told = "";
  socket.on("data", (piece: string) => {
    told += piece;
  });
  await once(socket, "close");
  expect(told).not.toMatch(/^HTTP\/1\.1 2/);
});
