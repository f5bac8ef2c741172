import type { ExportFormat } from "../exports/export-type.ts";
import type { ExportTable } from "./export-table.ts";
import { writeCsv } from "./write-csv.ts";
import { writePdf } from "./write-pdf.ts";
import { writeXlsx } from "./write-xlsx.ts";

/** The bytes of a file, written while they are read. */
export function writeExport(format: ExportFormat, table: ExportTable): AsyncIterable<Buffer> {
  return WRITERS[format](table);
}

const WRITERS = {
  CSV: writeCsv,
  XLSX: (table) => writeXlsx(table),
  PDF: writePdf,
} as const satisfies Record<ExportFormat, (table: ExportTable) => AsyncIterable<Buffer>>;
