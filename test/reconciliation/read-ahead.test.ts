import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adapters } from "../../adapters/registry.ts";
import { writeJournalVolume } from "../../bench/ingest/journal-volume.ts";
import { writeAdyenVolume } from "../../simulator/adyen-volume.ts";
import { type ImportServices, importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import type { ReadAhead } from "../../subgraphs/reconciliation/read-ahead/file-ahead.ts";
import { openReadAhead } from "../../subgraphs/reconciliation/read-ahead/read-ahead.ts";
import { openFileStorage } from "../../subgraphs/shared/file-storage.ts";
import { fixturesOf, readAll } from "../adapters/fixtures.ts";
import { differencesOf, readBusinessState } from "../support/business-state.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";

/* A file is read in a thread of its own or in its import's: what it leaves must be the same. */

type Side = { readonly ledger: Ledger; readonly services: ImportServices; readonly shop: Shop };

let folder: string;
let readAhead: ReadAhead;
let inThread: Side;
let here: Side;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "concord-ahead-"));
  readAhead = openReadAhead({ folder, families: new URL("../../commands/families.ts", import.meta.url) });
  const accounts = await accountsOfFixtures();
  const open = async (name: string, more: Partial<ImportServices>): Promise<Side> => {
    const ledger = await openLedger(name);
    const services = { ...ledger.services, storage: openFileStorage(folder), ...more };
    return { ledger, services, shop: await ledger.openShop({ accounts }) };
  };
  inThread = await open("read_in_thread", { readAhead });
  here = await open("read_here", {});
});
afterAll(async () => {
  await readAhead.close();
  await Promise.all([inThread.ledger.close(), here.ledger.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** Every account that a fixture has rows of, so that none of them is quarantined for being nobody's. */
async function accountsOfFixtures() {
  const found = new Map<string, { provider: string; account: string }>();
  for (const adapter of adapters) {
    for (const file of await fixturesOf(adapter.name)) {
      const { rows } = await readAll(adapter, file).catch(() => ({ rows: [] }));
      for (const row of rows) {
        const provider = row.kind === "bank" ? "bank" : row.kind === "event" ? row.event.provider : undefined;
        const account = row.kind === "bank" ? row.entry.account : row.kind === "event" ? row.event.account : undefined;
        if (provider && account) found.set(`${provider} ${account}`, { provider, account });
      }
    }
  }
  return [...found.values()];
}

async function feed({ services, shop }: Side, name: string, content: Buffer): Promise<string> {
  const bytes = (async function* () {
    yield content;
  })();
  const { id } = await receiveFile(services, { bytes, name, merchantId: shop.id, origin: "CLI", userId: "user:test" });
  await importFile(services, shop.id, id);
  return id;
}

async function again({ ledger, services, shop }: Side, id: string): Promise<void> {
  await ledger.rows(
    "update reconciliation.source_file set status_before = status, status = 'RECEIVED', problem = null where id = $1",
    [id],
  );
  await importFile(services, shop.id, id);
}

/** What became of the files, without when. */
async function filesOf({ ledger }: Side) {
  const records = "select * from reconciliation.source_record order by file_id, line_number";
  const files = `select to_jsonb(f) - '{received_at,finished_at,leased_until,progress_rows,progress_bytes}'::text[] as file
    from reconciliation.source_file f order by id`;
  const accounts = "select to_jsonb(a) - 'received_at' as account from reconciliation.file_account a order by a::text";
  return Promise.all([records, files, accounts].map((query) => ledger.rows(query)));
}

async function expectTheSame(): Promise<void> {
  const [one, other] = [await readBusinessState(inThread.ledger.url), await readBusinessState(here.ledger.url)];
  expect(differencesOf(one, other)).toEqual({});
  expect(await filesOf(inThread)).toEqual(await filesOf(here));
}

test("each adapter's fixtures leave the same, and so do the same files read again", async () => {
  const read: string[] = [];
  for (const adapter of adapters) {
    for (const file of await fixturesOf(adapter.name)) {
      const content = await readFile(file);
      const name = basename(file.pathname);
      const id = await feed(inThread, name, content);
      expect(await feed(here, name, content)).toBe(id);
      read.push(id);
    }
  }
  await expectTheSame();
  const taken = await here.ledger.rows("select from reconciliation.source_file where rows_accepted > 0");
  expect(taken.length).toBeGreaterThan(adapters.length);
  for (const id of new Set(read)) for (const side of [inThread, here]) await again(side, id);
  await expectTheSame();
});

test("a thread that is warmed up reads the first file, and is the only one", async () => {
  let started = 0;
  const count = () => void started++;
  process.on("worker", count);
  const warm = openReadAhead({ folder, families: new URL("../../commands/families.ts", import.meta.url) });
  warm.warmUp();
  warm.warmUp();
  const file = join(folder, "first.csv");
  await writeAdyenVolume(file, 100, { seed: 8 });
  const side = { ...inThread, services: { ...inThread.services, readAhead: warm } };
  const id = await feed(side, "first.csv", await readFile(file));
  process.off("worker", count);
  await warm.close();
  const [taken] = await side.ledger.rows("select rows_read from reconciliation.source_file where id = $1", [id]);
  expect(taken).toEqual({ rows_read: 100 });
  expect(started).toBe(1);
  // What one side has read the other is to have as well.
  await feed(here, "first.csv", await readFile(file));
});

test("files of more rows than go at once leave the same, also where rows are known, and where the end is missing", async () => {
  const lines = join(folder, "lines.csv");
  await writeAdyenVolume(lines, 25_000, { seed: 7 });
  const journal = join(folder, "journal.ndjson");
  writeJournalVolume(journal, 11_000, inThread.shop.adyen);
  const settlement = Buffer.from((await readFile(lines, "latin1")).replaceAll("KorenaarPOS", inThread.shop.adyen));
  const half = settlement.subarray(0, settlement.indexOf("\n", settlement.length / 2) + 1);
  for (const [name, content] of [
    ["cut.csv", half],
    ["lines.csv", settlement],
    ["lines-again.csv", Buffer.concat([settlement, Buffer.from("\n")])],
    ["volume.ndjson", await readFile(journal)],
  ] as const) {
    const id = await feed(inThread, name, content);
    expect(await feed(here, name, content)).toBe(id);
  }
  const counts = `select name, status, rows_accepted, rows_duplicate from reconciliation.source_file
    where name in ('cut.csv', 'lines.csv', 'lines-again.csv', 'volume.ndjson') order by name`;
  expect(await here.ledger.rows(counts)).toEqual([
    { name: "cut.csv", status: "REJECTED", rows_accepted: 0, rows_duplicate: 0 },
    { name: "lines-again.csv", status: "APPLIED", rows_accepted: 0, rows_duplicate: 25_000 },
    { name: "lines.csv", status: "APPLIED", rows_accepted: 25_000, rows_duplicate: 0 },
    { name: "volume.ndjson", status: "APPLIED", rows_accepted: 11_000, rows_duplicate: 0 },
  ]);
  await expectTheSame();
});
