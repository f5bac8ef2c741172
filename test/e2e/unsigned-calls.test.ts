import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, type Site } from "../support/processes.ts";

let site: Site;
beforeAll(async () => {
  const trust = { JWKS_URL: "http://127.0.0.1:9/keys", JWT_ISSUER: "https://id.test" };
  site = await openSite("unsigned_calls", { CONCORD_SECRET: "kQ7pZ2xWm9Lr4TbVd8NcYf3HsGj6Ra5E", ...trust });
});
afterAll(() => site?.close());

test.each([[["subgraph", "accounts"]], [["gateway"]]])(
  "%j does not start without keys, and says what to set",
  async (args) => {
    const { code, stderr } = await site.run(args);
    expect(code).toBe(3);
    expect(stderr).toContain("BAD_CONFIGURATION");
    expect(stderr).toContain("CONCORD_GATEWAY_KEYS");
  },
  60_000,
);

test("a subgraph that is told to do without keys says so loudly, and answers anyone", async () => {
  const service = site.start(["subgraph", "accounts", "--port", "0"], { CONCORD_UNSIGNED_CALLS: "on" });
  const { url } = await service.says("the subgraph answers");
  expect(
    service.log().filter(({ msg, level }) => msg?.startsWith("CALLS ARE NOT SIGNED") && level === 40),
  ).toHaveLength(1);
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: '{"query":"{ __typename }"}' };
  const answer = (await (await fetch(`${url}/graphql`, init)).json()) as { errors: { message: string }[] };
  expect(answer.errors[0]?.message).toContain("access token");
});
