import type { DataSource } from "typeorm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SettlementAdapter } from "../../adapters/adapter.ts";
import { adapterFor } from "../../adapters/registry.ts";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { type Ledger, openLedger, type Row, type Shop } from "../support/ledger.ts";
import { type AdyenLine, adyenReport } from "../support/settlement-files.ts";

let ledger: Ledger;
/** Each import holds one connection and renews its lease by another. */
let database: DataSource;
beforeAll(async () => {
  ledger = await openLedger("overlapping_files");
  database = await openDatabase({ url: ledger.url }, { role: "worker", maxConnections: 24, onError: () => undefined });
});
afterAll(async () => {
  await database.destroy();
  await ledger.close();
});

const sales = (count: number): AdyenLine[] =>
  Array.from({ length: count }, (_, index) => ({ psp: `PSP${index}`, gross: 1000 + index, fee: 10 }));

/** Brings files in at once, each in a transaction of its own, and returns their records. */
async function feedAtOnce(shop: Shop, files: readonly string[], choose = adapterFor): Promise<Row[]> {
  const services = { ...ledger.services, database, adapterFor: choose };
  const received = await Promise.all(
    files.map((content, index) => {
      const bytes = (async function* () {
        yield Buffer.from(content);
      })();
      const file = { bytes, name: `${index}.csv`, merchantId: shop.id, origin: "CLI", userId: "user:test" } as const;
      return receiveFile(services, file);
    }),
  );
  await Promise.all(received.map(({ id }) => importFile(services, shop.id, id)));
  return shop.rows("reconciliation.source_file");
}

/** Every row of the two files is a line once, and a duplicate once. */
async function expectOnce(shop: Shop, files: readonly Row[], rows: number): Promise<void> {
  const sum = (column: string) => files.reduce((total, file) => total + Number(file[column]), 0);
  expect(files.map(({ status }) => status)).toEqual(["APPLIED", "APPLIED"]);
  expect({ accepted: sum("rows_accepted"), duplicate: sum("rows_duplicate") }).toEqual({
    accepted: rows,
    duplicate: rows,
  });
  const lines = await shop.rows("reconciliation.settlement_line");
  expect(lines).toHaveLength(rows);
  const [batch] = await shop.rows("reconciliation.settlement_batch");
  expect(batch).toMatchObject({ line_count: rows - 1 });
}

test("many pairs of files with the same rows in opposite order, all at once, bring each row once", async () => {
  const shops = await Promise.all(Array.from({ length: 8 }, () => ledger.openShop()));
  const lines = sales(600);
  await Promise.all(
    shops.map(async (shop) => {
      const files = [lines, [...lines].reverse()].map((rows) => adyenReport(shop.adyen, rows));
      await expectOnce(shop, await feedAtOnce(shop, files), lines.length + 1);
    }),
  );
});

test("two files that each hold rows which the other wants next both come in, without another attempt from outside", async () => {
  const shop = await ledger.openShop();
  // Of three chunks, each holds one when they meet: neither has anything that the other had to wait for by then.
  const lines = sales(3 * CHUNK);
  const files = [lines, [...lines].reverse()].map((rows) => adyenReport(shop.adyen, rows));
  const meet = createMeeting(files.length);
  const choose = (head: string) => pausing(adapterFor(head), meet);
  await expectOnce(shop, await feedAtOnce(shop, files, choose), lines.length + 1);
});

test("a file of known rows, new ones and changed ones between them gives each what it is", async () => {
  const shop = await ledger.openShop();
  const known = sales(300);
  await shop.feed(adyenReport(shop.adyen, balanced(known), { payout: false }));
  const added = known.map(({ psp }) => ({ psp: `NEW${psp}`, gross: 500, fee: 5 }));
  const mixed = known.flatMap((line, index) => (index % 6 === 5 ? [added[index] ?? line, line] : [line]));
  const changed = mixed.map((line) => (line.psp === "PSP7" || line.psp === "PSP250" ? { ...line, gross: 1 } : line));
  const again = await shop.feed(adyenReport(shop.adyen, balanced(changed), { payout: false }));
  expect(again.record).toMatchObject({
    status: "PARTIALLY_APPLIED",
    rows_read: 351,
    rows_accepted: 51,
    rows_duplicate: 298,
    rows_quarantined: 2,
  });
  expect(await shop.rows("reconciliation.settlement_line")).toHaveLength(352);
});

/** With a second line that brings the sum to zero, as a batch without payout must have. */
function balanced(lines: readonly AdyenLine[]): AdyenLine[] {
  const net = lines.reduce((sum, { gross, fee = 0 }) => sum + gross - fee, 0);
  const [first = { gross: 0 }, ...rest] = lines;
  return [first, { type: "Fee", modification: `fees ${net}`, gross: -net }, ...rest];
}

/** As many rows as an import sends to the database together. */
const CHUNK = 5_000;

/** Reads as the adapter does, and waits once it has read a chunk until so many others have. */
function pausing(adapter: SettlementAdapter, meet: () => Promise<void>): SettlementAdapter {
  return {
    ...adapter,
    read: async function* (file) {
      let read = 0;
      let hasMet = false;
      for await (const readings of adapter.read(file)) {
        yield readings;
        read += readings.length;
        if (hasMet || read < CHUNK + 1_000) continue;
        hasMet = true;
        await meet();
      }
    },
  };
}

/** Resolves for all of them once so many came; whoever comes later does not wait. */
function createMeeting(size: number): () => Promise<void> {
  let come = 0;
  let resolve = () => {};
  const promise = new Promise<void>((meet) => {
    resolve = meet;
  });
  return () => {
    come += 1;
    if (come >= size) resolve();
    return promise;
  };
}
