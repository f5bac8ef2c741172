import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { startTestGateway } from "./support/test-gateway.ts";

const SIGNED_IN = { authorization: "Bearer good", "content-type": "application/json" };

describe("how an operation must be sent", () => {
  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/graphql",
    "application/json; charset=utf-7",
    "application/json; charset=ibm037",
    "not a type",
  ])("the content type %s is refused", async (contentType) => {
    const { url } = await startTestGateway();
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { ...SIGNED_IN, "content-type": contentType },
      body: '{"query":"{__typename}"}',
    });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "UNSUPPORTED_MEDIA_TYPE" } }] });
  });

  test("a body without a content type, as a page of another origin could send it, is refused", async () => {
    const { url } = await startTestGateway();
    const body = new TextEncoder().encode('{"query":"mutation { cancel(id: 1) }"}');
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { authorization: "Bearer good", origin: "https://evil.example" },
      body,
    });
    expect(response.status).toBe(415);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("a compressed body is refused before it is unpacked", async () => {
    const { url } = await startTestGateway();
    const headers = { ...SIGNED_IN, "content-encoding": "gzip" };
    const response = await fetch(`${url}/graphql`, { method: "POST", headers, body: "{}" });
    expect(response.status).toBe(415);
  });

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS"])("%s is refused and told what is taken", async (method) => {
    const { url } = await startTestGateway();
    const query = "/graphql?query={__typename}";
    const response = await fetch(url + query, {
      method,
      headers: { authorization: "Bearer good", "apollo-require-preflight": "1" },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, POST");
  });

  test.each([
    ["of declared length", "x".repeat(100_001)],
    ["of unknown length", new Blob(["x".repeat(300_000)]).stream()],
  ])("a body over 100 kB %s is refused with 413", async (_, body) => {
    const { url } = await startTestGateway();
    const init = { method: "POST", headers: SIGNED_IN, body, duplex: "half" } as RequestInit;
    const response = await fetch(`${url}/graphql`, init);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "TOO_LARGE" } }] });
  });

  test("a body that stops arriving is answered with 408", async () => {
    const { url } = await startTestGateway({ config: { host: "127.0.0.1", port: 0, bodyTimeoutMs: 50 } });
    const status = await new Promise((resolve, reject) => {
      const call = request(`${url}/graphql`, { method: "POST", headers: SIGNED_IN });
      call.once("response", (response) => resolve(response.resume().statusCode)).once("error", reject);
      call.write("{");
    });
    expect(status).toBe(408);
  });

  test.each(["", "{", "[]", "null", '"text"', "{}", '{"query":1}', '{"query":""}'])(
    "the body %j is refused with 400 and no stack",
    async (body) => {
      const { url } = await startTestGateway();
      const response = await fetch(`${url}/graphql`, { method: "POST", headers: SIGNED_IN, body });
      const answer = await response.text();
      expect(response.status).toBe(400);
      expect(JSON.parse(answer)).toMatchObject({ errors: [{ message: expect.any(String) }] });
      expect(answer).not.toMatch(/stack|node_modules/);
    },
  );

  test("a batch is refused", async () => {
    const { query } = await startTestGateway();
    expect((await query([{ query: "{ orders { id } }" }])).status).toBe(400);
  });

  test("persisted queries are off", async () => {
    const { query } = await startTestGateway();
    const persistedQuery = { version: 1, sha256Hash: "0".repeat(64) };
    const { body } = await query({ extensions: { persistedQuery } });
    expect(body).toMatchObject({ errors: [{ extensions: { code: "PERSISTED_QUERY_NOT_SUPPORTED" } }] });
  });
});
