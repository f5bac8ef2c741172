import { describe, expect, test } from "vitest";
import { startTestGateway } from "./support/test-gateway.ts";

/** `extensions` in a body make it one for Apollo Server, which reads nothing in them. */
const FOR_APOLLO = { extensions: {} };

const OPERATIONS: Readonly<Record<string, object>> = {
  data: { query: "query A($is: Boolean = true) { orders @include(if: $is) { id note cents } }", variables: null },
  "an alias that is __proto__": { query: "{ __proto__: orders { constructor: id } }" },
  "one of two operations": { query: "query A { __typename } query B { orders { id } }", operationName: "B" },
  "two operations without a name": { query: "query A { __typename } query B { orders { id } }" },
  "a name that no operation has": { query: "{ __typename }", operationName: "C" },
  "an empty name": { query: "{ __typename }", operationName: "" },
  "what cannot be read": { query: "{ orders { id " },
  "what is nested deeper than the parser's stack": { query: `{ orders(a: ${"[".repeat(20_000)}) { id } }` },
  "what the schema does not have": { query: "{ orders { ident } unknown }" },
  "a limit that is exceeded": {
    query: `{ ${Array.from({ length: 30 }, (_, index) => `a${index}: __typename`).join(" ")} }`,
  },
  introspection: { query: "{ __schema { queryType { name } } }" },
  "a variable of another type": {
    query: "query($is: Boolean!) { orders @skip(if: $is) { id } }",
    variables: { is: 1 },
  },
  "a variable that is missing": { query: "query($is: Boolean!) { orders @skip(if: $is) { id } }", variables: {} },
  "an inner field": { query: "{ _service { sdl } }" },
  "a mutation that is not there": { query: "mutation { create }" },
  "a subscription": { query: "subscription { orderChanged { id } }" },
  "a failing subgraph": { query: "{ orders { id cents } }" },
  "parts of an answer": { query: "{ ... @defer { orders { id } } }" },
};

const ACCEPTED = [
  undefined,
  "*/*",
  "application/json",
  "application/graphql-response+json",
  "application/graphql-response+json, application/json;q=0.9",
  "application/json;charset=utf-8, */*;q=0.1",
  "text/html, application/json;q=0.1",
  "text/html",
];

describe("a posted operation is answered as Apollo Server answers it", () => {
  test.each(Object.entries(OPERATIONS))("%s", async (name, operation) => {
    const gateway = await startTestGateway(name === "a failing subgraph" ? { callers: { prices: failing } } : {});
    async function post(body: object, accept: string | undefined) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: "POST",
        headers: { authorization: "Bearer good", "content-type": "application/json", ...(accept && { accept }) },
        body: JSON.stringify(body),
      });
      const { "x-request-id": _, date: __, ...headers } = Object.fromEntries(response.headers);
      const text = (await response.text()).replace(/"errorId":"[^"]+"/g, '"errorId":"…"');
      return { status: response.status, headers: { ...headers, "content-length": "…" }, text };
    }
    for (const accept of ACCEPTED) {
      const [own, apollos] = [await post(operation, accept), await post({ ...operation, ...FOR_APOLLO }, accept)];
      expect([accept, own]).toEqual([accept, apollos]);
    }
  });
});

test("a refusal is in the log with its request, whoever answered it", async () => {
  const { query, lines } = await startTestGateway();
  for (const more of [{}, FOR_APOLLO]) {
    await query({ query: "{ unknown }", ...more }, { headers: { "x-request-id": "mine" } });
    expect(lines.findLast(({ msg }) => msg === "an operation was refused")).toMatchObject({
      requestId: "mine",
      code: "GRAPHQL_VALIDATION_FAILED",
      userId: "usr_1",
    });
  }
});

async function failing(): Promise<never> {
  throw new Error("the prices are out");
}
