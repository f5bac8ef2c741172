import { lstat, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { describeTotal } from "../adapters/adapter.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { type Inspection, inspectFile } from "./inspect-file.ts";

/** What the files of one folder hold, by the format that read them. Every row is taken, skipped or rejected. */
export type FolderSummary = {
  readonly folder: string;
  /** The adapter; `refused` for files that none could read to their end, null for those of no format that we know. */
  readonly adapter: string | null;
  readonly files: number;
  readonly rows: number;
  readonly taken: number;
  readonly skipped: number;
  readonly rejected: number;
  /** Files that would be refused whole: a total that does not hold, a cut or a damage. */
  readonly refusedFiles: readonly { readonly file: string; readonly problem: string }[];
  /** Control totals that hold, of all that the files have. */
  readonly totalsThatHold: number;
  readonly totals: number;
  /** Why rows were rejected, figures left out, the most frequent first; at most ten. */
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
  readonly drift: number;
};

type Growing = { -readonly [Field in keyof FolderSummary]: FolderSummary[Field] } & {
  refusedFiles: { file: string; problem: string }[];
  byReason: Map<string, number>;
};

/** Inspects every file below a folder, links left alone, and sums them up by folder and format. */
export async function inspectFolder(root: string, progress: (line: string) => void): Promise<readonly FolderSummary[]> {
  const groups = new Map<string, Growing>();
  const group = (folder: string, adapter: string | null) => {
    const key = `${folder}\n${adapter ?? ""}`;
    const known = groups.get(key) ?? emptySummary(folder, adapter);
    groups.set(key, known);
    known.files++;
    return known;
  };
  for (const path of await filesBelow(root)) {
    progress(relative(root, path));
    const folder = relative(root, join(path, "..")) || ".";
    const result = await inspectFile(path).catch((error: unknown) => asRefusal(error));
    if (!("code" in result)) addInspection(group(folder, result.adapter), result);
    else if (result.code === "NO_ADAPTER") group(folder, null);
    else group(folder, "refused").refusedFiles.push({ file: relative(root, path), problem: result.message });
  }
  progress("");
  return [...groups.values()].map(({ byReason, ...summary }) => ({ ...summary, reasons: mostFrequent(byReason) }));
}

function asRefusal(error: unknown): AppError {
  if (error instanceof AppError) return error;
  throw error;
}

function addInspection(group: Growing, inspection: Inspection): void {
  const { file, rows, events, bankEntries, skipped, rejected, controlTotals, drift } = inspection;
  group.rows += rows;
  group.skipped += skipped;
  group.rejected += rejected.length;
  group.taken += Object.values(events).reduce((sum, count) => sum + count, bankEntries);
  group.totals += controlTotals.length;
  group.drift += drift.length;
  const broken = controlTotals.filter((total) => !total.holds);
  group.totalsThatHold += controlTotals.length - broken.length;
  for (const total of broken.slice(0, 1)) group.refusedFiles.push({ file, problem: describeTotal(total) });
  for (const { problem } of rejected) {
    const reason = problem.replaceAll(/\d+/g, "#").slice(0, 160);
    group.byReason.set(reason, (group.byReason.get(reason) ?? 0) + 1);
  }
}

function mostFrequent(byReason: ReadonlyMap<string, number>): FolderSummary["reasons"] {
  const reasons = [...byReason].map(([reason, rows]) => ({ reason, rows }));
  return reasons.sort((a, b) => b.rows - a.rows || (a.reason < b.reason ? -1 : 1)).slice(0, 10);
}

function emptySummary(folder: string, adapter: string | null): Growing {
  const counts = { files: 0, rows: 0, taken: 0, skipped: 0, rejected: 0, totalsThatHold: 0, totals: 0, drift: 0 };
  return { folder, adapter, ...counts, refusedFiles: [], reasons: [], byReason: new Map() };
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (name.startsWith(".")) continue;
    const path = join(folder, name);
    const facts = await lstat(path);
    if (facts.isDirectory()) files.push(...(await filesBelow(path)));
    else if (facts.isFile()) files.push(path);
  }
  return files;
}

/** The summaries as a table for people. */
export function tableOf(summaries: readonly FolderSummary[]): readonly string[] {
  const header = ["folder", "format", "files", "rows", "taken", "skipped", "rejected", "totals hold", "drift"];
  const rows = summaries.map((summary) => [
    summary.folder,
    summary.adapter ?? "(no format of ours)",
    `${summary.files}`,
    `${summary.rows}`,
    `${summary.taken}`,
    `${summary.skipped}`,
    `${summary.rejected}`,
    summary.totals === 0 ? "" : `${summary.totalsThatHold} of ${summary.totals}`,
    summary.drift === 0 ? "" : `${summary.drift}`,
  ]);
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ");
  return [header, ...rows].map((cells) => lineOf(cells).trimEnd());
}
