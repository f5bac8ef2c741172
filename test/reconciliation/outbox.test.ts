import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import { relayOutbox, sweepDue } from "../../subgraphs/reconciliation/work/relay-outbox.ts";
import { startWorker } from "../../subgraphs/reconciliation/work/start-worker.ts";
import { createJobs, type Jobs } from "../../subgraphs/shared/jobs/jobs.ts";
import { openPostgresStore, openRedisStore, type TestStore } from "../support/job-stores.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport } from "../support/settlement-files.ts";
import { until } from "../support/until.ts";

const log = pino({ level: "silent" });

describe("on PostgreSQL", () => outboxContract(openPostgresStore));
describe.skipIf(inject("redisUrl") === undefined)("on Redis", () => outboxContract(openRedisStore));

function outboxContract(open: (prefix: string) => Promise<TestStore>): void {
  const prefix = `test-outbox-${process.pid}`;
  let ledger: Ledger;
  let store: TestStore;
  let jobs: Jobs;
  beforeAll(async () => {
    ledger = await openLedger("outbox");
    store = await open(prefix);
    jobs = createJobs(store.store, { prefix, log });
  });
  beforeEach(async () => {
    for (const statement of NOTHING_WAITS) await ledger.rows(statement);
    await store.empty();
  });
  afterAll(async () => {
    await jobs.close(0);
    await store.remove();
    await ledger.close();
  });

  const receive = (shop: Shop) => {
    const bytes = (async function* () {
      yield Buffer.from(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000 }]));
    })();
    const file = { bytes, name: "a.csv", merchantId: shop.id, origin: "CLI", userId: "user:test" } as const;
    return receiveFile(ledger.services, file);
  };
  const waiting = async () => (await jobs.counts()).import.waiting;

  test("an order goes to the queue once and is marked as sent", async () => {
    await receive(await ledger.openShop());
    expect(await relayOutbox(ledger.services.database, jobs)).toBe(1);
    expect(await relayOutbox(ledger.services.database, jobs)).toBe(0);
    expect(await waiting()).toBe(1);
    expect(await ledger.rows("select from delivery.outbox where sent_at is null")).toEqual([]);
  });

  test("an order that was relayed twice is one job", async () => {
    await receive(await ledger.openShop());
    await relayOutbox(ledger.services.database, jobs);
    await ledger.rows("update delivery.outbox set sent_at = null");
    await relayOutbox(ledger.services.database, jobs);
    expect(await waiting()).toBe(1);
  });

  test("what the queue forgot is added again, because the database says that it is due", async () => {
    await receive(await ledger.openShop());
    await relayOutbox(ledger.services.database, jobs);
    await store.empty();
    expect(await waiting()).toBe(0);
    expect(await sweepDue(ledger.services.database, jobs)).toBe(1);
    expect(await waiting()).toBe(1);
  });

  test("work that someone holds the lease of is not due; once the lease has run out it is", async () => {
    await receive(await ledger.openShop());
    await ledger.rows(
      "update reconciliation.source_file set status = 'PARSING', leased_until = now() + interval '1 minute' where status = 'RECEIVED'",
    );
    expect(await sweepDue(ledger.services.database, jobs)).toBe(0);
    await ledger.rows(
      "update reconciliation.source_file set leased_until = now() - interval '1 second' where status = 'PARSING'",
    );
    expect(await sweepDue(ledger.services.database, jobs)).toBe(1);
  });

  test("finished files and runs are never due", async () => {
    const shop = await ledger.openShop();
    await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000 }]));
    await shop.reconcile();
    expect(await sweepDue(ledger.services.database, jobs)).toBe(0);
  });

  test("a worker imports and reconciles what is received, though the queue was emptied", {}, async () => {
    const shop = await ledger.openShop();
    await receive(shop);
    await relayOutbox(ledger.services.database, jobs);
    await store.empty();
    const own = createJobs(store.store, { prefix, log });
    const worker = await startWorker({ ...ledger.services, jobs: own, log }, { concurrency: 2 });
    try {
      await until(async () => (await shop.transactions())[0]?.status === "SUCCESS");
    } finally {
      await worker.close();
    }
    expect(await shop.rows("reconciliation.run")).toMatchObject([{ status: "SUCCEEDED", lines_promoted: 1 }]);
  });
}

/** What earlier tests left undone is given up; what they did stays and must hold. */
const NOTHING_WAITS = [
  "update reconciliation.source_file set status = 'DISCARDED' where status in ('RECEIVED', 'PARSING')",
  "update reconciliation.run set status = 'FAILED' where status in ('QUEUED', 'RUNNING')",
  "delete from delivery.outbox",
];
