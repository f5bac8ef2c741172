import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { PERMISSIONS_BY_ROLE, roleMay } from "../../subgraphs/shared/identity/permissions.ts";
import { createTokenVerifier } from "../../subgraphs/shared/identity/verify-token.ts";
import type { Row } from "./support/graph.ts";

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let ours: Keys;
let theirs: Keys;
let published: { keys: Record<string, unknown>[] };

beforeAll(async () => {
  [ours, theirs] = await Promise.all([generateKeyPair("ES256"), generateKeyPair("ES256")]);
  published = { keys: [{ ...(await exportJWK(ours.publicKey)), kid: "one" }] };
});

const NOW = Date.UTC(2026, 0, 5, 8);
const rules = (now = NOW) => ({
  issuer: "iss",
  audience: "concord",
  keys: published as never,
  now: () => new Date(now),
});

async function bearer(claims: Row = {}, header: Row = {}, key = ours.privateKey): Promise<string> {
  const seconds = NOW / 1000;
  const standard = { sub: "ann", name: "Ann", iss: "iss", aud: "concord", iat: seconds, exp: seconds + 300 };
  const token = new SignJWT({ ...standard, ...claims });
  return `Bearer ${await token.setProtectedHeader({ alg: "ES256", kid: "one", typ: "at+jwt", ...header }).sign(key)}`;
}

describe("a token", () => {
  test.each([{}, { typ: "JWT" }, { typ: undefined }])("with header %o tells who calls", async (header) => {
    expect(await createTokenVerifier(rules())(await bearer({}, header))).toEqual({ userId: "ann", name: "Ann" });
  });

  test.each([
    ["role", "machine", undefined, "machine"],
    ["role", undefined, undefined, undefined],
    ["role", { name: "machine" }, undefined, undefined],
    ["role", ["", "first", "second"], undefined, "first"],
    ["realm.roles", { roles: ["staff", "grp-api"] }, [["grp-api", "machine"]], "machine"],
    [
      "realm.roles",
      { roles: ["staff", "grp-api"] },
      [
        ["grp-fin", "finance"],
        ["staff", "viewer"],
      ],
      "viewer",
    ],
    ["realm.roles", { roles: ["staff"] }, [["grp-api", "machine"]], undefined],
    ["realm.roles", "machine", undefined, undefined],
    ["constructor.name", "x", undefined, undefined],
  ] as const)("with a role at %s as %o, mapped by %o, gives the role %o", async (path, value, names, role) => {
    const claim = path.split(".");
    const verify = createTokenVerifier({ ...rules(), role: { path: claim, names } });
    const name = claim[0] === "constructor" ? "other" : `${claim[0]}`;
    expect((await verify(await bearer({ [name]: value }))).role).toBe(role);
  });

  test("without a name is called by its preferred name, or its subject", async () => {
    const verify = createTokenVerifier(rules());
    expect((await verify(await bearer({ name: undefined, preferred_username: "annie" }))).name).toBe("annie");
    expect((await verify(await bearer({ name: 7 }))).name).toBe("ann");
  });

  test.each<[string, Row, Row]>([
    ["another issuer", { iss: "evil" }, {}],
    ["another audience", { aud: "shop" }, {}],
    ["no subject", { sub: undefined }, {}],
    ["an empty subject", { sub: "" }, {}],
    ["no end", { exp: undefined }, {}],
    ["an end 31 seconds ago", { exp: NOW / 1000 - 31 }, {}],
    ["a beginning in 31 seconds", { nbf: NOW / 1000 + 31 }, {}],
    ["no time of its issue", { iat: undefined }, {}],
    ["an issue a day and 31 seconds ago", { iat: NOW / 1000 - 86_431 }, {}],
    ["an issue 31 seconds from now", { iat: NOW / 1000 + 31 }, {}],
    ["an issue of tomorrow", { iat: NOW / 1000 + 86_400 }, {}],
    ["the type of an id token", {}, { typ: "id+jwt" }],
  ])("with %s is refused", async (_name, claims, header) => {
    const refused = createTokenVerifier(rules())(await bearer(claims, header));
    await expect(refused).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("is refused when it is absent, mangled, unsigned or signed by another", async () => {
    const verify = createTokenVerifier(rules());
    const good = await bearer();
    const [header = "", payload = ""] = good.split(".");
    const unsigned = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
    for (const authorization of [
      undefined,
      "",
      "Bearer",
      "Basic abc",
      good.slice(0, -4),
      `${header}.${payload}.`,
      `Bearer ${unsigned}.${payload}.`,
      await bearer({}, {}, theirs.privateKey),
    ]) {
      await expect(verify(authorization), authorization).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    }
  });

  test("is good for 30 seconds after its end and before its beginning, for clocks that differ", async () => {
    for (const claims of [
      { exp: NOW / 1000 - 29 },
      { nbf: NOW / 1000 + 29 },
      { iat: NOW / 1000 + 29 },
      { iat: NOW / 1000 - 86_429 },
    ])
      expect(await createTokenVerifier(rules())(await bearer(claims))).toMatchObject({ userId: "ann" });
  });

  test("is refused past the age that is configured, however late its end, and though it was good a moment ago", async () => {
    let now = NOW;
    const verify = createTokenVerifier({ ...rules(), maxAgeSeconds: 3_600, now: () => new Date(now) });
    const token = await bearer({ iat: NOW / 1000 - 3_595, exp: NOW / 1000 + 1e6 });
    expect(await verify(token)).toMatchObject({ userId: "ann" });
    now += 36_000;
    await expect(verify(token)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await createTokenVerifier({ ...rules(), maxAgeSeconds: 3_700 })(token)).toMatchObject({ userId: "ann" });
  });

  test("that was good is not good for ever: a kept verdict ends with the token", async () => {
    let now = NOW;
    const verify = createTokenVerifier({ ...rules(), now: () => new Date(now) });
    const token = await bearer({ exp: NOW / 1000 + 10 });
    await verify(token);
    now += 41_000;
    await expect(verify(token)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });
});

test("keys that cannot be read are our failure; keys that can are fetched once", async () => {
  let asked = 0;
  const keyServer = createServer((_request, response) => {
    asked++;
    response.end(JSON.stringify(published));
  });
  await new Promise<void>((resolve) => keyServer.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/keys`;
  const verify = createTokenVerifier({ ...rules(), keys: { url } });
  await verify(await bearer());
  await verify(await bearer({ sub: "bob" }));
  expect(asked).toBe(1);
  await new Promise((resolve) => keyServer.close(resolve));
  const away = createTokenVerifier({ ...rules(), keys: { url } })(await bearer());
  await expect(away).rejects.toMatchObject({ code: "INTERNAL_ERROR" });
});

test("a viewer changes nothing, and each role may do no more than the administrator", () => {
  expect(roleMay("viewer", "transactions:view")).toBe(true);
  for (const permission of [
    "reconciliation:run",
    "files:upload",
    "manual-interventions:view",
    "quarantine:view",
  ] as const) {
    expect(roleMay("viewer", permission)).toBe(false);
  }
  for (const permissions of Object.values(PERMISSIONS_BY_ROLE)) {
    expect(PERMISSIONS_BY_ROLE.administrator).toEqual(expect.arrayContaining([...permissions]));
  }
});
