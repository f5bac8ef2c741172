import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { inProcess, ordersSchemas, type SeenCall } from "./support/orders-graph.ts";
import { startTestGateway, until } from "./support/test-gateway.ts";

/** Pino's number for `error`. */
const ERROR_LEVEL = 50;

test("an operation over two subgraphs is answered, and no cache keeps the answer", async () => {
  const { query } = await startTestGateway();
  const { status, headers, body } = await query("{ orders { id note cents } }");
  expect(status).toBe(200);
  expect(body).toEqual({
    data: {
      orders: [
        { id: "1", note: "order 1", cents: 100 },
        { id: "2", note: "order 2", cents: 200 },
      ],
    },
  });
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
});

describe("without a good token", () => {
  test.each([
    ["no header", {}],
    ["another scheme", { authorization: "Basic good" }],
    ["an empty token", { authorization: "Bearer " }],
    ["a token that is not ours", { authorization: "Bearer bad" }],
  ])("%s gets 401 in the shape of a GraphQL error, for introspection too", async (_, headers) => {
    const { url } = await startTestGateway({ graphiql: true });
    for (const query of ["{ orders { id } }", "{ __schema { queryType { name } } }", "{"]) {
      const response = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers } as Record<string, string>,
        body: JSON.stringify({ query }),
      });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    }
  });

  test("two Authorization headers get 401, even if the first is good", async () => {
    const { url } = await startTestGateway();
    const status = await new Promise((resolve, reject) => {
      const call = request(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json" } });
      call.setHeader("authorization", ["Bearer good", "Bearer bad"]);
      call.once("response", (response) => resolve(response.resume().statusCode)).once("error", reject);
      call.end('{"query":"{__typename}"}');
    });
    expect(status).toBe(401);
  });

  test("a failure of the identity check itself is not the caller's", async () => {
    const identity = async () => {
      throw new Error("connect ECONNREFUSED 10.0.0.5:443");
    };
    const { query, lines } = await startTestGateway({ identity });
    const { status, body } = await query("{ orders { id } }");
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("10.0.0.5");
    const { errorId } = body.errors?.[0]?.extensions ?? {};
    expect(lines.find((line) => line["errorId"] === errorId)).toMatchObject({ err: { message: /10\.0\.0\.5/ } });
  });

  test("an identity check that knows its failure is answered with that failure's status", async () => {
    const identity = async () => {
      throw new AppError("DATABASE_UNAVAILABLE", "No connection to 10.0.0.5.");
    };
    const { query } = await startTestGateway({ identity });
    const { status, body } = await query("{ orders { id } }");
    expect(status).toBe(503);
    expect(body.errors?.[0]).toMatchObject({ extensions: { code: "DATABASE_UNAVAILABLE" } });
    expect(JSON.stringify(body)).not.toContain("10.0.0.5");
  });
});

describe("what a subgraph is sent", () => {
  test("the token, the request id and the deadline, and nothing else of the client's headers", async () => {
    const seen: SeenCall[] = [];
    const { query } = await startTestGateway({ callers: inProcess(ordersSchemas(), seen) });
    const before = Date.now();
    const { headers } = await query("{ orders { id } }", {
      headers: {
        "x-request-id": "abc-1",
        "x-merchant-id": "mer_2",
        cookie: "a=b",
        "x-deadline": "9",
        traceparent: "x",
        "x-client-address": "203.0.113.7",
        "x-forwarded-for": "203.0.113.7",
      },
    });
    expect(headers.get("x-request-id")).toBe("abc-1");
    expect(seen).toHaveLength(1);
    const { "x-deadline": deadline, ...others } = seen[0]?.headers ?? {};
    expect(others).toEqual({
      ...{ authorization: "Bearer good", "x-request-id": "abc-1", "x-client-address": "127.0.0.1" },
    });
    expect(Number(deadline)).toBeGreaterThanOrEqual(before + 9_000);
    expect(Number(deadline)).toBeLessThanOrEqual(Date.now() + 10_000);
  });

  test.each(["a b", "x".repeat(65), 'a"level":60'])("an odd request id %j is replaced", async (id) => {
    const { query } = await startTestGateway();
    const { headers } = await query("{ orders { id } }", { headers: { "x-request-id": id } });
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("introspection", () => {
  test.each([
    "{ __schema { types { name } } }",
    '{ a: __type(name: "Order") { name } }',
    "{ ...f } fragment f on Query { a: __schema { queryType { name } } }",
  ])("is refused outside development: %s", async (operation) => {
    const { query } = await startTestGateway();
    const { status, body } = await query(operation);
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions).toEqual({ code: "INTROSPECTION_DISABLED" });
    expect(body).not.toHaveProperty("data");
  });

  test("works in development", async () => {
    const { query } = await startTestGateway({ graphiql: true });
    const { body } = await query("{ __schema { queryType { name } } }");
    expect(body).toEqual({ data: { __schema: { queryType: { name: "Query" } } } });
  });
});

describe("time", () => {
  test("a client that leaves aborts the calls made for it, and that is no error in the log", async () => {
    let isAborted = false;
    let isCalled = false;
    const { query, lines } = await startTestGateway({
      callers: {
        orders: ({ signal }) => {
          isCalled = true;
          return new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              isAborted = true;
              reject(signal.reason);
            });
          });
        },
      },
    });
    const client = new AbortController();
    const left = query("{ orders { id } }", { signal: client.signal });
    await until(() => isCalled);
    client.abort();
    await expect(left).rejects.toThrow();
    await until(() => isAborted && lines.some((line) => line["errorId"] !== undefined));
    expect(lines.filter((line) => Number(line["level"]) >= ERROR_LEVEL)).toEqual([]);
  });

  test("an answer is not waited for longer than the deadline, which is told as such", async () => {
    const { query } = await startTestGateway({
      config: { host: "127.0.0.1", port: 0, deadlineMs: 50 },
      callers: { orders: () => new Promise(() => undefined) },
    });
    const { body } = await query("{ orders { id } }");
    expect(body).toMatchObject({
      data: { orders: null },
      errors: [{ path: ["orders"], extensions: { code: "DEADLINE_EXCEEDED" } }],
    });
  });
});
