import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, type Site } from "../support/processes.ts";
import { until } from "../support/until.ts";

const NOTICES = 60;
let site: Site;
let owner: pg.Client;
const received: string[] = [];
let onReceived = () => {};
const server = createServer((request, response) => {
  received.push(String(request.headers["webhook-id"]));
  request.resume();
  request.on("end", () => response.writeHead(204).end());
  onReceived();
});

beforeAll(async () => {
  site = await openSite("killed_notifier", { CONCORD_WEBHOOKS_PRIVATE: "on" });
  const { code, stderr } = await site.run(["migrate"]);
  if (code !== 0) throw new Error(stderr);
  owner = new pg.Client(site.url);
  await owner.connect();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await owner.query(
    "insert into accounts.merchant (merchant_id, name, zone) values ('mer_1', 'Shop', 'Europe/Brussels')",
  );
  await owner.query(
    `insert into delivery.webhook_endpoint (merchant_id, id, url, events, secret, created_by)
     values ('mer_1', 'whe_1', $1, '{TEST}', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'ann')`,
    [`http://127.0.0.1:${port}/`],
  );
});

afterAll(async () => {
  server.close();
  await owner?.end();
  await site?.close();
});

test("workers that are killed while they send lose no notice, and whoever comes after sends what they had", async () => {
  await owner.query("select concord.tell('mer_1', 'TEST', 'sub_' || n, 0, '{}') from generate_series(1, $1::int) n", [
    NOTICES,
  ]);
  for (let kill = 0; kill < 2; kill += 1) {
    const worker = site.start(["worker"]);
    const before = received.length;
    let dying: Promise<void> | undefined;
    onReceived = () => {
      if (received.length - before >= 5) dying ??= worker.kill();
    };
    await until(() => dying !== undefined);
    onReceived = () => {};
    await dying;
  }
  const [left] = (await owner.query<{ count: string }>("select count(*) from delivery.notice where state = 'WAITING'"))
    .rows;
  expect(Number(left?.count)).toBeGreaterThan(0);
  // As if the time of their leases had passed.
  await owner.query("update delivery.notice set leased_until = now() where leased_until is not null");
  const last = site.start(["worker"]);
  const waiting = "select count(*)::int as count from delivery.notice where state <> 'DELIVERED'";
  await until(async () => (await owner.query<{ count: number }>(waiting)).rows[0]?.count === 0);
  const { rows } = await owner.query<{ id: string }>("select id from delivery.notice");
  expect(rows).toHaveLength(NOTICES);
  expect(new Set(received)).toEqual(new Set(rows.map(({ id }) => id)));
  expect(await last.stop()).toBe(0);
});
