import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
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
    const { publicKey } = await generateKeyPair("ES256", { extractable: true });
    const secret = new TextEncoder().encode(await exportSPKI(publicKey));
    return new SignJWT({ sub: "ann", exp: NOW() + 60 }).setProtectedHeader({ alg: "HS256", kid: "one" }).sign(secret);
  },
  "R72 a signature of zeros": async () => {
    const [header, payload] = (await gateway.graph.token("ann")).split(".");
    return `${header}.${payload}.${Buffer.alloc(64).toString("base64url")}`;
  },
  "R73 a key of the attacker's, in the token": async () => {
    const { privateKey } = await generateKeyPair("ES256");
    return new SignJWT({ sub: "ann", iss: "https://issuer.test", aud: "concord", exp: NOW() + 60 })
      .setProtectedHeader({ alg: "ES256", kid: "one", jku: `${gateway.url}/evil`, x5u: `${gateway.url}/evil` })
      .sign(privateKey);
  },
  "R73 a kid that is a path": () => gateway.graph.token("ann", {}, { kid: "../../etc/passwd" }),
  "R73 a kid that is SQL": () => gateway.graph.token("ann", {}, { kid: "' or 1=1" }),
  "R74 expired 31 s ago": () => gateway.graph.token("ann", { exp: NOW() - 31 }),
  "R74 not before 40 s from now": () => gateway.graph.token("ann", { nbf: NOW() + 40 }),
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
