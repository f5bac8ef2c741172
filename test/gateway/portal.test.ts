import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { EXAMPLE_QUERIES } from "../../gateway/pages/example-queries.ts";
import { loadPortal } from "../../gateway/portal/portal-files.ts";
import { NO_SIGN_IN, oidcSignIn, type SignIn } from "../../gateway/portal/sign-in.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const SCRIPT = "export const answer = 42;";
const INDEX = '<!doctype html><script type="module" src="/assets/app-1a2b.js"></script>';
const PAGE = { headers: { accept: "text/html,*/*" } };

test("a page is asked after each time, and what has its hash in its name is kept for ever", async () => {
  const { url } = await startPortal();
  const page = await fetch(url, PAGE);
  expect(await page.text()).toBe(INDEX);
  expect(page.headers.get("cache-control")).toBe("no-cache");
  const script = await fetch(`${url}/assets/app-1a2b.js`, { headers: { "accept-encoding": "br" } });
  expect(await script.text()).toBe(SCRIPT);
  expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(script.headers.get("content-encoding")).toBe("br");
  expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  const again = await fetch(url, { headers: { ...PAGE.headers, "if-none-match": page.headers.get("etag") ?? "" } });
  expect(again.status).toBe(304);
});

test("a client that reads no brotli gets the script as it is", async () => {
  const { url } = await startPortal();
  const script = await fetch(`${url}/assets/app-1a2b.js`, { headers: { "accept-encoding": "identity" } });
  expect(script.headers.get("content-encoding")).toBeNull();
  expect(await script.text()).toBe(SCRIPT);
});

test("any path that a browser opens is the portal's, and a program that missed its path is told so", async () => {
  const { url } = await startPortal();
  expect(await (await fetch(`${url}/transactions?open=ccv_1`, PAGE)).text()).toBe(INDEX);
  expect((await fetch(`${url}/transactions`, { headers: { accept: "application/json" } })).status).toBe(404);
  expect((await fetch(`${url}/transactions`, { ...PAGE, method: "POST" })).status).toBe(404);
  expect((await fetch(`${url}/live`, PAGE)).headers.get("content-type")).toContain("application/json");
});

test("the page may run nothing inline and ask nobody but this server", async () => {
  const { url } = await startPortal();
  const csp = (await fetch(url, PAGE)).headers.get("content-security-policy") ?? "";
  expect(csp).toContain("default-src 'none'");
  expect(csp).toContain("script-src 'self';");
  expect(csp).toContain("style-src 'self';");
  expect(csp).toContain("connect-src 'self';");
  expect(csp).not.toMatch(/unsafe|\*|https?:/);
});

test("with an issuer the portal is told where to sign in, and may reach where codes become tokens", async () => {
  const issuer = await startIssuer();
  const { url } = await startPortal(
    oidcSignIn({ issuer, clientId: "portal", scope: "openid", audience: "concord" }, SILENT),
  );
  expect(await (await fetch(`${url}/portal/settings`)).json()).toEqual({
    graphiql: false,
    examples: EXAMPLE_QUERIES,
    signIn: {
      kind: "oidc",
      clientId: "portal",
      scope: "openid",
      audience: "concord",
      authorizationEndpoint: `${issuer}/authorize`,
      tokenEndpoint: `${issuer}/token`,
      endSessionEndpoint: null,
    },
  });
  expect((await fetch(url, PAGE)).headers.get("content-security-policy")).toContain(`connect-src 'self' ${issuer};`);
});

test("an issuer that does not answer leaves the portal standing, which says so", async () => {
  const client = { issuer: "http://127.0.0.1:1", clientId: "portal", scope: "openid", audience: "concord" };
  const { url } = await startPortal(oidcSignIn(client, SILENT));
  expect(await (await fetch(`${url}/portal/settings`)).json()).toEqual({
    graphiql: false,
    examples: EXAMPLE_QUERIES,
    signIn: { kind: "unreachable" },
  });
  expect((await fetch(url, PAGE)).status).toBe(200);
});

test("a folder that was never built is no portal", async () => {
  expect(await loadPortal(join(tmpdir(), "no-such-portal"))).toBeUndefined();
});

const SILENT = pino({ level: "silent" });

async function startPortal(signIn: SignIn = NO_SIGN_IN) {
  const folder = await mkdtemp(join(tmpdir(), "concord-portal-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), INDEX);
  await writeFile(join(folder, "assets/app-1a2b.js"), SCRIPT);
  await writeFile(join(folder, "assets/app-1a2b.js.br"), brotliCompressSync(SCRIPT));
  const files = await loadPortal(folder);
  if (!files) throw new Error("the portal that was just written is not found");
  return startTestGateway({ portal: { files, signIn, graphiql: false } });
}

async function startIssuer(): Promise<string> {
  const server = createServer((request, response) => {
    const own = `http://${request.headers.host}`;
    const found = request.url === "/.well-known/openid-configuration";
    response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify({ authorization_endpoint: `${own}/authorize`, token_endpoint: `${own}/token` }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
