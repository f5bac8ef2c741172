import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDue } from "../../../subgraphs/reconciliation/schedules/start-due.ts";
import { nextDue } from "../../../subgraphs/shared/cron.ts";
import { type Ledger, openLedger, type Shop } from "../../support/ledger.ts";

describe("when a schedule is due", () => {
  const times = (cron: string, from: string, count: number): string[] => {
    const found: string[] = [];
    for (let after = new Date(from); found.length < count; after = new Date(found.at(-1)!)) {
      found.push(nextDue(cron, "Europe/Brussels", after).toISOString());
    }
    return found;
  };

  test("is told by the zone's own clock, in winter and in summer", () => {
    expect(times("30 6 * * 1-5", "2026-03-27T12:00:00Z", 2)).toEqual([
      "2026-03-30T04:30:00.000Z",
      "2026-03-31T04:30:00.000Z",
    ]);
    expect(times("30 6 * * *", "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T05:30:00.000Z",
      "2026-10-26T05:30:00.000Z",
    ]);
  });

  test("is no day without, and no day twice, where the clock changes", () => {
    // Half past two does not exist on 29 March and exists twice on 25 October.
    const days = (from: string) => times("30 2 * * *", from, 3).map((time) => time.slice(0, 10));
    expect(days("2026-03-28T00:00:00Z")).toEqual(["2026-03-28", "2026-03-29", "2026-03-30"]);
    expect(days("2026-10-24T00:00:00Z")).toEqual(["2026-10-24", "2026-10-25", "2026-10-26"]);
  });

  test.each(["", "* * * *", "0 30 6 * * *", "@daily", "61 * * * *", "a b c d e"])("%j is refused", (cron) => {
    expect(() => nextDue(cron, "Europe/Brussels", new Date())).toThrow(/is no schedule/);
  });
});

describe("what is due", () => {
  let ledger: Ledger;
  let shop: Shop;
  beforeAll(async () => {
    ledger = await openLedger("schedules");
    shop = await ledger.openShop();
  });
  afterAll(() => ledger.close());

  test("starts one run, however many look for it at once and however often it was missed", async () => {
    await ledger.rows(
      `insert into reconciliation.schedule (merchant_id, id, provider, cron, zone, days, enabled, next_due, set_by)
       values ($1, 'sch_on', 'adyen', '0 * * * *', 'Europe/Brussels', 7, true, clock_timestamp() - interval '9 hours', 'ann'),
         ($1, 'sch_later', null, '0 * * * *', 'Europe/Brussels', null, true, clock_timestamp() + interval '9 hours', 'ann'),
         ($1, 'sch_off', 'edenred', '0 * * * *', 'Europe/Brussels', null, false, null, 'ann')`,
      [shop.id],
    );
    const started = await Promise.all(Array.from({ length: 4 }, () => startDue(ledger.services.database)));
    expect(started.reduce((sum, count) => sum + count)).toBe(1);
    const [run, ...others] = await shop.rows("reconciliation.run");
    expect(others).toEqual([]);
    expect(run).toMatchObject({ trigger: "SCHEDULE", schedule_id: "sch_on", provider: "adyen", mode: "COMMIT" });
    const [week] = await ledger.rows(
      "select ((clock_timestamp() at time zone 'Europe/Brussels')::date - 7)::text as day",
    );
    expect(run?.period_from).toBe(week?.day);
    expect(await shop.rows("delivery.outbox")).toMatchObject([{ kind: "RECONCILE", subject_id: run?.id }]);
    await shop.reconcile();
  });

  test("is started beside one that cannot be, which is told", async () => {
    const next = await ledger.openShop();
    await ledger.rows(
      `insert into reconciliation.schedule (merchant_id, id, cron, zone, enabled, next_due, set_by)
       values ($1, 'sch_a', 'no cron', 'Europe/Brussels', true, clock_timestamp(), 'ann'),
         ($1, 'sch_b', '0 * * * *', 'Europe/Brussels', true, clock_timestamp(), 'ann')`,
      [next.id],
    );
    await expect(startDue(ledger.services.database)).rejects.toThrow("a schedule could not start its run");
    expect(await next.rows("reconciliation.run")).toMatchObject([{ schedule_id: "sch_b" }]);
    await ledger.rows("delete from reconciliation.schedule where id = 'sch_a'");
    await next.reconcile();
  });
});
