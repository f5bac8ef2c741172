import { Agent, get } from "node:http";
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

function slowOrders(): { orders(): Promise<unknown>; isAsked(): boolean; answer(): void } {
  let isAsked = false;
  let answer: (orders: unknown) => void;
  const answered = new Promise((resolve) => {
    answer = resolve;
  });
  return {
    orders() {
      isAsked = true;
      return answered;
    },
    isAsked: () => isAsked,
    answer: () => answer([{ id: "1" }]),
  };
}
