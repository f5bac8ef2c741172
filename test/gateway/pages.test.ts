import { describe, expect, test } from "vitest";
import type { DevelopmentIssuer } from "../../gateway/development-issuer.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const ISSUER: DevelopmentIssuer = {
  issuer: "urn:test",
  audience: "concord",
  publicKeys: { keys: [] },
  users: {
    administrator: { userId: "demo:administrator", name: "A", role: "administrator" },
    finance: { userId: "demo:finance", name: "F", role: "finance" },
  },
  signIn: async () => ({
    token: "good",
    expiresIn: 1,
    user: { userId: "demo:finance", name: "F", role: "finance" },
  }),
};

describe("GraphiQL", () => {
  test("loads every part from this server and may load nothing from another", async () => {
    const { url } = await startTestGateway({ graphiql: true });
    const page = await fetch(`${url}/graphiql`);
    const html = await page.text();
    const parts = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, part]) => String(part));
    expect(parts).toEqual(
      expect.arrayContaining(["/graphiql/graphiql.css", "/graphiql/graphiql.js", "/graphiql/start.js"]),
    );
    expect(html).not.toMatch(/https?:|\/\/[a-z]/);
    const csp = page.headers.get("content-security-policy") ?? "";
    expect(csp).toContain("default-src 'none'");
    expect(csp).toContain("script-src 'self'");
    expect(csp).not.toMatch(/http|\*|unsafe-eval/);
    for (const part of parts.filter((path) => path.startsWith("/graphiql/"))) {
      const response = await fetch(url + part);
      expect([part, response.status]).toEqual([part, 200]);
      expect(response.headers.get("content-type")).toMatch(/^text\/(css|javascript)/);
    }
  });

  test("styles and editor workers need no other server either", async () => {
    const { url } = await startTestGateway({ graphiql: true });
    const css = await (await fetch(`${url}/graphiql/graphiql.css`)).text();
    expect(css.match(/@import|url\(\s*["']?(https?:)?\/\//)).toBeNull();
    for (const worker of ["editorWorkerService", "json", "graphql"]) {
      const response = await fetch(`${url}/graphiql/${worker}.js`);
      expect([worker, response.status]).toEqual([worker, 200]);
      expect(await response.text()).not.toMatch(/importScripts\(\s*["']http/);
    }
  });

  test("an unchanged part is not sent twice", async () => {
    const { url } = await startTestGateway({ graphiql: true });
    const first = await fetch(`${url}/graphiql/graphiql.js`);
    const etag = first.headers.get("etag") ?? "";
    await first.arrayBuffer();
    const again = await fetch(`${url}/graphiql/graphiql.js`, { headers: { "if-none-match": etag } });
    expect(again.status).toBe(304);
  });

  test("offers the demo users where demo sign-in is on, and none where it is off", async () => {
    const development = await startTestGateway({ graphiql: true, developmentIssuer: ISSUER });
    expect(await textOf(`${development.url}/graphiql`)).toContain(
      "<option>administrator</option><option>finance</option>",
    );
    const other = await startTestGateway({ graphiql: true });
    expect(await textOf(`${other.url}/graphiql`)).not.toContain("<option>administrator</option>");
  });
});

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}
