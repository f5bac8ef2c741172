import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Finished, openSite, type Site } from "../support/processes.ts";
import { SAMPLES } from "../support/sample-files.ts";
import { adyenReport, edenredFile } from "../support/settlement-files.ts";

const BATCH_380 = join(SAMPLES, "../../shared/samples/adyen/settlement_detail_report_batch_380.csv");
const hasBatch380 = await stat(BATCH_380).then(
  () => true,
  () => false,
);
const FIXTURE = join(import.meta.dirname, "../fixtures/edenred/EDENRED_REIMB_7012345_20261110_1.csv");
const MERCHANT = "mer_cli";

// Each command is a process of its own, which a busy machine starts slowly.
vi.setConfig({ testTimeout: 60_000 });

let site: Site;
beforeAll(async () => {
  site = await openSite("command_line");
});
afterAll(() => site?.close());

test("migrate brings an empty database up, and says when there is nothing to do", async () => {
  expect(resultOf(await site.run(["migrate", "--json"]), 0)).toEqual({
    applied: expect.arrayContaining([expect.any(String)]),
  });
  expect(resultOf(await site.run(["migrate", "--json"]), 0)).toEqual({ applied: [] });
  expect((await site.run(["migrate"])).stdout).toBe("the database is up to date\n");
});

test("inspect tells what a file holds without a database, and exits with 1 when a row cannot be read", async () => {
  const nowhere = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" };
  const result = resultOf(await site.run(["inspect", FIXTURE, "--json"], { environment: nowhere }), 1);
  const holding = (name: string, expected: number) => ({
    name,
    currency: "EUR",
    expected,
    actual: expected,
    holds: true,
  });
  expect(result).toMatchObject({
    adapter: "edenred",
    provider: "edenred",
    rows: 8,
    events: { SALE: 5, REFUND: 1, PAYOUT: 1 },
    skipped: 0,
    rejected: [{ line: 8, problem: expect.stringContaining("09:65:00") }],
    totals: { EUR: { gross: 70, fee: -70, net: 0 } },
    controlTotals: [
      { name: "lines", expected: 7, actual: 7, holds: true },
      holding("gross", 2_600),
      holding("commission", 70),
      holding("net", 2_530),
    ],
    accounts: [{ provider: "edenred", account: "7012345" }],
  });
});

test.each([
  ["no file", "/nowhere.csv", /^cannot read "\/nowhere.csv": ENOENT: [^\n]*\n$/],
  ["a folder", import.meta.dirname, /^".*" is a folder: name its files\n$/],
])("ingest says in a line what is %s, and takes none of the others", async (_, path, said) => {
  const { code, stderr, stdout } = await site.run(["ingest", FIXTURE, path]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(said);
  const client = new pg.Client({ connectionString: site.url });
  await client.connect();
  const { rows } = await client.query("select name from reconciliation.source_file").finally(() => client.end());
  expect(rows).toEqual([]);
});

test.skipIf(!hasBatch380)(`batch 380 foots to zero (needs ${BATCH_380})`, async () => {
  const result = resultOf(await site.run(["inspect", BATCH_380, "--json"]), 0);
  expect(result).toMatchObject({
    adapter: "adyen-settlement-detail",
    provider: "adyen",
    rows: 228,
    events: { SALE: 220, REFUND: 6, FEE: 1, PAYOUT: 1 },
    skipped: 0,
    rejected: [],
    totals: { USD: { net: 0 } },
    controlTotals: [{ currency: "USD", expected: 0, actual: 0, holds: true }],
  });
});

test("a file is ingested once, and a second time changes nothing", async () => {
  const path = await newFile("batch_7.csv", report());
  const first = resultOf(await site.run(["ingest", path, "--merchant", MERCHANT, "--json"]), 0);
  expect(first.files).toMatchObject([
    { name: "batch_7.csv", alreadyKnown: false, status: "APPLIED", rows: { read: 3, accepted: 3, quarantined: 0 } },
  ]);
  const before = await countRows();
  const again = await site.run(["ingest", path, "--merchant", MERCHANT]);
  expect(again.code).toBe(0);
  expect(again.stdout).toContain("batch_7.csv: already have it, nothing changed");
  expect(await countRows()).toEqual(before);
  expect(before["reconciliation.settlement_line"]).toBe("3");
  expect(before["transactions.transaction"]).toBe("2");
});

test("a truncated file is rejected and leaves no row", async () => {
  const before = await countRows();
  const whole = report({ batch: "8" });
  const path = await newFile("truncated.csv", whole.slice(0, whole.lastIndexOf("\n", whole.length - 2) + 1));
  const { files } = resultOf(await site.run(["ingest", path, "--merchant", MERCHANT, "--json"]), 1);
  expect(files).toMatchObject([{ status: "REJECTED", problem: expect.stringContaining("does not foot") }]);
  const after = await countRows();
  expect(after).toEqual({
    ...before,
    "reconciliation.source_file": String(Number(before["reconciliation.source_file"]) + 1),
  });
});

test("rows of an account that is nobody's are quarantined by name", async () => {
  const path = await newFile("strangers.csv", edenredFile("7654321", [{ transaction: "1", amount: 825 }]));
  const { code, stdout } = await site.run(["ingest", path]);
  expect(code).toBe(1);
  expect(stdout).toContain("strangers.csv: partially applied");
  expect(stdout).toMatch(/\d+ UNMAPPED_ACCOUNT: account "7654321" at edenred is mapped to no merchant; map it/);
});

test("a dry run tells what a run would do, and does nothing of it", async () => {
  await withDatabase((client) => client.query("update reconciliation.claim set released_at = now()"));
  const before = await countRows();
  const { runs } = resultOf(
    await site.run(["reconcile", "--dry-run", "--provider", "adyen", "--merchant", MERCHANT, "--json"]),
    0,
  );
  expect(runs).toMatchObject([{ mode: "DRY_RUN", status: "SUCCEEDED", seen: 2 }]);
  expect(await countRows()).toEqual({
    ...before,
    "reconciliation.run": String(Number(before["reconciliation.run"]) + 1),
  });
  await withDatabase((client) => client.query("update reconciliation.claim set released_at = null"));
});

test("check passes on sound data, and names the key of a row that was corrupted", async () => {
  expect(resultOf(await site.run(["check", "--json"]), 0)).toMatchObject({ violated: [] });
  const [id] = await withDatabase(async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "update transactions.transaction set settled_net_minor = settled_net_minor + 1 where id = (select min(id) from transactions.transaction) returning id",
    );
    return rows.map((row) => row.id);
  });
  const { code, stdout } = await site.run(["check"]);
  expect(code).toBe(1);
  expect(stdout).toContain(`${MERCHANT} ${id}: `);
  expect(resultOf(await site.run(["check", "--json"]), 1).violated).toMatchObject([{ count: 1 }]);
});

test("compose writes a supergraph of all subgraphs", async () => {
  const out = join(site.folder, "supergraph.graphql");
  const result = resultOf(await site.run(["compose", "--out", out, "--json"]), 0);
  expect(result).toMatchObject({
    out,
    subgraphs: expect.arrayContaining([expect.objectContaining({ name: "accounts" })]),
  });
  expect(await readFile(out, "utf8")).toMatch(/enum join__Graph \{[^}]*E_VOUCHERS/);
});

test("simulate writes the same files for the same seed", async () => {
  const folders = ["one", "two"].map((name) => join(site.folder, name));
  for (const out of folders) {
    const run = await site.run([
      "simulate",
      "--seed",
      "5",
      "--out",
      out,
      "--weeks",
      "1",
      "--transactions",
      "50",
      "--json",
    ]);
    expect(resultOf(run, 0)).toMatchObject({ from: "2026-11-02", to: "2026-11-08" });
  }
  const [one, two] = await Promise.all(folders.map((folder) => readFile(join(folder, "truth.ndjson"), "utf8")));
  expect(one).toBe(two);
});

test("a file is previewed, then applied; what it holds of an unmapped account comes in when it is read again", async () => {
  const path = await newFile("later.csv", report({ batch: "9" }).replaceAll("CliShop", "LaterShop"));
  const before = await countRows();
  const previewed = resultOf(await site.run(["ingest", path, "--preview", "--json"]), 0);
  expect(previewed.files).toMatchObject([
    {
      status: "PREVIEWED",
      rows: { read: 3, quarantined: 3 },
      preview: { kinds: [], reasons: [{ code: "UNMAPPED_ACCOUNT", problem: expect.stringContaining("LaterShop") }] },
    },
  ]);
  const counts = await countRows();
  expect(counts["reconciliation.source_record"]).toBe(before["reconciliation.source_record"]);
  const [{ id }] = previewed.files as [{ id: string }];
  const applied = await site.run(["ingest", "--apply", id]);
  expect([applied.code, applied.stdout]).toEqual([1, expect.stringContaining("3 UNMAPPED_ACCOUNT")]);
  await withDatabase((client) =>
    client.query("insert into accounts.provider_account values ($1, 'adyen', 'LaterShop')", [MERCHANT]),
  );
  const replayed = resultOf(await site.run(["ingest", "--replay", id, "--json"]), 0);
  expect(replayed.files).toMatchObject([{ status: "APPLIED", rows: { read: 3, accepted: 3, quarantined: 0 } }]);
  const refused = await site.run(["ingest", "--discard", id]);
  expect([refused.code, refused.stderr]).toEqual([
    3,
    expect.stringContaining("the file is APPLIED; discarding is for"),
  ]);
});

test("a wrong call exits with 2 and says how it is done", async () => {
  const unknown = await site.run(["reconsile"]);
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('unknown command "reconsile"')]);
  expect(unknown.stderr).toContain("reconcile ");
  const without = await site.run(["ingest"]);
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("usage: concord ingest FILE...")]);
  const help = await site.run(["ingest", "--help"]);
  expect([help.code, help.stdout]).toEqual([0, expect.stringContaining("usage: concord ingest FILE...")]);
});

test("a database that does not answer is told apart from a wrong call", async () => {
  const environment = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" };
  const { code, stderr } = await site.run(["check"], { environment });
  expect(code).toBe(3);
  expect(stderr).toContain("ECONNREFUSED");
});

test("grant gives a role in place of another, binds a machine to its provider, and is audited once", async () => {
  const granted = (...args: readonly string[]) => site.run(["grant", "--merchant", MERCHANT, "--json", ...args]);
  const machine = ["--user", "adyen-machine", "--role", "adapter", "--provider", "adyen", "--accounts", "CliShop"];
  expect(resultOf(await granted(...machine), 0)).toMatchObject({ merchantId: MERCHANT, role: "adapter", isNew: true });
  expect(resultOf(await granted(...machine), 0)).toMatchObject({ isNew: false });
  expect(resultOf(await granted("--user", "ann", "--role", "viewer"), 0)).toMatchObject({ isNew: true });
  expect(resultOf(await granted("--user", "ann", "--role", "finance"), 0)).toMatchObject({ isNew: true });
  const client = new pg.Client({ connectionString: site.url });
  await client.connect();
  const rows = async (text: string) => (await client.query(text)).rows;
  const members =
    "select user_id, role, provider, accounts from accounts.membership where user_id in ('ann', 'adyen-machine') order by 1";
  expect(await rows(members)).toEqual([
    { user_id: "adyen-machine", role: "adapter", provider: "adyen", accounts: ["CliShop"] },
    { user_id: "ann", role: "finance", provider: null, accounts: null },
  ]);
  const audited =
    "select object_id from delivery.audit_entry where action = 'membership.grant' and object_id in ('ann', 'adyen-machine')";
  expect(await rows(audited)).toHaveLength(3);
  await client.end();
  for (const wrong of [
    ["--user", "ann", "--role", "king"],
    ["--role", "viewer"],
    ["--user", "ann", "--role", "viewer", "--provider", "adyen"],
    ["--user", "ann", "--role", "adapter", "--accounts", "CliShop"],
    ["--user", "ann", "--role", "adapter", "--locations", "loc_a"],
  ]) {
    expect((await granted(...wrong)).code).toBe(2);
  }
});

test("grant limits a person to locations that there are, and the audit tells what was granted before", async () => {
  const client = new pg.Client({ connectionString: site.url });
  await client.connect();
  const place =
    "insert into accounts.location (merchant_id, id, name, country, zone) values ($1, $2, 'Shop', 'BE', 'UTC') on conflict do nothing";
  for (const id of ["loc_a", "loc_b"]) await client.query(place, [MERCHANT, id]);
  const granted = (...args: readonly string[]) =>
    site.run(["grant", "--merchant", MERCHANT, "--json", "--user", "lim", "--role", "viewer", ...args]);
  expect(resultOf(await granted(), 0)).toMatchObject({ isNew: true });
  expect(resultOf(await granted("--locations", "loc_b,loc_a"), 0)).toMatchObject({ isNew: true });
  expect(resultOf(await granted("--locations", "loc_a,loc_b"), 0)).toMatchObject({ isNew: false });
  const nowhere = await granted("--locations", "loc_c");
  expect([nowhere.code, nowhere.stderr]).toEqual([3, expect.stringContaining('no location "loc_c"')]);
  const { rows } = await client.query(
    "select detail from delivery.audit_entry where object_id = 'lim' order by position desc limit 1",
  );
  const everywhere = { role: "viewer", provider: null, accounts: null, locations: null };
  await client.end();
  const before = { ...everywhere, group_id: null, disabled_at: null };
  expect(rows).toEqual([{ detail: { ...everywhere, locations: ["loc_a", "loc_b"], before } }]);
});

function report({ batch = "7" } = {}): string {
  const lines = [
    { psp: `PSP${batch}1`, gross: 1240, fee: 13 },
    { psp: `PSP${batch}2`, gross: 990, fee: 10 },
  ];
  return adyenReport("CliShop", lines, { batch });
}

async function newFile(name: string, content: string): Promise<string> {
  const path = join(site.folder, name);
  await writeFile(path, content);
  return path;
}

/** What a command answers to machines; it must be one JSON value and nothing else. */
function resultOf({ code, stdout, stderr }: Finished, expected: number): Readonly<Record<string, unknown>> {
  expect(code, stderr).toBe(expected);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** How many rows each table of ours has. */
function countRows(): Promise<Readonly<Record<string, string>>> {
  return withDatabase(async (client) => {
    const { rows } = await client.query<{ name: string }>(TABLES);
    const counts = rows.map(({ name }) => `(select count(*) from ${name}) as "${name}"`);
    return (await client.query<Record<string, string>>(`select ${counts.join(", ")}`)).rows[0]!;
  });
}

async function withDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: site.url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const TABLES = `
  select table_schema || '.' || table_name as name from information_schema.tables
  where table_schema in ('transactions', 'ccv_pay', 'e_vouchers', 'acquirers', 'reconciliation') and table_type = 'BASE TABLE'
  order by name`;
