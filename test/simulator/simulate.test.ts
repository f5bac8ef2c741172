import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { holds, type Row } from "../../adapters/adapter.ts";
import { adapterFor } from "../../adapters/registry.ts";
import { simulate } from "../../simulator/simulate.ts";
import { bytesOf, readAll } from "../adapters/fixtures.ts";

type TruthLine = { kind: "line"; file: string; line: number; transaction: string | null; note?: string };
type TruthTransaction = {
  kind: "transaction";
  key: string;
  type: string;
  reference: string;
  amount: string;
  finalStatus: string;
  known: string;
  note?: string;
  journal?: { file: string; line: number };
  source?: { file: string; line: number };
};

const SAMPLES = new URL("../../samples/", import.meta.url).pathname;
let outDir: string;
let lines: readonly TruthLine[];
let transactions: ReadonlyMap<string, TruthTransaction>;
const rows = new Map<string, Row>();
const rejectedOrOff: string[] = [];

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), "concord-simulate-"));
  simulate({ seed: 1, outDir });
  const truth = (await readFile(join(outDir, "truth.ndjson"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as TruthLine | TruthTransaction);
  lines = truth.filter((entry) => entry.kind === "line");
  transactions = new Map(truth.flatMap((entry) => (entry.kind === "transaction" ? [[entry.key, entry]] : [])));
  for (const file of await readdir(join(outDir, "files"))) {
    const content = await readFile(join(outDir, "files", file));
    const reading = await readAll(adapterFor(content.subarray(0, 4096).toString("latin1")), bytesOf(content));
    for (const row of reading.rows) rows.set(`${file}:${row.line}`, row);
    for (const row of reading.rows)
      if (row.kind !== kindIn(file)) rejectedOrOff.push(`${file}:${row.line} ${row.kind}`);
    for (const total of reading.totals) if (!holds(total)) rejectedOrOff.push(`${file} ${total.name}`);
  }
});

afterAll(() => rm(outDir, { recursive: true, force: true }));

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length))
    .sort();
}

function eventAt(place: { file: string; line: number } | undefined) {
  const row = rows.get(`${place?.file}:${place?.line}`);
  return row?.kind === "event" ? row.event : undefined;
}

/** Rows of the bank tell of no transaction. */
function kindIn(file: string): Row["kind"] {
  return file.startsWith("bank-") ? "bank" : "event";
}

test("samples/ is what seed 1 writes, byte for byte", async () => {
  expect(await filesOf(SAMPLES)).toEqual(await filesOf(outDir));
  for (const file of await filesOf(outDir)) {
    const [kept, made] = await Promise.all([SAMPLES, outDir].map((folder) => readFile(join(folder, file))));
    expect(kept?.equals(made!), `${file}; run \`concord simulate --seed 1 --out samples\``).toBe(true);
  }
});

test("another seed tells another story", async () => {
  const other = await mkdtemp(join(tmpdir(), "concord-simulate-"));
  simulate({ seed: 2, outDir: other });
  const [one, two] = await Promise.all([outDir, other].map((folder) => readFile(join(folder, "truth.ndjson"))));
  expect(one?.equals(two!)).toBe(false);
  await rm(other, { recursive: true });
});

test("another merchant has accounts and terminals of its own, and its weeks may share a file", async () => {
  const other = await mkdtemp(join(tmpdir(), "concord-simulate-"));
  const made = simulate({ seed: 1, merchant: 7, weeks: 3, weeksPerFile: 3, outDir: other });
  const [ours, theirs] = await Promise.all([outDir, other].map(accountsIn));
  expect(ours?.filter((id) => theirs?.includes(id))).toEqual([]);
  const files = await readdir(join(other, "files"));
  expect(files.map((file) => file.replace(/[\d_-]+\..*/, "")).sort()).toEqual(KINDS);
  const read = await Promise.all(
    files.map(async (file) => {
      const content = await readFile(join(other, "files", file));
      const { rows, totals } = await readAll(
        adapterFor(content.subarray(0, 4096).toString("latin1")),
        bytesOf(content),
      );
      expect(rows.every(({ kind }) => kind === kindIn(file)) && totals.every(holds), file).toBe(true);
      return rows.length;
    }),
  );
  expect(Math.max(...read)).toBeGreaterThan(made.transactions / 2);
  await rm(other, { recursive: true });
});

const KINDS = ["EDENRED_REIMB", "bank-statement", "ccv-pay", "settlement_detail_report_batch", "terminal-journal"];

/** What routes a row to a merchant. */
async function accountsIn(folder: string): Promise<readonly string[]> {
  const { accounts, terminals } = JSON.parse(await readFile(join(folder, "accounts.json"), "utf8")) as {
    accounts: { account: string }[];
    terminals: { terminal: string }[];
  };
  return [...accounts.map(({ account }) => account), ...terminals.map(({ terminal }) => terminal)];
}

test("the adapters read every row of every file, and every total holds", () => {
  expect(rejectedOrOff).toEqual([]);
  expect(transactions.size).toBeGreaterThanOrEqual(1_500);
});

test("the truth knows each settled row once, and no other", () => {
  const booked = [...rows].filter(([, row]) => row.kind === "event" && row.event.booking).map(([place]) => place);
  expect(lines.map(({ file, line }) => `${file}:${line}`).sort()).toEqual(booked.sort());
});

test("a settled row and its transaction agree on reference and amount", () => {
  for (const line of lines) {
    const event = eventAt(line);
    if (line.transaction === null) {
      expect(["FEE", "COLLECTION", "PAYOUT"]).toContain(event?.kind);
      continue;
    }
    const transaction = transactions.get(line.transaction);
    expect(event?.kind, line.file).toBe(transaction?.type);
    expect(event?.reference, line.file).toBe(transaction?.reference);
    expect(String(event?.amount?.amountMinor), line.file).toBe(transaction?.amount);
  }
});

test("a terminal knows its transaction by what the truth says it knows", () => {
  for (const { journal, reference, amount, known, key } of transactions.values()) {
    if (!journal) continue;
    const event = eventAt(journal);
    expect(String(event?.amount?.amountMinor), key).toBe(amount);
    expect(event?.reference, key).toBe(known === "reference" ? reference : undefined);
    expect(event?.payment?.arn !== undefined, key).toBe(known === "arn");
    if (known === "authorisation") expect(event?.payment).toMatchObject({ authorisationCode: /./, last4: /./ });
  }
});

describe("the period holds", () => {
  const noted = (note: string) => [...transactions.values()].filter((transaction) => transaction.note === note);
  const settlementOf = (key: string) => eventAt(lines.find(({ transaction }) => transaction === key));

  test.each([
    ["full refund", 8],
    ["partial refund", 8],
    ["chargeback", 2],
    ["chargeback reversal", 1],
    ["split tender", 10],
    ["manual intervention", 1],
    ["identical twins", 2],
    ["ambiguous pair", 2],
  ])("at least the %ss it must (%i)", (note, count) => {
    expect(noted(note).length).toBeGreaterThanOrEqual(count);
  });

  test("all eight statuses", () => {
    expect(new Set([...transactions.values()].map(({ finalStatus }) => finalStatus)).size).toBe(8);
  });

  test("twins whose journal lines are the same bytes", () => {
    const [one, two] = noted("identical twins").map(
      ({ journal }) => rows.get(`${journal?.file}:${journal?.line}`)?.raw,
    );
    expect(one).toBeDefined();
    expect(one).toBe(two);
  });

  test("a pair whose settlement lines fit both terminals equally and cost differently", () => {
    const [one, two] = noted("ambiguous pair").map(({ key }) => settlementOf(key));
    expect(one?.payment?.authorisationCode).toBe(two?.payment?.authorisationCode);
    expect(one?.occurredAt).toEqual(two?.occurredAt);
    expect(one?.amount).toEqual(two?.amount);
    expect(one?.booking?.net).not.toEqual(two?.booking?.net);
  });

  test("sales of the last days that nothing has settled yet", () => {
    const open = [...transactions.values()].filter(({ finalStatus }) => finalStatus === "PROCESSING");
    expect(open.length).toBeGreaterThan(50);
    expect(open.filter(({ key }) => lines.some(({ transaction }) => transaction === key))).toEqual([]);
  });
});
