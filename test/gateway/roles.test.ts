import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openIdentity } from "../../commands/open-identity.ts";
import { loadLimits } from "../../gateway/limits/load-limits.ts";
import { readConfig } from "../../subgraphs/shared/config.ts";
import { createLog } from "../../subgraphs/shared/log.ts";
import { socketClient } from "./support/socket-client.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const DEEP = "{ parent { parent { parent { __typename } } } }";
const LIMITS = { all: { depth: 3 }, roles: { adapter: { depth: 5 } } };

test("a demo user's role is in the token, and chooses the limits over HTTP and over a socket", async () => {
  const gateway = await start(LIMITS);
  for (const [user, isAllowed] of [
    ["adapter", true],
    ["viewer", false],
  ] as const) {
    const authorization = await gateway.signIn(user);
    const { status, body } = await gateway.query(DEEP, { headers: { authorization } });
    const [told] = await socketClient(gateway.url, { connectionParams: { authorization } }).run({ query: DEEP });
    const refused = [{ extensions: { code: "OPERATION_TOO_LARGE", limit: "depth" } }];
    expect(status).toBe(isAllowed ? 200 : 400);
    expect(body).toMatchObject(isAllowed ? { data: {} } : { errors: refused });
    expect(told).toMatchObject(isAllowed ? { next: { data: {} } } : { errors: refused });
  }
});

test("the plan and the cost of an operation are told to the roles that may ask, and to no other", async () => {
  const gateway = await start({}, ["finance"]);
  const ask = async (user: string) => {
    const headers = { authorization: await gateway.signIn(user), "x-concord-explain": "1", "x-show-cost": "1" };
    return (await gateway.query("{ orders { id cents } }", { headers })).body;
  };
  expect(await ask("finance")).toMatchObject({ extensions: { cost: 5, plan: { kind: "QueryPlan" } } });
  expect(await ask("viewer")).not.toHaveProperty("extensions");
});

test.each([
  ["no JSON", "{", "cannot be read as JSON"],
  ["a name that is no limit", '{"all": {"deepness": 3}}', "deepness"],
  ["a limit that no role may change", '{"roles": {"machine": {"tokens": 3}}}', "tokens"],
  ["a limit of nothing", '{"all": {"depth": 0}}', "depth"],
])("a file of limits with %s is refused, and says why", async (_, text, word) => {
  const path = join(await folder(), "limits.json");
  await writeFile(path, text);
  await expect(loadLimits(path)).rejects.toThrow(word);
});

async function start(limits: object, explainRoles: readonly string[] = []) {
  const dataDir = await folder();
  const path = join(dataDir, "limits.json");
  await writeFile(path, JSON.stringify(limits));
  const config = readConfig({ CONCORD_DATA: dataDir, CONCORD_DEV_ISSUER: "on", HOME: dataDir });
  const log = createLog({ logLevel: "silent" }, {});
  const { verifyToken, developmentIssuer } = await openIdentity({ config, log });
  const gateway = await startTestGateway({
    identity: (token) => verifyToken(`Bearer ${token}`),
    limits: await loadLimits(path),
    explainRoles,
  });
  return {
    ...gateway,
    signIn: async (user: string) => `Bearer ${(await developmentIssuer!.signIn(user)).token}`,
  };
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "concord-roles-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}
