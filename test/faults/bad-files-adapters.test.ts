import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ImportServices, importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import type { ReadAhead } from "../../subgraphs/reconciliation/read-ahead/file-ahead.ts";
import { openReadAhead } from "../../subgraphs/reconciliation/read-ahead/read-ahead.ts";
import { openFileStorage } from "../../subgraphs/shared/file-storage.ts";
import { adapterFor } from "../support/failing-adapters.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport } from "../support/settlement-files.ts";

/* F50 and F11 of the list in bad-files.test.ts: what a broken adapter does, and what a file does that is too large. */

let ledger: Ledger;
let folder: string;
let readAhead: ReadAhead;
/** It lets adapters be busy for as long as they like. */
let patient: ReadAhead;
let services: ImportServices;

beforeAll(async () => {
  ledger = await openLedger("bad_files_adapters");
  folder = await mkdtemp(join(tmpdir(), "concord-ahead-"));
  const registry = new URL("../support/failing-adapters.ts", import.meta.url);
  const families = new URL("../../commands/families.ts", import.meta.url);
  readAhead = openReadAhead({ folder, families, registry }, { silentMs: 3_000, wholeMs: 60_000, heapMb: 96 });
  patient = openReadAhead({ folder, families, registry }, { silentMs: 120_000, wholeMs: 120_000, heapMb: 96 });
  services = { ...ledger.services, storage: openFileStorage(folder), adapterFor, readAhead };
});
afterAll(async () => {
  await Promise.all([readAhead.close(), patient.close()]);
  await ledger.close();
  await rm(folder, { recursive: true, force: true });
});

async function receive(shop: Shop, content: AsyncIterable<Buffer> | string): Promise<string> {
  const bytes = typeof content === "string" ? bytesOf(content) : content;
  const file = { bytes, name: "file", merchantId: shop.id, origin: "CLI", userId: "user:test" } as const;
  return (await receiveFile(services, file)).id;
}

async function* bytesOf(content: string): AsyncGenerator<Buffer> {
  yield Buffer.from(content);
}

async function recordOf(shop: Shop, id: string) {
  return (await shop.rows("reconciliation.source_file")).find((file) => file.id === id);
}

async function expectNothingOf(shop: Shop): Promise<void> {
  expect(Object.values(await shop.factCounts()).every((count) => count === 0)).toBe(true);
  expect(await shop.rows("reconciliation.source_record")).toEqual([]);
}

test.each([
  ["throws", "throws", /the adapter failed on this file/],
  ["loops on a row", "loops", /the adapter was ended on this file.*it was busy for 3 s/],
  ["loops before it reads anything", "loops-first", /it was busy for 3 s/],
  ["waits for what never comes", "waits", /it was busy for 3 s/],
  ["makes rows of nothing", "multiplies", /makes more rows of it than the file has bytes/],
  ["eats memory", "eats", /it used more than 96 MiB/],
  ["lets go of a failure", "lets-go", /the adapter was ended on this file.*it broke/],
  ["ends its process", "quits", /the adapter was ended on this file.*its thread ended/],
])("F50: an adapter that %s has its file refused, and nothing of it is seen", async (_, name, says) => {
  const shop = await ledger.openShop();
  // Long enough for an adapter to have given some rows away by the time that it fails.
  const id = await receive(shop, `# ${name}\n${"a line of it\n".repeat(20_000)}`);
  const isBusy = says.source.includes("busy");
  await importFile(isBusy ? services : { ...services, readAhead: patient }, shop.id, id);
  expect(await recordOf(shop, id)).toMatchObject({ status: "REJECTED", problem: expect.stringMatching(says) });
  await expectNothingOf(shop);
});

test("F50: while one adapter loops, other files go on", async () => {
  const shop = await ledger.openShop();
  const looping = await receive(shop, "# loops\n1\n2\n3\n");
  const other = await receive(shop, adyenReport(shop.adyen, [{ psp: "P1", gross: 1000, fee: 10 }]));
  const ends: string[] = [];
  await Promise.all([looping, other].map((id) => importFile(services, shop.id, id).then(() => void ends.push(id))));
  expect(ends).toEqual([other, looping]);
  expect(await recordOf(shop, looping)).toMatchObject({ status: "REJECTED" });
  expect(await recordOf(shop, other)).toMatchObject({ status: "APPLIED", rows_accepted: 2 });
});

test("F11: a file of ten million rows is refused by its thread, long before they are all in the database", async () => {
  const shop = await ledger.openShop();
  const lines = async function* () {
    yield Buffer.from("# lines\n");
    for (const piece = Buffer.from("x\n".repeat(100_000)); ; ) {
      for (let times = 0; times < 100; times++) yield piece;
      return;
    }
  };
  const id = await receive(shop, lines());
  await importFile({ ...services, readAhead: patient }, shop.id, id);
  expect(await recordOf(shop, id)).toMatchObject({
    status: "REJECTED",
    problem: "the file has more than 2000000 rows; split it and send the parts",
  });
  await expectNothingOf(shop);
});
