import { afterAll, beforeAll, expect, test } from "vitest";
import { faultsOf, operation, send } from "./attack.ts";
import { DISCOVERY } from "./requests/discovery.ts";
import { INJECTION } from "./requests/injection.ts";
import { LOAD } from "./requests/load.ts";
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
