import { afterAll, beforeAll, expect, test } from "vitest";
import { BYSTANDER_CPU_MS, bystanderWaits, faultsOf, operation, percentile, send } from "./attack.ts";
import { DISCOVERY } from "./requests/discovery.ts";
import { INJECTION } from "./requests/injection.ts";
import { LOAD, TAKES_TIME } from "./requests/load.ts";
import { TRANSPORT } from "./requests/transport.ts";
import { startWeakServer } from "./weak-server.ts";

const CONTROLS = [...DISCOVERY, ...TRANSPORT, ...LOAD, ...INJECTION].filter(({ isControl }) => isControl);

let weak: Awaited<ReturnType<typeof startWeakServer>>;
beforeAll(async () => {
  weak = await startWeakServer();
});
afterAll(() => weak.close());

test("enough of the attacks are proven against a server that lets them through", () => {
  expect(CONTROLS.length).toBeGreaterThanOrEqual(30);
});

test.each(CONTROLS.map((attack) => [attack.id, attack.name.slice(0, 80), attack] as const))(
  "%s %s is found out on a weak server",
  async (...[, , attack]) => {
    const reply = await send(weak.url, attack.send);
    expect(faultsOf(attack, reply, 0)).not.toEqual([]);
  },
);

test("the time of an attack, and what a bystander waits for, are found out on a weak server", async () => {
  const attack = () => send(weak.url, TAKES_TIME.send);
  expect(faultsOf(TAKES_TIME, await attack(), 0).join()).toContain("ms of CPU time");
  const bystander = () => send(weak.url, operation("{__typename}"));
  const waits = await bystanderWaits(2, { attack, bystander });
  expect(percentile(waits, 0.99)).toBeGreaterThan(BYSTANDER_CPU_MS);
});

test("text of the database is found out on a weak server", async () => {
  const attack = {
    id: "R59",
    name: "an id",
    send: operation(`{transaction(id:"'"){id}}`),
    status: [200],
    isServed: true,
  };
  expect(faultsOf(attack, await send(weak.url, attack.send), 0).join()).toContain("tells");
});
