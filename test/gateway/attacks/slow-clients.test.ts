import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startTestGateway } from "../support/test-gateway.ts";

/** How long a client may keep a connection without sending a request: R27. */
const LONGEST_MS = 10_000;
const SOCKETS = 200;

test("clients that send a byte a second are gone within ten seconds, and hold nobody up (R27)", async () => {
  const { url, query } = await startTestGateway();
  const { port, hostname } = new URL(url);
  const startedAt = performance.now();
  const start = (text: string) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on("error", () => undefined).resume();
    return socket;
  };
  const body = "POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\ncontent-type: application/json\r\n";
  const sockets: Socket[] = [];
  for (let i = 0; i < SOCKETS; i++) {
    sockets.push(
      start(i % 2 === 0 ? "POST /graphql HTTP/1.1\r\nhost: x\r\nx-a: " : `${body}content-length: 90\r\n\r\n{`),
    );
  }
  const trickle = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed) socket.write("x");
  }, 1_000);
  onTestFinished(() => clearInterval(trickle));
  const closed = sockets.map((socket) => (socket.destroyed ? undefined : once(socket, "close")));
  expect((await query("{ orders { id } }")).status).toBe(200);
  await Promise.all(closed);
  // Connections are checked every two seconds, and the machine may be busy.
  expect(performance.now() - startedAt).toBeLessThan(LONGEST_MS + 3_000);
  expect((await query("{ orders { id } }")).status).toBe(200);
});
