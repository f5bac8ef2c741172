import { expect, test } from "vitest";
import { startTestGateway } from "./support/test-gateway.ts";

const ISSUER = {
  issuer: "urn:test",
  audience: "concord",
  publicKeys: { keys: [] },
  users: { finance: { userId: "demo:finance", name: "F", role: "finance" } },
  signIn: async () => ({ token: "good", expiresIn: 1, user: { userId: "demo:finance", name: "F", role: "finance" } }),
};
const ORIGIN = "https://app.example";
const JSON_BODY = { "content-type": "application/json" };
const QUERY = JSON.stringify({ query: "{ __typename }" });

/** Every kind of answer that there is: [what, path, request, its status]. */
const ANSWERS: readonly (readonly [string, string, RequestInit, number])[] = [
  ["GraphiQL", "/graphiql", {}, 200],
  ["a part of it", "/graphiql/start.js", {}, 200],
  ["an answer", "/graphql", { method: "POST", headers: JSON_BODY, body: QUERY }, 200],
  [
    "an answer that is compressed",
    "/graphql",
    { method: "POST", headers: { ...JSON_BODY, "accept-encoding": "gzip" }, body: QUERY },
    200,
  ],
  [
    "an event stream",
    "/graphql",
    { method: "POST", headers: { ...JSON_BODY, accept: "text/event-stream" }, body: QUERY },
    200,
  ],
  ["a document that is refused", "/graphql", { method: "POST", headers: JSON_BODY, body: '{"query":"{"}' }, 400],
  ["a body that is refused", "/graphql", { method: "POST", headers: JSON_BODY, body: "{" }, 400],
  [
    "a token that is refused",
    "/graphql",
    { method: "POST", headers: { authorization: "Bearer bad" }, body: QUERY },
    401,
  ],
  ["a file", "/files?name=a.csv", { method: "POST", body: "a" }, 201],
  ["a webhook", "/webhooks/adyen", { method: "POST", body: "a" }, 200],
  ["a token", "/dev/token", { method: "POST", headers: JSON_BODY, body: '{"user":"finance"}' }, 200],
  ["keys", "/.well-known/jwks.json", {}, 200],
  ["a probe", "/ready", {}, 200],
  ["a path that is none", "/.env", {}, 404],
  ["a method that is none", "/files", {}, 405],
  [
    "a preflight",
    "/graphql",
    { method: "OPTIONS", headers: { origin: ORIGIN, "access-control-request-method": "POST" } },
    204,
  ],
];

const start = (hstsSeconds?: number) =>
  startTestGateway({
    graphiql: true,
    developmentIssuer: ISSUER,
    webhooks: { providers: ["adyen"], receive: async () => ({ status: 200, text: "[accepted]" }) },
    config: { host: "127.0.0.1", port: 0, corsOrigins: [ORIGIN], ...(hstsSeconds !== undefined && { hstsSeconds }) },
  });

test("every answer keeps itself out of caches, frames and referrers, and lets a browser guess nothing", async () => {
  const { url } = await start();
  for (const [what, path, init, status] of ANSWERS) {
    const headers = { authorization: "Bearer good", ...(init.headers as Record<string, string>) };
    const response = await fetch(url + path, { ...init, headers });
    await response.text();
    const of = (name: string) => response.headers.get(name);
    expect([what, response.status]).toEqual([what, status]);
    expect([what, of("x-content-type-options")]).toEqual([what, "nosniff"]);
    expect([what, of("referrer-policy")]).toEqual([what, "no-referrer"]);
    expect([what, of("x-frame-options")]).toEqual([what, "DENY"]);
    expect([what, of("content-security-policy")]).toEqual([
      what,
      expect.stringMatching(/^default-src 'none'.*frame-ancestors 'none'/),
    ]);
    expect([what, of("content-security-policy")]).not.toEqual([
      what,
      expect.stringMatching(/\*|http|unsafe-eval|script-src[^;]*unsafe/),
    ]);
    // Code that is public may be kept, as long as it is asked for each time.
    expect([what, of("cache-control")]).toEqual([what, path.endsWith(".js") ? "no-cache" : "no-store"]);
    expect([what, of("strict-transport-security"), of("server"), of("x-powered-by")]).toEqual([what, null, null, null]);
  }
});

test("browsers are told to come by HTTPS only where an operator says that it is there", async () => {
  const { url } = await start(31_536_000);
  for (const path of ["/", "/.env", "/graphql"]) {
    const { headers } = await fetch(url + path);
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
  }
});
