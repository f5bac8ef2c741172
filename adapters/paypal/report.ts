import type { Reading } from "../adapter.ts";
import { type CsvFormat, readCsv } from "../readers/csv.ts";
import { peek } from "../readers/peek.ts";
import { REQUIRED, STATUS } from "./columns.ts";
import { type ReportKind, ReportRecords } from "./records.ts";

/** Whether a head is a report of this kind: it begins with a record of PayPal's and its column header has the column. */
export function isReport(head: string, hasStatus: boolean): boolean {
  const lines = head.replace(/^\u00ef\u00bb\u00bf/, "").split(/\r?\n/);
  if (!/^"?(?:RH|FH|SH|CH)"?[,;\t]/.test(lines[0] ?? "")) return false;
  const header = lines.find((line) => /^"?CH"?[,;\t]/.test(line))?.replaceAll('"', "");
  const names = new Set(header?.split(/[,;\t]/).map((name) => name.trim()));
  return Object.values(REQUIRED).every((name) => names.has(name)) && names.has(STATUS.status) === hasStatus;
}

/**
 * Reads a report record by record. A report (RH) or section (SH) that was opened must be closed: its end is yielded as a
 * control total, as are the counts of a whole report and the footers that can be trusted.
 */
export async function* readReport<Extra extends string>(
  file: AsyncIterable<Buffer>,
  kind: ReportKind<Extra>,
): AsyncGenerator<readonly Reading[]> {
  const { head, file: whole } = await peek(file, 16);
  const delimiter = /[,;\t]/.exec(head)?.[0] as CsvFormat["delimiter"] | undefined;
  const report = new ReportRecords(kind, delimiter ?? ",");
  for await (const rows of readCsv(whole, { delimiter: delimiter ?? ",", encoding: "utf-8" })) {
    const readings = rows.flatMap((row) => report.take(row));
    if (readings.length > 0) yield readings;
  }
  yield report.end();
}
