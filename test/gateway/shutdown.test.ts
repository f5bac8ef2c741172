import { Agent, get } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { inProcess, ordersSchemas } from "./support/orders-graph.ts";
import { startTestGateway, until } from "./support/test-gateway.ts";

test("closing answers the requests under way, tells their clients to close, and takes no new ones", async () => {
  const slow = slowOrders();
  const gateway = await startTestGateway({ callers: inProcess(ordersSchemas({ orders: slow.orders })) });
  const reply = gateway.query("{ orders { id } }");
  await until(slow.isAsked);
  const closed = gateway.close();
  await expect(fetch(`${gateway.url}/live`)).rejects.toThrow();
  slow.answer();
  const { status, headers, body } = await reply;
  expect(status).toBe(200);
  expect(body).toEqual({ data: { orders: [{ id: "1" }] } });
  expect(headers.get("connection")).toBe("close");
  await closed;
});

test("closing answers all requests of a connection that sent several at once", async () => {
  const slow = slowOrders();
  const gateway = await startTestGateway({ callers: inProcess(ordersSchemas({ orders: slow.orders })) });
  const client = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  const answers = text(client);
  for (let sent = 0; sent < 2; sent++) client.write(posted("{ orders { id } }"));
  await until(() => slow.timesAsked() === 2);
  const closed = gateway.close();
  slow.answer();
  const [first, second] = (await answers).split("HTTP/1.1 ").slice(1);
  expect(first).toContain('{"data":{"orders":[{"id":"1"}]}}');
  expect(first?.toLowerCase()).toContain("connection: keep-alive");
  expect(second).toContain('{"data":{"orders":[{"id":"1"}]}}');
  expect(second?.toLowerCase()).toContain("connection: close");
  await closed;
});

test("closing does not wait for connections that are merely kept open", async () => {
  const gateway = await startTestGateway();
  const agent = new Agent({ keepAlive: true });
  await new Promise<void>((resolve, reject) => {
    get(`${gateway.url}/live`, { agent }, (response) => response.resume().once("end", resolve)).once("error", reject);
  });
  const startedAt = performance.now();
  await gateway.close();
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  agent.destroy();
});

test("closing cuts off what does not end in time", async () => {
  const slow = slowOrders();
  const gateway = await startTestGateway({
    config: { host: "127.0.0.1", port: 0, drainMs: 100 },
    callers: inProcess(ordersSchemas({ orders: slow.orders })),
  });
  const reply = expect(gateway.query("{ orders { id } }")).rejects.toThrow();
  await until(slow.isAsked);
  await gateway.close();
  await reply;
  slow.answer();
});

test("a gateway that is about to close says so while it still serves", async () => {
  const gateway = await startTestGateway({ config: { host: "127.0.0.1", port: 0, noticeMs: 500 } });
  expect((await fetch(`${gateway.url}/ready`)).status).toBe(200);
  const closed = gateway.close();
  const ready = await fetch(`${gateway.url}/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ ready: false, checks: { accepting: false } });
  expect((await gateway.query("{ orders { id } }")).status).toBe(200);
  await closed;
});

function posted(query: string): string {
  const body = JSON.stringify({ query });
  const head = ["POST /graphql HTTP/1.1", "host: here", "authorization: Bearer good", "content-type: application/json"];
  return `${head.join("\r\n")}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

function slowOrders(): { orders(): Promise<unknown>; isAsked(): boolean; timesAsked(): number; answer(): void } {
  let timesAsked = 0;
  let answer: (orders: unknown) => void;
  const answered = new Promise((resolve) => {
    answer = resolve;
  });
  return {
    orders() {
      timesAsked++;
      return answered;
    },
    isAsked: () => timesAsked > 0,
    timesAsked: () => timesAsked,
    answer: () => answer([{ id: "1" }]),
  };
}
