import { describe, expect, test } from "vitest";
import { startTestGateway } from "./support/test-gateway.ts";

describe("/live", () => {
  test("answers whatever else is broken, without a token", async () => {
    const { url } = await startTestGateway({ readiness: async () => ({ database: false }) });
    expect((await fetch(`${url}/live`)).status).toBe(200);
  });
});

describe("/ready", () => {
  test("is 200 and names its parts while all are ready", async () => {
    const { url } = await startTestGateway({ readiness: async () => ({ database: true, queue: true }) });
    const response = await fetch(`${url}/ready`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ready: true, checks: { database: true, queue: true, accepting: true } });
  });

  test("is 503 and names the part that is not ready", async () => {
    const { url } = await startTestGateway({ readiness: async () => ({ database: true, queue: false }) });
    const response = await fetch(`${url}/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ ready: false, checks: { database: true, queue: false } });
  });

  test("is 503 without the reason when the check itself fails", async () => {
    const readiness = async () => {
      throw new Error("connect ECONNREFUSED 10.0.0.5:5432");
    };
    const { url } = await startTestGateway({ readiness });
    const response = await fetch(`${url}/ready`);
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain("10.0.0.5");
  });

  test("asks its parts once, however many ask it at once", async () => {
    let asked = 0;
    const readiness = async () => {
      asked++;
      return {};
    };
    const { url } = await startTestGateway({ readiness });
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/ready`).then((response) => response.text())));
    expect(asked).toBe(1);
  });
});

test("what is not there is 404, and no page tells what runs here", async () => {
  const { url } = await startTestGateway();
  for (const path of ["/", "/graphiql", "/playground", "/dev/token", "/.well-known/jwks.json", "//x", "/__proto__"]) {
    const response = await fetch(url + path, { headers: { accept: "text/html" } });
    expect([path, response.status]).toEqual([path, 404]);
    expect(response.headers.get("x-powered-by")).toBeNull();
  }
});
