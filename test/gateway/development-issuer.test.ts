import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify } from "jose";
import { expect, onTestFinished, test } from "vitest";
import { createDevelopmentIssuer, type DevelopmentIssuer } from "../../gateway/development-issuer.ts";
import type { Identity } from "../../gateway/http/authenticate.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { createLog } from "../../subgraphs/shared/log.ts";
import { startTestGateway } from "./support/test-gateway.ts";

test("a demo user signs in and the graph takes the token", async () => {
  const developmentIssuer = await issuerIn(await folder());
  const { url, query } = await startTestGateway({ developmentIssuer, identity: identityOf(developmentIssuer) });
  const response = await signIn(url, "finance");
  expect(response.status).toBe(200);
  const body = (await response.json()) as { token: string };
  expect(body).toEqual({
    token: expect.any(String),
    expiresIn: 28_800,
    user: { userId: "demo:finance", name: "Demo finance", role: "finance" },
  });
  const { status } = await query("{ orders { id } }", { headers: { authorization: `Bearer ${body.token}` } });
  expect(status).toBe(200);
});

test("the token is signed by the key at the well-known address, for eight hours, for our audience", async () => {
  const developmentIssuer = await issuerIn(await folder());
  const { url } = await startTestGateway({ developmentIssuer });
  const { token } = (await (await signIn(url, "administrator")).json()) as { token: string };
  const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
  const options = { issuer: developmentIssuer.issuer, audience: "concord", algorithms: ["ES256"] };
  const { payload } = await jwtVerify(token, keys, options);
  expect(payload).toMatchObject({ sub: "demo:administrator", name: "Demo administrator" });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(28_800);
});

test("the holder of an e-mail address signs in by it, as one whose address is verified, and has no role", async () => {
  const developmentIssuer = await issuerIn(await folder());
  const { url } = await startTestGateway({ developmentIssuer });
  const { token, user } = (await (await signIn(url, " Sara@Shop.example")).json()) as { token: string; user: object };
  const { payload } = await jwtVerify(token, createLocalJWKSet(developmentIssuer.publicKeys));
  expect(user).toEqual({ userId: "demo:sara@shop.example", name: "sara@shop.example", email: "sara@shop.example" });
  expect(payload).toMatchObject({ sub: "demo:sara@shop.example", email: "sara@shop.example", email_verified: true });
  expect(payload).not.toHaveProperty("role");
});

test("the private part of the key is neither served nor readable by others", async () => {
  const dataDir = await folder();
  const developmentIssuer = await issuerIn(dataDir);
  const { url } = await startTestGateway({ developmentIssuer });
  const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: object[] };
  expect(keys).toEqual([expect.objectContaining({ kty: "EC", crv: "P-256", alg: "ES256", kid: expect.any(String) })]);
  expect(keys[0]).not.toHaveProperty("d");
  const path = join(dataDir, "development-issuer", "signing-key.json");
  expect(JSON.parse(await readFile(path, "utf8"))).toHaveProperty("d");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(dataDir, "development-issuer"))).mode & 0o777).toBe(0o700);
});

test("a token outlives a restart, and two processes that start at once share one key", async () => {
  const dataDir = await folder();
  const [first, second] = await Promise.all([issuerIn(dataDir), issuerIn(dataDir)]);
  const { token } = await first.signIn("viewer");
  const restarted = await issuerIn(dataDir);
  for (const issuer of [second, restarted]) {
    expect(issuer.publicKeys).toEqual(first.publicKeys);
    await expect(identityOf(issuer)(token)).resolves.toMatchObject({ userId: "demo:viewer" });
  }
});

test.each(["root", "", "__proto__", "constructor", "two@a.example@b.example", "no@tld"])(
  "the unknown user %j is refused with the known names",
  async (user) => {
    const { url } = await startTestGateway({ developmentIssuer: await issuerIn(await folder()) });
    const response = await signIn(url, user);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("administrator, finance, viewer, adapter");
  },
);

test("a page of another origin cannot ask for a token without a preflight", async () => {
  const { url } = await startTestGateway({ developmentIssuer: await issuerIn(await folder()) });
  const init = { method: "POST", headers: { "content-type": "text/plain" }, body: '{"user":"administrator"}' };
  expect((await fetch(`${url}/dev/token`, init)).status).toBe(415);
});

test("a key file that is no key is named, not replaced", async () => {
  const dataDir = await folder();
  await issuerIn(dataDir);
  const path = join(dataDir, "development-issuer", "signing-key.json");
  await writeFile(path, "{}");
  await expect(issuerIn(dataDir)).rejects.toMatchObject({ code: "BAD_CONFIGURATION", message: /signing-key\.json/ });
});

test("the log warns that demo sign-in is on", async () => {
  const lines: string[] = [];
  const log = createLog({ logLevel: "warn" }, {}, { write: (line) => lines.push(line) });
  await createDevelopmentIssuer({ dataDir: await folder(), audience: "concord", log });
  expect(lines.join()).toContain("DEMO SIGN-IN IS ON");
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "concord-issuer-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

function issuerIn(dataDir: string): Promise<DevelopmentIssuer> {
  const log = createLog({ logLevel: "silent" }, {}, { write: () => undefined });
  return createDevelopmentIssuer({ dataDir, audience: "concord", log });
}

function identityOf({ publicKeys, issuer, audience }: DevelopmentIssuer): Identity {
  const keys = createLocalJWKSet(publicKeys);
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ["ES256"] }).catch((cause) => {
      throw new AppError("UNAUTHENTICATED", "The access token is not ours: sign in again.", { cause });
    });
    return { userId: String(payload.sub), name: String(payload["name"]) };
  };
}

function signIn(url: string, user: string): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${url}/dev/token`, { method: "POST", headers, body: JSON.stringify({ user }) });
}
