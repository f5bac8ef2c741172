import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setUpMerchant } from "../../commands/administer.ts";
import { importServices, type System } from "../../commands/open-system.ts";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import { runInvariants } from "../../subgraphs/shared/invariants/run-invariants.ts";
import { openSite, type Site } from "../support/processes.ts";
import { openParts } from "../support/sample-files.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";

const ROWS = 2_000;

let site: Site;
let system: System;
beforeAll(async () => {
  site = await openSite("two_at_once");
  system = await openParts(site);
  await system.migrate();
  await openShop("one");
  await openShop("two");
});

afterAll(async () => {
  await system?.close();
  await site?.close();
});

test("two runs at once over one merchant claim each line once", async () => {
  await takeIn("mer_two", journalOf("two"));
  await takeIn("mer_two", reportOf("two"));
  expect(await countsOf("mer_two")).toEqual({ files: 2, lines: ROWS + 1, transactions: ROWS, claims: 0 });
  const reconcile = ["reconcile", "--merchant", "mer_two", "--json"];
  const runs = await Promise.all([site.run(reconcile), site.run(reconcile)]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  const results = runs.flatMap(({ stdout }) => (JSON.parse(stdout) as { readonly runs: readonly Run[] }).runs);
  expect(results.reduce((sum, { matched }) => sum + matched, 0)).toBe(ROWS);
  expect(await countsOf("mer_two")).toEqual({ files: 2, lines: ROWS + 1, transactions: ROWS, claims: ROWS });
  await expectSound();
});

test("one file given to two processes at once, beside two workers, is one file with one set of lines", async () => {
  const workers = [site.start(["worker"]), site.start(["worker"])];
  await Promise.all(workers.map((worker) => worker.says("the worker works")));
  const path = join(site.folder, "report.csv");
  await writeFile(path, reportOf("one"));
  const ingest = ["ingest", path, "--merchant", "mer_one", "--json"];
  const runs = await Promise.all([site.run(ingest), site.run(ingest)]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  const files = runs.flatMap(({ stdout }) => (JSON.parse(stdout) as { readonly files: readonly IngestedFile[] }).files);
  expect(files.map(({ alreadyKnown }) => alreadyKnown).sort()).toEqual([false, true]);
  expect(new Set(files.map(({ id }) => id)).size).toBe(1);
  for (const worker of workers) expect(await worker.stop()).toBe(0);
  // A line for each sale and one for the payout.
  expect(await countsOf("mer_one")).toEqual({ files: 1, lines: ROWS + 1, transactions: ROWS, claims: ROWS });
  await expectSound();
});

type IngestedFile = { readonly id: string; readonly alreadyKnown: boolean };
type Run = { readonly matched: number };

async function openShop(name: string): Promise<void> {
  await setUpMerchant(await system.open("worker", 1), {
    merchant: { id: `mer_${name}`, name, zone: "Europe/Brussels" },
    locations: [{ id: `loc_${name}`, name, city: "Gent", country: "BE", zone: "Europe/Brussels" }],
    terminals: [
      {
        id: `ter_${name}`,
        tid: `tid_${name}`,
        locationId: `loc_${name}`,
        validFrom: "2020-01-01T00:00:00.000Z",
        validTo: null,
      },
    ],
    providerAccounts: [{ provider: "adyen", account: name }],
  });
}

/** Half of the sales are known to the terminal by reference, the others by approval code alone. */
function journalOf(name: string): string {
  return terminalJournal(
    `tid_${name}`,
    SALES.map(({ amount, psp, authCode }, index) => ({
      amount,
      account: name,
      authCode,
      maskedPan: "541333XXXXXX0001",
      stan: String(index),
      ...(index % 2 === 0 && { pspReference: psp }),
    })),
  );
}

function reportOf(name: string): string {
  return adyenReport(
    name,
    SALES.map(({ amount, psp, authCode }) => ({ psp, gross: amount, fee: 10, authorisation: authCode })),
  );
}

const SALES = Array.from({ length: ROWS }, (_, index) => ({
  amount: 1_000 + index,
  psp: `PSP${index}`,
  authCode: String(100_000 + index),
}));

/** Imports a file here, and leaves its reconciliation to others. */
async function takeIn(merchantId: string, content: string): Promise<void> {
  const services = importServices(system, await system.open("worker", 2));
  const bytes = (async function* () {
    yield Buffer.from(content);
  })();
  const file = { bytes, name: "given", merchantId, origin: "CLI", userId: "user:test" } as const;
  await importFile(services, merchantId, (await receiveFile(services, file)).id);
}

async function countsOf(merchantId: string): Promise<Readonly<Record<string, number>>> {
  const client = new pg.Client({ connectionString: site.url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, number>>(COUNTS, [merchantId]);
    return rows[0] ?? {};
  } finally {
    await client.end();
  }
}

async function expectSound(): Promise<void> {
  const results = await runInvariants(await system.open("check", 1));
  expect(results.filter(({ count }) => count > 0)).toEqual([]);
}

const COUNTS = `
  select (select count(*)::int from reconciliation.source_file where merchant_id = $1) as files,
    (select count(*)::int from reconciliation.settlement_line where merchant_id = $1) as lines,
    (select count(*)::int from transactions.transaction where merchant_id = $1) as transactions,
    (select count(*)::int from reconciliation.claim where merchant_id = $1 and released_at is null) as claims`;
