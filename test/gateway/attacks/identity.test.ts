import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faultsOf, operation, type RawRequest } from "./attack.ts";
import { type AttackGateway, startAttackGateway } from "./attack-gateway.ts";

const QUERY = operation("{ viewer { __typename } }");
const NOW = () => Math.floor(Date.now() / 1_000);

let gateway: AttackGateway;
beforeAll(async () => {
  gateway = await startAttackGateway("identity_attacks");
});
afterAll(() => gateway.close());

/** The token that would be good, if it were not for one thing. */
const TOKENS: Readonly<Record<string, () => Promise<string> | string>> = {
  "R71 an empty token": () => "",
  "R72 alg none": async () => new UnsecuredJWT({ sub: "ann", exp: NOW() + 60 }).encode(),
  "R72 HS256 with the public key as secret": async () => {
    const key = await importJWK(gateway.graph.publicKey, "ES256", { extractable: true });
    if (key instanceof Uint8Array) throw new Error("the issuer publishes a secret");
    return signedBy(new TextEncoder().encode(await exportSPKI(key)), { alg: "HS256" });
  },
  "R72 HS256 with the public key as it is published": () =>
    signedBy(new TextEncoder().encode(JSON.stringify(gateway.graph.publicKey)), { alg: "HS256" }),
  "R72 a signature of zeros": async () => {
    const [header, payload] = (await gateway.graph.token("ann")).split(".");
    return `${header}.${payload}.${Buffer.alloc(64).toString("base64url")}`;
  },
  "R73 a kid that is a path": () => gateway.graph.token("ann", {}, { kid: "../../etc/passwd" }),
  "R73 a kid that is SQL": () => gateway.graph.token("ann", {}, { kid: "' or 1=1" }),
  "R74 expired 31 s ago": () => gateway.graph.token("ann", { exp: NOW() - 31 }),
  "R74 not before 40 s from now": () => gateway.graph.token("ann", { nbf: NOW() + 40 }),
  "R74 issued tomorrow": () => gateway.graph.token("ann", { iat: NOW() + 86_400 }),
  "R74 issued more than a day ago": () => gateway.graph.token("ann", { iat: NOW() - 86_400 - 31 }),
  "R74 without the time of its issue": () => gateway.graph.token("ann", { iat: undefined }),
  "R74 without an end": () => gateway.graph.token("ann", { exp: undefined }),
  "R75 of another issuer": () => gateway.graph.token("ann", { iss: "https://other.test" }),
  "R75 for another audience": () => gateway.graph.token("ann", { aud: "other" }),
  "R75 an id token": () => gateway.graph.token("ann", {}, { typ: "id+jwt" }),
  "R78 a nested JWE": () => `${Buffer.from('{"alg":"dir","enc":"A256GCM","zip":"DEF"}').toString("base64url")}....`,
  "R78 a token of 10 kB": () => "x".repeat(10_000),
};

test.each(Object.entries(TOKENS))("%s is refused with 401", async (id, make) => {
  const refused = { id, name: id, status: [401], code: "UNAUTHENTICATED" };
  const raw: RawRequest = { ...QUERY, headers: { ...QUERY.headers, authorization: `Bearer ${await make()}` } };
  const before = gateway.calls.count;
  const reply = await gateway.attack({ send: raw });
  expect(faultsOf({ ...refused, send: raw }, reply, gateway.calls.count - before)).toEqual([]);
  expect(reply.headers["www-authenticate"]).toBe("Bearer");
});

/** All that a good token says, under another's key. */
function signedBy(key: Parameters<SignJWT["sign"]>[0], header: Readonly<Record<string, unknown>>): Promise<string> {
  return new SignJWT({ sub: "ann", iss: "https://issuer.test", aud: "concord", iat: NOW(), exp: NOW() + 60 })
    .setProtectedHeader({ alg: "ES256", kid: "one", typ: "at+jwt", ...header })
    .sign(key);
}

test("R73 a key of the attacker's is refused, and fetched from nowhere that the token names", async () => {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg: "ES256", kid: "theirs" };
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    for (const header of [
      { jku: url },
      { x5u: url },
      { jku: url, kid: "theirs" },
      { jwk },
      { kid: url },
      { jwk, kid: "theirs" },
    ]) {
      const authorization = `Bearer ${await signedBy(privateKey, header)}`;
      const reply = await gateway.attack({ send: { ...QUERY, headers: { ...QUERY.headers, authorization } } });
      expect([reply.status, reply.text.includes("UNAUTHENTICATED")], JSON.stringify(header)).toEqual([401, true]);
    }
    expect(asked).toBe(0);
  } finally {
    server.close();
  }
});

test("R71 a request without a token is refused", async () => {
  const { authorization: _, ...headers } = { authorization: "", ...QUERY.headers };
  const response = await fetch(`${gateway.url}/graphql`, { method: "POST", headers, body: String(QUERY.body) });
  expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
});

test("R71 two tokens are refused, though both are good", async () => {
  const good = `Bearer ${await gateway.graph.token("ann")}`;
  const raw: RawRequest = { ...QUERY, headers: { ...QUERY.headers, authorization: [good, good] } };
  expect((await gateway.attack({ send: raw })).status).toBe(401);
});

test("R78 a token of 1 MB is refused with 431", async () => {
  const raw: RawRequest = { ...QUERY, headers: { ...QUERY.headers, authorization: `Bearer ${"x".repeat(1_000_000)}` } };
  expect((await gateway.attack({ send: raw })).status).toBe(431);
});

test("R79 a viewer starts no reconciliation, and another merchant's transaction is not there", async () => {
  const start = "mutation($i:StartReconciliationInput!){startReconciliation(input:$i){__typename}}";
  const input = { mode: "DRY_RUN", idempotencyKey: "attack", merchantId: "mer_a" };
  const mutation = await gateway.attack({ send: operation(start, { i: input }) });
  expect(mutation.text).toContain("FORBIDDEN");
  const [row] = await gateway.graph.sql<{ id: string }>(
    "select id from transactions.transaction where merchant_id = 'mer_c' limit 1",
  );
  const foreign = await gateway.attack({ send: operation("query($v:ID!){transaction(id:$v){id}}", { v: row?.id }) });
  expect(JSON.parse(foreign.text)).toEqual({ data: { transaction: null } });
});
