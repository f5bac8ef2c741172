import { describe, expect, test } from "vitest";
import { readConfig } from "../../subgraphs/shared/config.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const OURS = "https://app.example";
const CONFIG = { host: "127.0.0.1", port: 0, corsOrigins: [OURS] };
const POST = { method: "POST", body: '{"query":"{orders{id}}"}' };
const SIGNED_IN = { authorization: "Bearer good", "content-type": "application/json" };

describe("a page of another origin", () => {
  test("that is allowed may ask, read the answer and is told so beforehand", async () => {
    const { url } = await startTestGateway({ config: CONFIG });
    const asked = { origin: OURS, "access-control-request-method": "POST" };
    const preflight = await fetch(`${url}/graphql`, { method: "OPTIONS", headers: asked });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(OURS);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
    const answer = await fetch(`${url}/graphql`, { ...POST, headers: { ...SIGNED_IN, origin: OURS } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe(OURS);
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    expect(answer.headers.get("vary")).toMatch(/\bOrigin\b/);
  });

  test.each([
    "https://evil.example",
    "https://app.example.evil.example",
    "http://app.example",
    "https://app.example:8443",
    "null",
  ])("%s gets no leave to read", async (origin) => {
    const { url } = await startTestGateway({ config: CONFIG });
    const preflight = { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } };
    const answers = [await fetch(`${url}/graphql`, preflight), await fetch(`${url}/graphql`, { headers: { origin } })];
    expect(answers.map(({ status }) => status)).toEqual([405, 401]);
    for (const { headers } of answers) {
      expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
      expect(headers.get("vary")).toMatch(/\bOrigin\b/);
    }
  });

  test("gets none where no origin is configured", async () => {
    const { url } = await startTestGateway();
    const answer = await fetch(`${url}/graphql`, { ...POST, headers: { ...SIGNED_IN, origin: OURS } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("CONCORD_CORS_ORIGINS", () => {
  test("names origins, separated by commas", () => {
    const { corsOrigins } = readConfig({ CONCORD_CORS_ORIGINS: "https://app.example, http://localhost:5173" });
    expect(corsOrigins).toEqual(["https://app.example", "http://localhost:5173"]);
  });

  test.each(["*", "app.example", "https://app.example/", "https://app.example,", "null", "ftp://app.example"])(
    "may not be %s",
    (origins) => {
      expect(() => readConfig({ CONCORD_CORS_ORIGINS: origins })).toThrow("CONCORD_CORS_ORIGINS");
    },
  );
});
