import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import {
  COLUMN_JOINS,
  EXPORT_COLUMN_SOURCES,
  EXPORT_COLUMNS,
} from "../../subgraphs/transactions/exports/export-columns.ts";

export type ExportOf = {
  readonly url: string;
  /** Where both write. */
  readonly folder: string;
  readonly merchantId: string;
  readonly formats: readonly string[];
};

/**
 * Exports all of a merchant with all columns, in each format, beside `COPY (the same columns) TO STDOUT CSV` into a file,
 * before and after. Each export is written by a process of its own, whose peak memory is told.
 */
export async function exportBesideCopy(client: pg.Client, { url, folder, merchantId, formats }: ExportOf) {
  const environment = { DATABASE_URL: url, CONCORD_DATA: folder, LOG_LEVEL: "warn" };
  const before = await measureCopy(client, folder, merchantId);
  const written: Written[] = [];
  for (const format of formats) written.push(await writeExport(environment, merchantId, format));
  const after = await measureCopy(client, folder, merchantId);
  const copy = (before.rowsPerSecond + after.rowsPerSecond) / 2;
  return {
    toCopy: Object.fromEntries(written.map(({ format, rowsPerSecond }) => [format, rounded(rowsPerSecond / copy)])),
    peakMemoryMb: Object.fromEntries(written.map(({ format, rssBytes }) => [format, rounded(rssBytes / 2 ** 20)])),
    rows: before.rows,
    copy: [before, after],
    exports: written,
  };
}

async function measureCopy(client: pg.Client, folder: string, merchantId: string) {
  const cells = EXPORT_COLUMNS.map((column) => `${EXPORT_COLUMN_SOURCES[column].sql} as ${column.toLowerCase()}`);
  const statement = `copy (
    select ${cells.join(", ")} from transactions.transaction t ${COLUMN_JOINS.map(([, join]) => join).join(" ")}
    where t.merchant_id = '${merchantId}' and t.superseded_by is null and t.base_status <> 'MANUAL_INTERVENTION'
    order by t.occurred_at desc, t.id desc
  ) to stdout (format csv, header)`;
  const path = join(folder, "copy.csv");
  const start = performance.now();
  const stream = client.query(copyTo(statement));
  await pipeline(stream, createWriteStream(path));
  const ms = performance.now() - start;
  const rows = stream.rowCount;
  return { rows, ms: Math.round(ms), bytes: (await stat(path)).size, rowsPerSecond: Math.round((rows * 1_000) / ms) };
}

type Written = {
  readonly format: string;
  readonly rows: number;
  readonly ms: number;
  readonly bytes: number;
  readonly rssBytes: number;
  readonly rowsPerSecond: number;
};

async function writeExport(environment: Record<string, string>, merchantId: string, format: string): Promise<Written> {
  const script = join(import.meta.dirname, "write-export.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [script, merchantId, format], {
    env: { ...process.env, ...environment },
  });
  return JSON.parse(stdout) as Written;
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
