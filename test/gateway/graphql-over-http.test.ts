import { serverAudits } from "graphql-http";
import { describe, expect, test } from "vitest";
import { startTestGateway } from "./support/test-gateway.ts";

const SIGNED_IN = { authorization: "Bearer good", "apollo-require-preflight": "1" };

describe("the audits of GraphQL over HTTP", () => {
  test("every one is passed, the recommendations and the options too", async () => {
    const { url } = await startTestGateway({ graphiql: true });
    const fetchFn = (address: string, init: RequestInit = {}) => {
      return fetch(address, { ...init, headers: { ...SIGNED_IN, ...(init.headers as Record<string, string>) } });
    };
    const results = await Promise.all(serverAudits({ url: `${url}/graphql`, fetchFn }).map(({ fn }) => fn()));
    expect(results).toHaveLength(61);
    expect(results.filter(({ status }) => status !== "ok")).toEqual([]);
  });
});

describe("a query by GET", () => {
  test("is answered where a header shows that no page of another origin sent it", async () => {
    const { url } = await startTestGateway();
    for (const header of ["apollo-require-preflight", "content-type"]) {
      const headers = { authorization: "Bearer good", [header]: "application/json" };
      const response = await fetch(`${url}/graphql?query={orders{id}}`, { headers });
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ data: { orders: [{ id: "1" }, { id: "2" }] } });
    }
  });

  test("takes variables and an operation name, and question marks in both", async () => {
    const { url } = await startTestGateway();
    const query = "query A { __typename } query B($is: Boolean!) { orders @include(if: $is) { id } t: __typename #?\n}";
    const variables = JSON.stringify({ is: false, other: "?" });
    const search = new URLSearchParams({ query, operationName: "B", variables }).toString().replaceAll("%3F", "?");
    const response = await fetch(`${url}/graphql?${search}`, { headers: SIGNED_IN });
    expect(await response.json()).toEqual({ data: { t: "Query" } });
  });

  test.each([
    [400, "{__typename}", { "apollo-require-preflight": "" }],
    [415, "{__typename}", { "content-type": "text/plain" }],
    [415, "{__typename}", { "content-type": "application/x-www-form-urlencoded" }],
    [401, "{__typename}", { authorization: "" }],
    [405, "mutation { cancel(id: 1) }", {}],
    [400, "{__schema{queryType{name}}}", {}],
    [400, "", {}],
  ])("is refused with %i: %s with %o", async (status, query, headers) => {
    const { url } = await startTestGateway();
    const address = `${url}/graphql?${new URLSearchParams({ query })}`;
    const response = await fetch(address, { headers: { ...SIGNED_IN, ...headers } });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.any(String) }] });
  });
});

describe("the media type of an answer", () => {
  test.each([
    ["application/graphql-response+json", 400],
    ["application/json", 200],
    ["application/graphql-response+json, application/json;q=0.9", 400],
    ["*/*", 400],
  ])("where %s is accepted, a document that is not valid gets %i", async (accept, status) => {
    const { query } = await startTestGateway();
    const answer = await query("{ nothing }", { headers: { accept } });
    expect(answer.status).toBe(status);
    expect(answer.body).not.toHaveProperty("data");
  });

  test("what a limit refuses has its own status in the older one too", async () => {
    const { query } = await startTestGateway({ limits: { all: { depth: 1 } } });
    expect((await query("{ orders { id } }", { headers: { accept: "application/json" } })).status).toBe(400);
  });

  test("a type that we have not is refused", async () => {
    const { query } = await startTestGateway();
    expect((await query("{ orders { id } }", { headers: { accept: "text/csv" } })).status).toBe(406);
  });
});
