import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { adapterFor } from "../../adapters/registry.ts";
import { simulate } from "../../simulator/simulate.ts";
import { bytesOf, readAll } from "../adapters/fixtures.ts";

type TruthRow = { readonly kind: string; readonly key?: string; readonly transaction?: string; readonly note?: string };

let outDir: string;
let truth: readonly TruthRow[];
beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), "concord-faults-"));
  simulate({ seed: 7, faults: true, transactions: 30_000, outDir });
  const text = await readFile(join(outDir, "truth.ndjson"), "utf8");
  truth = text
    .trim()
    .split("\n")
    .map((row) => JSON.parse(row));
});
afterAll(() => rm(outDir, { recursive: true, force: true }));

const noted = (kind: string, note: string) => truth.filter((row) => row.kind === kind && row.note === note);

const FAULTS = [
  ...["hour off", "day off", "misread", "cut off", "forgotten", "booked twice", "fee drift", "same second"],
  ...["reused order", "full refund", "over-refund", "chargeback", "chargeback reversal", "split tender"],
  "foreign currency",
];

test.each(FAULTS)("some purchases are: %s", (note) => {
  expect(noted("transaction", note).length).toBeGreaterThan(0);
});

test("what was forgotten has no line, what was booked twice has two, and the others one", () => {
  const settled = truth.flatMap(({ kind, transaction }) => (kind === "line" && transaction ? [transaction] : []));
  const linesOf = (note: string) =>
    new Set(noted("transaction", note).map(({ key }) => settled.filter((each) => each === key).length));
  expect(linesOf("forgotten")).toEqual(new Set([0]));
  expect(linesOf("booked twice").has(1)).toBe(false);
  expect(linesOf("hour off").has(2)).toBe(false);
});

test("the files are still what a provider could send: every row is read and every total holds", async () => {
  for (const name of await readdir(join(outDir, "files"))) {
    const content = await readFile(join(outDir, "files", name));
    const { rows, totals } = await readAll(adapterFor(content.subarray(0, 4096).toString("latin1")), bytesOf(content));
    expect(
      rows.filter(({ kind }) => kind !== (name.startsWith("bank-") ? "bank" : "event")),
      name,
    ).toEqual([]);
    expect(totals.every(holds), name).toBe(true);
  }
});

test("one batch holds two weeks, and the terminals' trace numbers come round", async () => {
  const names = await readdir(join(outDir, "files"));
  expect(names.filter((name) => name.startsWith("settlement_detail"))).toHaveLength(2);
  const journals = names.filter((name) => name.startsWith("terminal-journal"));
  const lines = (await Promise.all(journals.map((name) => readFile(join(outDir, "files", name), "utf8")))).join("");
  const traces = [...lines.matchAll(/"terminal":"90120001".*?"stan":"(\d{6})"/g)].map(([, stan]) => stan);
  expect(traces.length - new Set(traces).size).toBeGreaterThan(0);
});
