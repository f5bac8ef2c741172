import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { DataSource } from "typeorm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { asWorker } from "../../subgraphs/shared/database/as-worker.ts";
import { clientOptions, openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { secured } from "../../subgraphs/shared/database/migrations/row-security.ts";
import { inScope, type Limits, type Scope } from "../../subgraphs/shared/database/scope.ts";
import { type Ledger, openLedger } from "../support/ledger.ts";
import { PROJECT_ROOT } from "../support/readme.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";

/** What PostgreSQL's row level security does not do by itself, each held by a test of ours. */
const SCHEMAS = "('accounts', 'transactions', 'ccv_pay', 'e_vouchers', 'acquirers', 'reconciliation', 'delivery')";

let ledger: Ledger;
let app: DataSource;
beforeAll(async () => {
  ledger = await openLedger("row_security");
  app = await openDatabase({ url: ledger.url }, { role: "app", maxConnections: 1, onError: () => undefined });
  for (const shop of [await ledger.openShop(), await ledger.openShop()]) {
    await shop.feed(terminalJournal(shop.terminal, [{ amount: 1000, pspReference: "PSP1", account: shop.adyen }]));
    await shop.feed(
      adyenReport(shop.adyen, [
        { psp: "PSP1", gross: 1000, fee: 10 },
        { psp: "PSP2", gross: 500 },
      ]),
    );
    await shop.reconcile();
  }
});
afterAll(async () => {
  await app.destroy();
  await ledger.close();
});

const ONE: Scope = { merchants: ["mer_1"], user: "user:test" };

const tables = () =>
  ledger.rows<{ name: string }>(`select n.nspname || '.' || c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'merchant_id' and not a.attisdropped
    where n.nspname in ${SCHEMAS} and c.relkind in ('r', 'p') order by 1`);

describe("without a scope", () => {
  const read = "select count(*) from transactions.transaction";

  test("a new session is refused, and so is one whose scope has ended", async () => {
    const client = new pg.Client(clientOptions({ url: ledger.url }, "app"));
    await client.connect();
    try {
      await expect(client.query(read)).rejects.toThrow("no merchant scope is set");
      await client.query("begin");
      await client.query("select set_config('app.merchants', 'mer_1', true)");
      expect((await client.query(read)).rows).toEqual([{ count: 2n }]);
      await client.query("commit");
      await expect(client.query(read)).rejects.toThrow("no merchant scope is set");
    } finally {
      await client.end();
    }
  });

  test("a statement that is sent together with a beginning that fails reads nothing, and says why", async () => {
    const limits = { statementTimeoutMs: -5, idleTimeoutMs: 1_000, onlyReads: true };
    const reading = inScope(app, ONE, ({ query }) => query(read), limits);
    await expect(reading).rejects.toThrow(/-5 ms is outside the valid range/);
    // On the same connection, since there is no other.
    expect(await inScope(app, ONE, ({ query }) => query(read), { ...limits, statementTimeoutMs: 5_000 })).toEqual([
      { count: 2n },
    ]);
  });

  test.each([
    [true, ["sent", "sent", "answered", "answered"]],
    [false, ["sent", "answered", "sent", "answered"]],
  ])("where it only reads (%s) the first statement goes out with the beginning", async (onlyReads, expected) => {
    const seen: string[] = [];
    const ask = pg.Client.prototype.query as (config: object, done: (...answer: unknown[]) => void) => void;
    const spy = vi.spyOn(pg.Client.prototype, "query").mockImplementation(function (
      this: pg.Client,
      config: object,
      done?: (...answer: unknown[]) => void,
    ) {
      if (!done) return ask.call(this, config, undefined as never);
      seen.push("sent");
      return ask.call(this, config, (...answer) => {
        seen.push("answered");
        done(...answer);
      });
    } as never);
    const limits = { statementTimeoutMs: 5_000, idleTimeoutMs: 1_000, onlyReads };
    await inScope(app, ONE, ({ query }) => query(read), limits).finally(() => spy.mockRestore());
    expect(seen).toEqual(expected);
  });

  test("a scope ends with its transaction, on the one connection that all requests share", async () => {
    await inScope(app, ONE, ({ query }) => query(read));
    await expect(app.query(read)).rejects.toThrow("no merchant scope is set");
    // TypeORM's own manager takes a connection outside any scope.
    await expect(app.manager.query(read)).rejects.toThrow("no merchant scope is set");
  });

  test("the connection is after a request what DISCARD ALL would make of it, however the request ended", async () => {
    const state = () =>
      app.query(`select name, setting from pg_settings where name !~ '^(transaction_|in_hot_standby)'
        union all select 'current_user', current_user
        union all select name, nullif(current_setting(name, true), '')
          from unnest(array['app.merchants', 'app.user', 'app.limits', 'app.request', 'app.address', 'app.trace']) name
        union all select relname, 'temporary' from pg_class where relpersistence = 't'
        order by 1`);
    await inScope(app, { ...ONE, limits: { mer_1: ["loc_1"] } }, ({ query }) => query(read));
    await expect(inScope(app, ONE, ({ query }) => query("select 1 / 0"))).rejects.toThrow("division by zero");
    await inScope(app, ONE, (transaction) => asWorker(transaction, "mer_1", () => transaction.query(read)));
    const left = inScope(app, ONE, (transaction) =>
      asWorker(transaction, "mer_1", async () => {
        await transaction.query("create temporary table left_over (id int)");
        throw new Error("the worker's work fails");
      }),
    );
    await expect(left).rejects.toThrow("the worker's work fails");
    const after = await state();
    await app.query("discard all");
    expect(after).toEqual(await state());
  });

  test("no code sets a scope that outlives its transaction", async () => {
    const found: string[] = [];
    for (const folder of ["subgraphs", "gateway", "commands", "adapters"]) {
      for (const name of await readdir(join(PROJECT_ROOT, folder), { recursive: true })) {
        if (!name.endsWith(".ts")) continue;
        const text = await readFile(join(PROJECT_ROOT, folder, name), "utf8");
        if (/\bset (session )?app\./i.test(text)) found.push(name);
        if (/set_config\('app\.\w+', [^)]*, false\)/.test(text)) found.push(name);
      }
    }
    expect(found).toEqual([]);
  });
});

test("every table shows a merchant's own rows and takes no other's, to requests and to jobs", async () => {
  const names = (await tables()).map(({ name }) => name);
  expect(names.length).toBeGreaterThan(20);
  const held: string[] = [];
  for (const name of names) {
    for (const database of [app, ledger.services.database]) {
      await inScope(database, ONE, async ({ query }) => {
        const foreign = "merchant_id not in ('mer_1', 'platform')";
        const rows = await query<{ count: bigint }>(`select count(*) from ${name} where ${foreign}`).catch(denied);
        if (rows && rows[0]?.count !== 0n) held.push(name);
      });
    }
  }
  // Routing tables are looked into before a merchant is known, by the worker alone.
  expect(held.filter((name) => !ROUTED.includes(name))).toEqual([]);
});

const ROUTED = [
  "accounts.terminal",
  "accounts.provider_account",
  "accounts.location",
  "accounts.merchant",
  // The sweeper looks for what is due, whoever's it is.
  ...["reconciliation.run", "reconciliation.source_file", "reconciliation.schedule", "reconciliation.trial"],
  ...["reconciliation.assessment", "delivery.outbox", "delivery.webhook"],
  "transactions.stale_hour",
];

test("every view shows a merchant's own rows, to requests and to jobs", async () => {
  const views = await ledger.rows<{ name: string }>(`select n.nspname || '.' || c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ${SCHEMAS} and c.relkind = 'v'`);
  expect(views.length).toBeGreaterThan(0);
  let shown = 0n;
  for (const { name } of views) {
    for (const database of [app, ledger.services.database]) {
      const count = `select count(*) filter (where merchant_id = 'mer_1') as own, count(*) as whole from ${name}`;
      const [rows] = (await inScope(database, ONE, ({ query }) => query(count).catch(denied))) ?? [];
      expect(rows?.["whole"], name).toBe(rows?.["own"]);
      shown += BigInt(rows?.["own"] ?? 0);
    }
  }
  expect(shown).toBeGreaterThan(0n);
});

test("what is copied out is a merchant's own, and nothing is copied in past the policies", async () => {
  // Requests have their statements sent one behind the other, which a COPY cannot be.
  const client = new pg.Client(clientOptions({ url: ledger.url }, "app"));
  await client.connect();
  await client.query("begin; select set_config('app.merchants', 'mer_1', true), set_config('app.user', 'test', true)");
  const copied = await text(client.query(copyTo("copy (select merchant_id from transactions.transaction) to stdout")));
  await client.end();
  expect(new Set(copied.trim().split("\n"))).toEqual(new Set(["mer_1"]));
  const whole = inScope(app, ONE, ({ query }) => query("copy transactions.alias from stdin"));
  await expect(whole).rejects.toThrow(/COPY FROM not supported with row-level security|permission denied/);
});

function denied(error: unknown): undefined {
  if ((error as { code?: string }).code === "42501") return undefined;
  throw error;
}

test("requests see no foreign row in a routing table either", async () => {
  for (const name of ROUTED) {
    const rows = await inScope(app, ONE, ({ query }) =>
      query<{ count: bigint }>(`select count(*) from ${name} where merchant_id not in ('mer_1', 'platform')`),
    );
    expect(rows, name).toEqual([{ count: 0n }]);
  }
});

describe("who is limited to some locations", () => {
  const at = (limits: Limits): Scope => ({ merchants: ["mer_1", "mer_2"], user: "user:test", limits });
  const HERE = at({ mer_1: ["loc_1"] });
  /** Rows of the first merchant, by table, of those that requests may read at all. */
  const counts = async (scope: Scope) => {
    const readable = await ledger.rows<{ name: string }>(
      "select name from unnest($1::text[]) name where has_table_privilege('concord_app', name, 'select')",
      [(await tables()).map(({ name }) => name)],
    );
    const each = readable.map(
      ({ name }) => `select '${name}' as name, count(*) from ${name} where merchant_id = 'mer_1'`,
    );
    const rows = await inScope(app, scope, ({ query }) =>
      query<{ name: string; count: bigint }>(each.join(" union all ")),
    );
    return Object.fromEntries(rows.map(({ name, count }) => [name, Number(count)]));
  };

  test("sees what is there and what hangs on it, and nothing of the whole merchant", async () => {
    const here =
      "select t.id from transactions.transaction t where t.merchant_id = 'mer_1' and t.location_id = 'loc_1'";
    const claimed = `select c.line_id from reconciliation.claim c
      where c.merchant_id = 'mer_1' and c.released_at is null and c.transaction_id in (${here})`;
    const theirs: Readonly<Record<string, string>> = {
      "accounts.merchant": "true",
      "accounts.location": "id = 'loc_1'",
      "accounts.terminal": "location_id = 'loc_1'",
      "accounts.membership": "user_id = 'user:test'",
      "transactions.transaction": `id in (${here})`,
      "transactions.former": "location_id = 'loc_1'",
      "transactions.transaction_event": `transaction_id in (${here})`,
      "transactions.provider_seen": "location_id = 'loc_1'",
      "transactions.alias": `transaction_id in (${here})`,
      "transactions.hour_sum": "location_id = 'loc_1'",
      "transactions.stale_hour": "location_id = 'loc_1'",
      "acquirers.transaction": `id in (${here})`,
      "acquirers.detail": `transaction_id in (${here})`,
      "reconciliation.claim": `transaction_id in (${here})`,
      "reconciliation.settlement_line": `id in (${claimed})`,
      "reconciliation.discrepancy": `transaction_id in (${here})`,
      "delivery.transaction_change": `transaction_id in (${here})`,
    };
    const seen = await counts(HERE);
    const expected: Record<string, number> = {};
    for (const name of Object.keys(seen)) {
      const which = `merchant_id = 'mer_1' and (${theirs[name] ?? "false"})`;
      const [row] = await ledger.rows<{ count: number }>(`select count(*) from ${name} where ${which}`);
      expected[name] = row?.count ?? 0;
    }
    expect(seen).toEqual(expected);
    const whole = await counts(ONE);
    for (const name of ["transactions.transaction", "reconciliation.settlement_line", "reconciliation.claim"]) {
      expect(seen[name], name).toBeGreaterThan(0);
      expect(seen[name], name).toBeLessThan(whole[name] ?? 0);
    }
  });

  test("sees nothing of a merchant without a location, or with the location of another merchant", async () => {
    for (const limits of [{ mer_1: [] }, { mer_1: ["loc_2"] }, { mer_1: ["loc_1 "], mer_2: ["loc_1"] }]) {
      const { "accounts.merchant": merchant, ...rest } = await counts(at(limits));
      expect([merchant, Object.entries(rest).filter(([, count]) => count > 0)]).toEqual([1, []]);
    }
    expect(await counts(at({ mer_2: ["loc_1"] }))).toEqual(await counts(ONE));
  });

  test("writes nothing of the whole merchant", async () => {
    const place =
      "insert into accounts.location (merchant_id, id, name, country, zone) values ('mer_1', 'l', 'L', 'BE', 'UTC')";
    await expect(inScope(app, HERE, ({ query }) => query(place))).rejects.toThrow("row-level security");
  });

  test("sees nothing of a new table until its migration says what is theirs", async () => {
    await ledger.rows('create table reconciliation.newcomer (merchant_id text collate "C" not null)');
    await ledger.rows("insert into reconciliation.newcomer values ('mer_1')");
    await ledger.rows(secured("reconciliation.newcomer"));
    const name = "reconciliation.newcomer";
    expect([(await counts(ONE))[name], (await counts(HERE))[name]]).toEqual([1, 0]);
    await ledger.rows("drop table reconciliation.newcomer");
  });
});

test("a row of another merchant cannot be written, nor one's own be given away", async () => {
  const worker = ledger.services.database;
  const foreign = `insert into transactions.alias (merchant_id, id, transaction_id) values ('mer_2', 'acq_x', 'acq_y')`;
  await expect(inScope(worker, ONE, ({ query }) => query(foreign))).rejects.toThrow("row-level security");
  const given = "update transactions.transaction set merchant_id = 'mer_2'";
  await expect(inScope(worker, ONE, ({ query }) => query(given))).rejects.toThrow("row-level security");
  const reached = "update transactions.transaction set version = version where merchant_id = 'mer_2'";
  expect(await inScope(worker, ONE, ({ change }) => change(reached))).toBe(0);
});

test("a foreign key names the merchant too, since its check looks past row level security", async () => {
  const lax = await ledger.rows(`
    select c.conrelid::regclass::text as "from", c.confrelid::regclass::text as "to"
    from pg_constraint c
    join pg_namespace n on n.oid = c.connamespace and n.nspname in ${SCHEMAS}
    where c.contype = 'f'
      and exists (select from pg_attribute a where a.attrelid = c.confrelid and a.attname = 'merchant_id')
      and not exists (select from pg_attribute a
        where a.attrelid = c.conrelid and a.attnum = any (c.conkey) and a.attname = 'merchant_id')`);
  expect(lax).toEqual([]);
});

test("a unique key is unique within a merchant, or its violation would tell what others have", async () => {
  const told = await ledger.rows<{ index: string }>(`
    select i.indexrelid::regclass::text as index
    from pg_index i
    join pg_class c on c.oid = i.indrelid
    join pg_namespace n on n.oid = c.relnamespace and n.nspname in ${SCHEMAS}
    where i.indisunique
      and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'merchant_id')
      and not exists (select from pg_attribute a
        where a.attrelid = c.oid and a.attnum = any (i.indkey) and a.attname = 'merchant_id')`);
  expect(told).toEqual([]);
});

test("an index leads with the merchant, and compares by what policies let it: else each list would read everybody's rows", async () => {
  const others = await ledger.rows<{ index: string }>(`
    select i.indexrelid::regclass::text as index
    from pg_index i
    join pg_class c on c.oid = i.indrelid
    join pg_class x on x.oid = i.indexrelid and x.relam = (select oid from pg_am where amname = 'btree')
    join pg_namespace n on n.oid = c.relnamespace and n.nspname in ${SCHEMAS}
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'merchant_id'
    where i.indkey[0] <> a.attnum order by 1`);
  // These are looked into before a merchant is known.
  expect(others.map(({ index }) => index)).toEqual(BEFORE_A_MERCHANT);
  const leaking = await ledger.rows(`
    select o.oprname, p.proname from pg_operator o join pg_proc p on p.oid = o.oprcode
    where o.oprname in ('=', '<', '>', '<=', '>=') and not p.proleakproof
      and (o.oprleft, o.oprright) in (('text'::regtype, 'text'::regtype), ('timestamptz'::regtype, 'timestamptz'::regtype),
        ('int8'::regtype, 'int8'::regtype), ('date'::regtype, 'date'::regtype))`);
  expect(leaking).toEqual([]);
});

/** Whose is a key, an invitation, a terminal or a person, and what of everybody's is due. */
const BEFORE_A_MERCHANT = [
  ...["accounts.invitation_id", "accounts.machine_id", "accounts.membership_user", "accounts.provider_account_route"],
  ...["accounts.support_access_open", "accounts.support_access_user", "accounts.terminal_tid"],
  ...["delivery.notice_due", "delivery.outbox_unsent", "delivery.webhook_account", "delivery.webhook_open"],
  ...["reconciliation.schedule_due", "transactions.report_due"],
];

test("nobody may truncate, refer to or hang a trigger on a table: row level security does not hold these", async () => {
  const granted = await ledger.rows(`
    select grantee, table_schema, table_name, privilege_type from information_schema.role_table_grants
    where grantee in ('concord_app', 'concord_worker', 'concord_check')
      and privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')`);
  expect(granted).toEqual([]);
});

test("there is no materialized view, and every function that runs as its owner has a fixed search path", async () => {
  const views = await ledger.rows(`select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'm' and n.nspname in ${SCHEMAS}`);
  expect(views).toEqual([]);
  const functions = await ledger.rows(`select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prosecdef and n.nspname in ('concord', ${SCHEMAS.slice(1)}
      and not coalesce(p.proconfig::text, '') like '%search_path%'`);
  expect(functions).toEqual([]);
});
