import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setUpMerchant } from "../../commands/administer.ts";
import { importServices } from "../../commands/open-system.ts";
import { writeAdyenVolume } from "../../simulator/adyen-volume.ts";
import { Random } from "../../simulator/random.ts";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import { piecesOf } from "../../subgraphs/shared/file-pieces.ts";
import { runInvariants } from "../../subgraphs/shared/invariants/run-invariants.ts";
import { differencesOf, readBusinessState } from "../support/business-state.ts";
import { openSite, type Site } from "../support/processes.ts";
import { openParts } from "../support/sample-files.ts";
import { until } from "../support/until.ts";

/** Replays the same moments, though not the same interleaving. */
const SEED = Number(process.env.TEST_SEED ?? 20_261_129);
const KILLS = 3;
/** A dozen chunks, of which the thread has at most two ahead: it still reads while the first ones are taken in. */
const ROWS = 60_000;
/** While the first quarter of the file is taken in. */
const LATEST_MS = 250;
const MERCHANT = "mer_reader";

let folder: string;
let file: string;
const sites: Site[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "concord-reader-"));
  file = join(folder, "settlement.csv");
  writeAdyenVolume(file, ROWS, { seed: SEED });
});

afterAll(async () => {
  await Promise.all(sites.map((site) => site.close()));
  await rm(folder, { recursive: true, force: true });
});

test(`a worker killed ${KILLS} times while its thread reads a file leaves nothing of it, and the next one takes all of it (seed ${SEED})`, async () => {
  const reference = await newSite("reference");
  await takeUndisturbed(reference, await received(reference));

  const site = await newSite("killed");
  const id = await received(site);
  const stored = await filesOf(site);
  const random = new Random(SEED);
  for (let kill = 0; kill < KILLS; kill++) {
    const worker = site.start(["worker"]);
    await worker.says("the worker works");
    await until(async () => (await query(site, STAGING)).length > 0);
    await delay(random.int(0, LATEST_MS));
    await worker.kill();
    await until(async () => (await query(site, BACKENDS)).length === 0);
    expect(await query(site, LEFT)).toEqual([{ status: "PARSING", rows: "0", temporary: "0" }]);
    expect(await filesOf(site)).toEqual(stored);
  }
  await until(async () => (await query(site, FREE)).length > 0);
  await takeUndisturbed(site, id);
  expect(differencesOf(await readBusinessState(reference.url), await readBusinessState(site.url))).toEqual({});
}, 300_000);

/** With a merchant whose account the file names. */
async function newSite(name: string): Promise<Site> {
  const site = await openSite(`reader_${name}`, { CONCORD_LEASE_SECONDS: "2" });
  sites.push(site);
  const system = await openParts(site);
  try {
    await system.migrate();
    await setUpMerchant(await system.open("worker", 1), {
      merchant: { id: MERCHANT, name: "Reader", zone: "Europe/Brussels" },
      ...{ locations: [], terminals: [], providerAccounts: [{ provider: "adyen", account: "KorenaarPOS" }] },
    });
  } finally {
    await system.close();
  }
  return site;
}

async function received(site: Site): Promise<string> {
  const system = await openParts(site);
  try {
    const database = await system.open("worker", 1);
    const sent = { name: "settlement.csv", merchantId: MERCHANT, origin: "CLI", userId: "user:test" } as const;
    return (await receiveFile({ database, storage: system.storage }, { ...sent, bytes: piecesOf(file) })).id;
  } finally {
    await system.close();
  }
}

async function takeUndisturbed(site: Site, id: string): Promise<void> {
  const system = await openParts(site);
  try {
    await importFile(importServices(system, await system.open("worker", 3)), MERCHANT, id);
    const results = await runInvariants(await system.open("check", 1));
    expect(results.filter(({ count }) => count > 0)).toEqual([]);
  } finally {
    await system.close();
  }
  expect(await query(site, TAKEN)).toEqual([{ status: "APPLIED", accepted: `${ROWS}`, lines: `${ROWS}` }]);
}

/** The received files as they are stored, and whatever else somebody left beside them. */
async function filesOf(site: Site): Promise<string[]> {
  return (await readdir(join(`${site.environment["CONCORD_DATA"]}`, "files"), { recursive: true })).sort();
}

async function query(site: Site, text: string): Promise<readonly object[]> {
  const client = new pg.Client({ connectionString: site.url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** What a worker's backends do with a chunk of a file. */
const STAGING = `
  select from pg_stat_activity where datname = current_database() and query ~ 'staged_line \\(|settlement_line \\('`;

const BACKENDS = `
  select from pg_stat_activity where datname = current_database() and application_name like 'concord-%'`;

/** What others see of a file that is not taken: nothing, and no table that an import made for itself. */
const LEFT = `
  select status,
    (select count(*) from reconciliation.settlement_line) + (select count(*) from reconciliation.settlement_batch)
      + (select count(*) from reconciliation.payout) + (select count(*) from reconciliation.source_record)
      + (select count(*) from reconciliation.file_account) + (select count(*) from reconciliation.run)
      + (select count(*) from transactions.transaction_event) as rows,
    (select count(*) from pg_class where relpersistence = 't') as temporary
  from reconciliation.source_file`;

const FREE = "select from reconciliation.source_file where leased_until < clock_timestamp()";

const TAKEN = `
  select status, rows_accepted as accepted, (select count(*) from reconciliation.settlement_line) as lines
  from reconciliation.source_file`;
