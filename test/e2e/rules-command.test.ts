import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Finished, openSite, type Site } from "../support/processes.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";

const MERCHANT = "mer_rules";

// Each command is a process of its own, which a busy machine starts slowly.
vi.setConfig({ testTimeout: 180_000 });

let site: Site;
let runId: string;
beforeAll(async () => {
  site = await openSite("rules_command");
  const today = new Date().toISOString().slice(0, 10);
  const at = { time: `${today} 10:00:00`, account: "RulesShop", maskedPan: "541333XXXXXX0009" };
  const journal = terminalJournal("90000077", [
    { ...at, amount: 1000, pspReference: "PSP1" },
    { ...at, amount: 1200, authCode: "AUTH2" },
  ]);
  const lines = [
    { psp: "PSP1", gross: 1000, created: `${today} 10:00:00`, booked: `${today} 22:00:00` },
    { psp: "PSP2", gross: 1200, authorisation: "AUTH2", created: `${today} 10:00:00`, booked: `${today} 22:00:00` },
  ];
  const files = [
    await newFile("journal.ndjson", journal),
    await newFile("settled.csv", adyenReport("RulesShop", lines)),
  ];
  resultOf(await site.run(["ingest", ...files, "--merchant", MERCHANT, "--json"]), 0);
  const [run] = await rows<{ id: string }>("select id from reconciliation.run where lines_matched = 2");
  runId = run?.id ?? "";
});
afterAll(() => site?.close());

test("a run over a period looks at no day outside it", async () => {
  await rows("update reconciliation.claim set released_at = now()");
  const past = ["reconcile", "--dry-run", "--from", "2026-01-01", "--to", "2026-01-31", "--json"];
  expect(resultOf(await site.run(past), 0).runs).toMatchObject([{ seen: 0, matched: 0 }]);
  await rows("update reconciliation.claim set released_at = null");
  const wrong = await site.run(["reconcile", "--from", "2026-02-01", "--to", "2026-01-31"]);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("--from must not be after --to")]);
});

test("a run is replayed, and the exit code says whether it is the same", async () => {
  expect(resultOf(await site.run(["reconcile", "--replay", runId, "--json"]), 0)).toMatchObject({
    runId,
    inputEqual: true,
    outputEqual: true,
    missing: { count: 0 },
    extra: { count: 0 },
  });
  await rows("update reconciliation.run set output_digest = repeat('0', 32) where id = $1", [runId]);
  const other = await site.run(["reconcile", "--replay", runId]);
  expect([other.code, other.stdout]).toEqual([1, expect.stringContaining(`output ANOTHER: ${"0".repeat(32)} then`)]);
});

test("rules are shown, tried, added and put in force", async () => {
  const { rules, version } = resultOf(await site.run(["rules", "--json"]), 0) as unknown as {
    version: number;
    rules: { stages: object };
  };
  expect(version).toBe(1);
  const stricter = { ...rules, stages: { ...rules.stages, AUTHORISATION: false, SCORED: false } };
  const path = await newFile("stricter.json", JSON.stringify(stricter));
  const tried = await site.run(["rules", "--preview", path, "--days", "30"]);
  expect([tried.code, tried.stdout]).toEqual([0, expect.stringContaining("lost: 1, 12.00 EUR")]);
  const { hash } = resultOf(await site.run(["rules", "--add", path, "--note", "No codes", "--json"]), 0);
  resultOf(await site.run(["rules", "--activate", String(hash), "--json"]), 0);
  expect(resultOf(await site.run(["rules", "--json"]), 0)).toMatchObject({ version: 2, hash, rules: stricter });
  const broken = await newFile("broken.json", JSON.stringify({ ...rules, windows: {} }));
  const refused = await site.run(["rules", "--add", broken, "--note", "Broken"]);
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining("rrnHours")]);
});

async function newFile(name: string, content: string): Promise<string> {
  const path = join(site.folder, name);
  await writeFile(path, content);
  return path;
}

function resultOf({ code, stdout, stderr }: Finished, expected: number): Readonly<Record<string, unknown>> {
  expect(code, stderr).toBe(expected);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function rows<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: site.url });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
