import { request } from "node:http";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { inProcess, ordersSchemas } from "./support/orders-graph.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const MANY = Array.from({ length: 500 }, (_, i) => ({ id: `${i}`, note: `the order number ${i}` }));

test.each([
  ["br", "br"],
  ["gzip", "gzip"],
  ["gzip, br", "br"],
  ["gzip;q=1, br;q=0", "gzip"],
  ["identity", undefined],
  ["deflate", undefined],
  ["", undefined],
])("where a client reads %j, a long answer is sent as %s", async (accepted, encoding) => {
  const { url } = await startTestGateway({ callers: inProcess(ordersSchemas({ orders: () => MANY })) });
  const { headers, body } = await post(url, "{ orders { id note } }", accepted);
  expect(headers["content-encoding"]).toBe(encoding);
  expect(headers["vary"]).toContain("Accept-Encoding");
  const text = encoding === "br" ? brotliDecompressSync(body) : encoding === "gzip" ? gunzipSync(body) : body;
  expect(JSON.parse(text.toString())).toEqual({ data: { orders: MANY } });
  if (encoding) expect(body.length).toBeLessThan(text.length / 4);
});

test("a short answer is sent as it is", async () => {
  const { url } = await startTestGateway();
  const { headers, body } = await post(url, "{ orders { id } }", "br, gzip");
  expect(headers["content-encoding"]).toBeUndefined();
  expect(headers["content-length"]).toBe(String(body.length));
});

/** `fetch` would unpack the answer by itself. */
async function post(url: string, query: string, accepted: string) {
  const headers = { authorization: "Bearer good", "content-type": "application/json", "accept-encoding": accepted };
  return new Promise<{ headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const call = request(`${url}/graphql`, { method: "POST", headers });
    call.once("error", reject).once("response", (response) => {
      buffer(response).then((body) => resolve({ headers: response.headers, body }), reject);
    });
    call.end(JSON.stringify({ query }));
  });
}
