import { networkInterfaces } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph as accounts } from "../../subgraphs/accounts/subgraph.ts";
import {
  bodyDigest,
  CALL_SIGNATURE_HEADER,
  type CallKey,
  CLIENT_ADDRESS_HEADER,
  signCall,
  streamDigest,
} from "../../subgraphs/shared/identity/call-signature.ts";
import type { Subgraph } from "../../subgraphs/shared/subgraph/define-subgraph.ts";
import { type SubgraphServer, serveSubgraph } from "../../subgraphs/shared/subgraph/serve-subgraph.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { codes, type Graph, openGraph, transactionRow } from "./support/graph.ts";

const KEY: CallKey = { id: "one", secret: "k".repeat(32) };
const STRANGER: CallKey = { id: "one", secret: "s".repeat(32) };
const SERVICE = '{"query":"{ _service { sdl } }"}';
const ours = transactionRow("CCV_PAY", "ours");
const foreign = transactionRow("CCV_PAY", "foreign", { merchant_id: "mer_b" });

let graph: Graph;
let strict: SubgraphServer;
/** What the same code does without keys: where a refusal is expected, this one must not refuse. */
let weak: SubgraphServer;
let ann: string;
let lee: string;
const taken: string[] = [];

beforeAll(async () => {
  const members = { ann: { mer_a: "finance" }, lee: { mer_b: "finance" } } as const;
  graph = await openGraph("signed", [subgraph, accounts], members);
  await graph.insert("transactions.transaction", ours);
  await graph.insert("transactions.transaction", foreign);
  [ann, lee] = [`Bearer ${await graph.token("ann")}`, `Bearer ${await graph.token("lee")}`];
  const files = {
    method: "POST",
    path: "/files",
    handle: async (request: AsyncIterable<Buffer>, response: { end(text: string): unknown }) => {
      for await (const piece of request) taken.push(piece.toString());
      response.end('{"taken":true}');
    },
  };
  const options = { host: "127.0.0.1", port: 0, routes: [files] };
  strict = await serveSubgraph(subgraph, graph.services, { ...options, keys: [KEY] });
  weak = await serveSubgraph(subgraph, graph.services, options);
});
afterAll(async () => {
  await strict.close();
  await weak.close();
  await graph.close();
});

type Sent = { readonly path?: string; readonly body: string; readonly headers: Record<string, string> };

async function post({ url }: SubgraphServer, { path = "/graphql", body, headers }: Sent) {
  const started = performance.now();
  const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
  const response = await fetch(`${url}${path}`, init);
  const text = await response.text();
  const answer = JSON.parse(text) as { data?: Record<string, unknown>; errors?: { message: string }[] };
  return { status: response.status, text, answer, headers: response.headers, ms: performance.now() - started };
}

/** The last answer, with the time of the fastest of three: the machine may be busy with other tests. */
async function fastest(server: SubgraphServer, sent: () => Sent) {
  const answers = [await post(server, sent()), await post(server, sent()), await post(server, sent())] as const;
  return { ...answers[2], ms: Math.min(...answers.map(({ ms }) => ms)) };
}

function signed(body: string, authorization: string, { key = KEY, by = subgraph as Subgraph, now = Date.now() } = {}) {
  const call = { subgraph: by.name, content: bodyDigest(body), authorization };
  return { authorization, [CALL_SIGNATURE_HEADER]: signCall(key, call, now) };
}

function entities(ids: readonly string[]): string {
  const query = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on CcvPayTransaction { id } } }";
  return JSON.stringify({ query, variables: { r: ids.map((id) => ({ __typename: "CcvPayTransaction", id })) } });
}

/** [what is sent, how]; each is a user's good token in the hands of someone who is not the gateway. */
const NOT_THE_GATEWAYS: readonly [string, () => Sent][] = [
  ["S01 entities without a signature", () => ({ body: entities([ours.id]), headers: { authorization: ann } })],
  ["S02 the schema without a signature", () => ({ body: SERVICE, headers: { authorization: ann } })],
  ["an operation without a signature", () => ({ body: '{"query":"{ __typename }"}', headers: { authorization: ann } })],
  ["S04 another body than was signed", () => ({ body: entities([ours.id]), headers: signed(SERVICE, ann) })],
  ["S04 a body with one more space", () => ({ body: `${SERVICE} `, headers: signed(SERVICE, ann) })],
  [
    "S04 another user's token than was signed",
    () => ({ body: entities([ours.id]), headers: { ...signed(entities([ours.id]), ann), authorization: lee } }),
  ],
  ["S04 another subgraph's signature", () => ({ body: SERVICE, headers: signed(SERVICE, ann, { by: accounts }) })],
  [
    "an address that was not signed",
    () => ({ body: SERVICE, headers: { ...signed(SERVICE, ann), [CLIENT_ADDRESS_HEADER]: "203.0.113.7" } }),
  ],
  [
    "another address than was signed",
    () => {
      const call = { subgraph: subgraph.name, content: bodyDigest(SERVICE), authorization: ann };
      const signature = signCall(KEY, { ...call, clientAddress: "203.0.113.7" });
      return {
        body: SERVICE,
        headers: { authorization: ann, [CALL_SIGNATURE_HEADER]: signature, [CLIENT_ADDRESS_HEADER]: "203.0.113.8" },
      };
    },
  ],
  ["a stranger's signature", () => ({ body: SERVICE, headers: signed(SERVICE, ann, { key: STRANGER }) })],
  ["an old signature", () => ({ body: SERVICE, headers: signed(SERVICE, ann, { now: Date.now() - 32_000 }) })],
  ["a signature of the future", () => ({ body: SERVICE, headers: signed(SERVICE, ann, { now: Date.now() + 32_000 }) })],
  ["a file without a signature", () => ({ path: "/files", body: "a;b", headers: { authorization: ann } })],
  ["a file under a body's signature", () => ({ path: "/files", body: "a;b", headers: signed("a;b", ann) })],
];

describe("a subgraph with keys", () => {
  test.each(NOT_THE_GATEWAYS)("refuses %s", async (_, sent) => {
    const { status, answer, text, headers, ms } = await fastest(strict, sent);
    expect([status, codes(answer as never), answer.data]).toEqual([401, ["UNAUTHENTICATED"], undefined]);
    expect(headers.get("www-authenticate")).toBe("Gateway-Signature");
    expect(text.length).toBeLessThan(2_000);
    expect(text).not.toMatch(/kid|nonce|clock|token or/);
    expect(ms).toBeLessThan(100);
    const line = JSON.parse(graph.log.lines.at(-1) ?? "{}");
    expect(line).toMatchObject({ level: 40, code: "UNAUTHENTICATED", subgraph: "transactions" });
    expect(taken).toEqual([]);
  });

  test.each(NOT_THE_GATEWAYS)("is what refuses %s: without keys it is taken", async (_, sent) => {
    expect((await post(weak, sent())).status).toBe(200);
    taken.length = 0;
  });

  test("takes what the gateway signs, once", async () => {
    const call = { body: entities([ours.id]), headers: signed(entities([ours.id]), ann) };
    expect((await post(strict, call)).answer).toEqual({ data: { _entities: [{ id: ours.id }] } });
    const replayed = await post(strict, call);
    expect([replayed.status, replayed.answer.data]).toEqual([401, undefined]);
    expect((await post(weak, call)).status).toBe(200);
    expect((await post(weak, call)).status).toBe(200);
  });

  test("refuses before it reads: a body that is no JSON is not parsed, nor a large one kept", async () => {
    expect((await post(strict, { body: "{", headers: { authorization: ann } })).status).toBe(401);
    expect((await post(strict, { body: "x".repeat(5_000_000), headers: signed("", ann) })).status).toBe(413);
    const call = { body: "{", headers: signed("{", ann) };
    expect((await post(strict, call)).status).toBe(400);
  });

  test("verifies the user's token again", async () => {
    const { answer } = await post(strict, { body: SERVICE, headers: signed(SERVICE, "Bearer a.b.c") });
    expect([codes(answer as never), answer.data]).toEqual([["UNAUTHENTICATED"], undefined]);
  });

  test("S07 shows nothing of another merchant by a reference", async () => {
    const body = entities([foreign.id, ours.id]);
    const { answer } = await post(strict, { body, headers: signed(body, ann) });
    expect(answer).toEqual({ data: { _entities: [null, { id: ours.id }] } });
  });

  test("S08 gives no trace to who asks for one", async () => {
    const body = '{"query":"{ __typename }"}';
    const headers = { ...signed(body, ann), "apollo-federation-include-trace": "ftv1" };
    expect((await post(strict, { body, headers })).answer).toEqual({ data: { __typename: "Query" } });
  });

  test("takes a file under the signature of its head", async () => {
    const head = { path: "/files", length: "3", fileName: "a.csv", merchantId: undefined };
    const call = { subgraph: subgraph.name, content: streamDigest(head), authorization: ann };
    const headers = { authorization: ann, "x-file-name": "a.csv", [CALL_SIGNATURE_HEADER]: signCall(KEY, call) };
    expect((await post(strict, { path: "/files", body: "a;b", headers })).status).toBe(200);
    expect(taken.splice(0)).toEqual(["a;b"]);
    expect((await post(strict, { path: "/files", body: "a;b", headers })).status).toBe(401);
  });

  test.each(["GET", "PUT", "DELETE", "HEAD"])("S03 answers no operation by %s", async (method) => {
    const response = await fetch(`${strict.url}/graphql?query=${encodeURIComponent("{ _service { sdl } }")}`, {
      method,
    });
    expect(response.status).toBe(404);
  });

  test("goes on answering while refused calls repeat", async () => {
    const times: number[] = [];
    const body = '{"query":"{ __typename }"}';
    for (let round = 0; round < 10; round++) {
      const refused = NOT_THE_GATEWAYS.map(([, sent]) => post(strict, sent()));
      const { status, ms } = await post(strict, { body, headers: signed(body, ann) });
      times.push(ms);
      expect(status).toBe(200);
      for (const { status: refusal } of await Promise.all(refused)) expect(refusal).toBe(401);
      await delay(20);
    }
    expect(times.sort((a, b) => a - b)[4]).toBeLessThan(250);
  });
});

describe("S05 one call", () => {
  const many = (count: number) => Array.from({ length: count }, () => ours.id);
  const inline = (count: number) =>
    `[${many(count)
      .map((id) => `{ __typename: "CcvPayTransaction", id: "${id}" }`)
      .join(" ")}]`;

  test("may ask for 200 entities", async () => {
    const body = entities(many(200));
    const { status, answer } = await post(strict, { body, headers: signed(body, ann) });
    expect(status).toBe(200);
    expect(answer.data?.["_entities"]).toHaveLength(200);
  });

  test.each([
    ["201", entities(many(201))],
    ["10,000", entities(many(10_000))],
    ["201 in its text", JSON.stringify({ query: `{ _entities(representations: ${inline(201)}) { __typename } }` })],
    [
      "201 by the default of a variable",
      JSON.stringify({
        query: `query ($r: [_Any!]! = ${inline(201)}) { _entities(representations: $r) { __typename } }`,
      }),
    ],
    [
      "2 times 101, the second in a fragment",
      JSON.stringify({
        query: `query ($r: [_Any!]!) { a: _entities(representations: $r) { __typename } ...B }
          fragment B on Query { ... { b: _entities(representations: $r) { __typename } } }`,
        variables: { r: many(101).map((id) => ({ __typename: "CcvPayTransaction", id })) },
      }),
    ],
  ])("may not ask for %s", async (_, body) => {
    const { status, answer, ms } = await fastest(strict, () => ({ body, headers: signed(body, ann) }));
    expect([status, codes(answer as never), answer.data]).toEqual([400, ["INVALID_INPUT"], undefined]);
    expect(ms).toBeLessThan(100);
  });
});

describe("S09 the port of a subgraph", () => {
  const other = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === "IPv4" && !address.internal)?.address;

  test.runIf(other)("is not open on the machine's address in the network", async () => {
    const { port } = new URL(strict.url);
    await expect(fetch(`http://${other}:${port}/live`)).rejects.toThrow("fetch failed");
    const open = await serveSubgraph(accounts, graph.services, { host: "0.0.0.0", port: 0, keys: [KEY] });
    try {
      expect((await fetch(`http://${other}:${new URL(open.url).port}/live`)).status).toBe(200);
    } finally {
      await open.close();
    }
  });
});

test("S10 the probes of a subgraph need no signature and tell only whether it is well", async () => {
  expect(await (await fetch(`${strict.url}/live`)).json()).toEqual({ status: "live" });
  expect(await (await fetch(`${strict.url}/ready`)).json()).toEqual({ status: "ready" });
  expect((await fetch(`${strict.url}/metrics`)).status).toBe(404);
});
