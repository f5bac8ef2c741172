import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { pino } from "pino";
import type { DataSource } from "typeorm";
import { expect } from "vitest";
import { adapterFor } from "../../adapters/registry.ts";
import { registerMerchant } from "../../subgraphs/accounts/register.ts";
import { acquirers } from "../../subgraphs/acquirers/normalise.ts";
import { ccvPay } from "../../subgraphs/ccv-pay/normalise.ts";
import { eVouchers } from "../../subgraphs/e-vouchers/normalise.ts";
import { type ImportServices, importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { type ReceivedFile, receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import { runReconciliation } from "../../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import { openFileStorage } from "../../subgraphs/shared/file-storage.ts";
import { type InvariantResult, runInvariants } from "../../subgraphs/shared/invariants/run-invariants.ts";
import { createMigratedDatabase } from "./postgres.ts";

export type Row = Readonly<Record<string, unknown>>;

/** A database of a suite's own with the real import and matching code on it. */
export type Ledger = {
  readonly url: string;
  readonly services: ImportServices;
  /** Sees everything and may do anything: for looking, and for breaking. */
  readonly rows: <R extends Row = Row>(text: string, values?: readonly unknown[]) => Promise<R[]>;
  readonly openShop: (settings?: ShopSettings) => Promise<Shop>;
  readonly feed: (merchantId: string, content: string | Buffer, name?: string) => Promise<FedFile>;
  /** Carries out what runs are ordered, as on a day: by default one on which nothing of the tests' month is overdue. */
  readonly reconcile: (merchantId: string, asOf?: string) => Promise<void>;
  /** The invariants that are violated, with what violates them. */
  readonly violated: () => Promise<readonly InvariantResult[]>;
  /** Fails where an invariant that must hold at every instant does not. */
  readonly close: () => Promise<void>;
};

type ShopSettings = {
  readonly mapped?: boolean;
  /** More accounts of it, beside those that every shop has. */
  readonly accounts?: readonly { readonly provider: string; readonly account: string }[];
};

/** A merchant with an account at each provider and one terminal; each test has its own. */
export type Shop = {
  readonly id: string;
  readonly adyen: string;
  readonly edenred: string;
  readonly terminal: string;
  readonly feed: (content: string | Buffer, name?: string) => Promise<FedFile>;
  readonly reconcile: (asOf?: string) => Promise<void>;
  /** Transactions that were not superseded, in order of their reference. */
  readonly transactions: () => Promise<Row[]>;
  readonly rows: (table: string) => Promise<Row[]>;
  /** How many rows each table of facts has, for "nothing was written" and "nothing changed". */
  readonly factCounts: () => Promise<Readonly<Record<string, number>>>;
};

const FACT_TABLES = [
  "transactions.transaction",
  "transactions.transaction_event",
  "transactions.alias",
  "ccv_pay.detail",
  "e_vouchers.detail",
  "acquirers.detail",
  "reconciliation.settlement_batch",
  "reconciliation.payout",
  "reconciliation.settlement_line",
  "reconciliation.claim",
  "reconciliation.discrepancy",
  "reconciliation.bank_entry",
];

export type FedFile = ReceivedFile & { readonly record: Row };

/** `choose` reads files by other adapters than the registry's, where a suite needs facts that no format gives together. */
export async function openLedger(name: string, choose: ImportServices["adapterFor"] = adapterFor): Promise<Ledger> {
  const test = await createMigratedDatabase(name);
  const folder = await mkdtemp(join(tmpdir(), "concord-ledger-"));
  const database = await openDatabase(
    { url: test.url },
    { role: "worker", maxConnections: 4, onError: () => undefined },
  );
  const owner = new pg.Client({ connectionString: test.url, types: { getTypeParser: textTypes } });
  await owner.connect();
  const services: ImportServices = {
    database,
    storage: openFileStorage(folder),
    adapterFor: choose,
    families: { CCV_PAY: ccvPay, E_VOUCHER: eVouchers, ACQUIRER: acquirers },
    log: pino({ level: "silent" }),
  };
  let turn: Promise<unknown> = Promise.resolve();
  // One connection answers one query at a time; tests ask for several tables at once.
  const rows: Ledger["rows"] = async <R extends Row>(text: string, values: readonly unknown[] = []) => {
    const answer = turn.then(() => owner.query<R>(text, [...values]));
    turn = answer.catch(() => undefined);
    return (await answer).rows;
  };
  const feed: Ledger["feed"] = (merchantId, content, file) => feedFile({ services, rows }, merchantId, content, file);
  const reconcile: Ledger["reconcile"] = async (merchantId, asOf = "2026-11-02") => {
    const open =
      "select id from reconciliation.run where merchant_id = $1 and status in ('QUEUED', 'RUNNING') order by requested_at";
    for (const { id } of await rows<{ id: string }>(open, [merchantId]))
      await runReconciliation({ ...services, asOf }, merchantId, id);
  };
  let shops = 0;
  const violated: Ledger["violated"] = async () => {
    const checker = await openDatabase(
      { url: test.url },
      { role: "check", maxConnections: 1, onError: () => undefined },
    );
    const results = await runInvariants(checker).finally(() => checker.destroy());
    return results.filter(({ count }) => count > 0);
  };
  return {
    url: test.url,
    services,
    rows,
    feed,
    reconcile,
    violated,
    openShop: (settings) => openShop({ database, rows, feed, reconcile }, ++shops, settings),
    close: async () => {
      const broken = (await violated()).filter(({ severity }) => severity === "P0");
      await owner.end();
      await database.destroy();
      await test.drop();
      await rm(folder, { recursive: true, force: true });
      // Whatever a suite is about, what it leaves must hold.
      expect(broken).toEqual([]);
    },
  };
}

/** Dates and amounts as text, so that a row can be compared as it stands. */
const textTypes = (oid: number) => (BY_TYPE.get(oid) ?? pg.types.getTypeParser(oid)) as (value: string) => unknown;
const BY_TYPE = new Map<number, (value: string) => unknown>([
  [20, Number],
  [1082, String],
  [1184, (value) => new Date(value).toISOString()],
]);

async function feedFile(
  { services, rows }: Pick<Ledger, "services" | "rows">,
  merchantId: string,
  content: string | Buffer,
  name = "settlement",
): Promise<FedFile> {
  const bytes = (async function* () {
    yield Buffer.from(content);
  })();
  const file = await receiveFile(services, { bytes, name, merchantId, origin: "CLI", userId: "user:test" });
  await importFile(services, merchantId, file.id);
  const [record = {}] = await rows("select * from reconciliation.source_file where merchant_id = $1 and id = $2", [
    merchantId,
    file.id,
  ]);
  return { ...file, record };
}

async function openShop(
  ledger: Pick<Ledger, "rows" | "feed" | "reconcile"> & { readonly database: DataSource },
  number: number,
  { mapped = true, accounts = [] }: ShopSettings = {},
): Promise<Shop> {
  const id = `mer_${number}`;
  const [adyen, edenred, terminal] = [`Shop${number}`, `${7_000_000 + number}`, `${90_000_000 + number}`];
  await inScope(ledger.database, { merchants: [id], user: "user:test" }, (transaction) =>
    registerMerchant(
      transaction,
      {
        merchant: { id, name: `Shop ${number}`, zone: "Europe/Brussels" },
        locations: [{ id: `loc_${number}`, name: "Gent", country: "BE", zone: "Europe/Brussels" }],
        terminals: [
          { id: `ter_${number}`, tid: terminal, locationId: `loc_${number}`, validFrom: "2020-01-01T00:00:00Z" },
        ],
        providerAccounts: mapped
          ? [
              { provider: "adyen", account: adyen },
              { provider: "edenred", account: edenred },
              { provider: "ccv-pay", account: `l_${number}` },
              ...accounts,
            ]
          : [],
      },
      "user:test",
    ),
  );
  return {
    id,
    adyen,
    edenred,
    terminal,
    feed: (content, name) => ledger.feed(id, content, name),
    reconcile: (asOf) => ledger.reconcile(id, asOf),
    transactions: () =>
      ledger.rows(
        `select * from transactions.transaction where merchant_id = $1 and superseded_by is null
         order by type, coalesce(psp_reference, provider_reference), occurred_at, id`,
        [id],
      ),
    rows: (table) => ledger.rows(`select * from ${table} where merchant_id = $1`, [id]),
    factCounts: async () => {
      const counts = FACT_TABLES.map((table) => `(select count(*) from ${table} where merchant_id = $1) as "${table}"`);
      const [row] = await ledger.rows<Record<string, number>>(`select ${counts.join(", ")}`, [id]);
      return row ?? {};
    },
  };
}
