import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Reading, Row } from "../adapter.ts";
import { type ColumnNames, type Columns, columnsOf, unknownColumns } from "../readers/columns.ts";
import { type CsvFormat, type CsvRow, checkWidth, readCsv } from "../readers/csv.ts";
import { unknownRecord } from "../readers/drift.ts";
import { Occurrences } from "../readers/occurrences.ts";
import { peek } from "../readers/peek.ts";
import { rawWithout } from "../readers/personal.ts";
import { amountsOf } from "./amounts.ts";
import { KNOWN, OPTIONAL, PERSONAL, REQUIRED } from "./columns.ts";
import { addTo, footerTotals, type Sums } from "./footer.ts";

export type Column = keyof typeof REQUIRED | keyof typeof OPTIONAL;

/** One row of a report's body, with what its section says of it. */
export type BodyRow<Extra extends string = never> = {
  readonly line: number;
  /** Without the columns that say who paid. */
  readonly raw: string;
  readonly text: (column: Column | Extra) => string;
  readonly account: string | undefined;
  /** The day the section reports on, YYYYMMDD, in PayPal's own zone. */
  readonly day: string | undefined;
  /** Of the whole file: a hold may stand in it twice under one id, and is then two. */
  readonly occurrences: Occurrences;
};

type Kind<Extra extends string> = {
  readonly extra: ColumnNames<Extra>;
  readonly readRow: (row: BodyRow<Extra>) => readonly Reading[];
};

/** Whether a head is a report of this kind: it begins with a record of PayPal's and its column header has the column. */
export function isReport(head: string, hasStatus: boolean): boolean {
  const lines = head.replace(/^\u00ef\u00bb\u00bf/, "").split(/\r?\n/);
  if (!/^"?(?:RH|FH|SH|CH)"?[,;\t]/.test(lines[0] ?? "")) return false;
  const header = lines.find((line) => /^"?CH"?[,;\t]/.test(line))?.replaceAll('"', "");
  const names = new Set(header?.split(/[,;\t]/).map((name) => name.trim()));
  return Object.values(REQUIRED).every((name) => names.has(name)) && names.has("Transactional Status") === hasStatus;
}

/**
 * Reads a report record by record. A report (RH) or section (SH) that was opened must be closed: its end is yielded as a
 * control total, as are the counts of a whole report and the footers that can be trusted.
 */
export async function* readReport<Extra extends string>(
  file: AsyncIterable<Buffer>,
  kind: Kind<Extra>,
): AsyncGenerator<readonly Reading[]> {
  const { head, file: whole } = await peek(file, 16);
  const delimiter = /[,;\t]/.exec(head)?.[0] as CsvFormat["delimiter"] | undefined;
  const report = new Report(kind, delimiter ?? ",");
  for await (const rows of readCsv(whole, { delimiter: delimiter ?? ",", encoding: "utf-8" })) {
    const readings = rows.flatMap((row) => report.take(row));
    if (readings.length > 0) yield readings;
  }
  yield report.end();
}

class Report<Extra extends string> {
  readonly #kind: Kind<Extra>;
  readonly #delimiter: string;
  #columns: Columns<Column | Extra> | undefined;
  #width = 0;
  #personal: ReadonlySet<number> = new Set();
  #opened: "report" | "section" | undefined;
  #closed = false;
  #account: string | undefined;
  #day: string | undefined;
  #fileNumber = 1;
  #count = { section: 0n, file: 0n };
  #section: Sums = new Map();
  readonly #report: Sums = new Map();
  readonly #occurrences = new Occurrences();

  constructor(kind: Kind<Extra>, delimiter: string) {
    this.#kind = kind;
    this.#delimiter = delimiter;
  }

  take(row: CsvRow): readonly Reading[] {
    const [record = "", ...rest] = row.cells;
    switch (record) {
      case "RH":
        this.#opened = "report";
        this.#account = rest[2] || undefined;
        return [];
      case "FH":
        this.#fileNumber = Number(rest[0]);
        return [];
      case "SH":
        return this.#open(rest);
      case "CH":
        return this.#head(row);
      case "SB":
        return this.#body(row);
      case "SF":
        return this.#foot(row, this.#section);
      case "RF":
        this.#closed ||= this.#opened === "section";
        return this.#foot(row, this.#report);
      case "SC":
        return this.#counted("section", rest[0], this.#count.section);
      case "RC":
        this.#closed ||= this.#opened === "section";
        return this.#counted("report", rest[0], this.#count.file);
      case "FF":
        this.#closed = true;
        return this.#counted("file", rest[0], this.#count.file);
      default:
        return [unknownRecord("record", record, row.line), rejected(row.line, record.slice(0, 8), record)];
    }
  }

  end(): readonly Reading[] {
    if (this.#opened) {
      const total = { name: `end of the ${this.#opened}`, expected: 1n, actual: this.#closed ? 1n : 0n };
      return [{ kind: "control", total }];
    }
    if (this.#count.file > 0n) return [];
    throw new AppError("FILE_REJECTED", "the report has a header and no rows; fetch it again");
  }

  #open([from = "", , account = ""]: readonly string[]): readonly Reading[] {
    this.#opened ??= "section";
    this.#account = account || this.#account;
    this.#day = /^\d{4}\/\d\d\/\d\d/.exec(from)?.[0].replaceAll("/", "");
    this.#section = new Map();
    this.#count.section = 0n;
    return [];
  }

  #head(row: CsvRow): readonly Reading[] {
    this.#columns = columnsOf(row, { ...REQUIRED, ...this.#kind.extra }, OPTIONAL);
    const names = row.cells.map((name) => name.trim());
    this.#width = names.findLastIndex((name) => name !== "") + 1;
    this.#personal = new Set([...names.keys()].filter((index) => PERSONAL.includes(names[index]!)));
    return unknownColumns(row, KNOWN);
  }

  #body(row: CsvRow): readonly Reading[] {
    const columns = this.#columns;
    if (!columns) {
      throw new AppError("FILE_REJECTED", `line ${row.line} stands before any column header; fetch the report again`);
    }
    // Spreadsheets pad rows with empty cells; a narrower row is how a cut file looks.
    const isPadded = row.cells.length >= this.#width && row.cells.slice(this.#width).every((cell) => cell === "");
    if (!isPadded) checkWidth(row, this.#width);
    this.#closed = false;
    this.#count.section += 1n;
    this.#count.file += 1n;
    const text = (column: Column | Extra) => (columns[column] === -1 ? "" : row.cells[columns[column]]!.trim());
    this.#add(text);
    const raw = rawWithout(row, this.#personal, this.#delimiter);
    const context = { account: this.#account, day: this.#day, occurrences: this.#occurrences };
    return this.#kind.readRow({ line: row.line, raw, text, ...context });
  }

  /** Footers count rejected rows as well, as long as their amounts can be read. */
  #add(text: (column: Column) => string): void {
    try {
      const amounts = amountsOf(amountCells(text));
      addTo(this.#section, amounts);
      addTo(this.#report, amounts);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }

  #foot({ cells, line, raw }: CsvRow, sums: Sums): readonly Reading[] {
    if (cells[0] === "RF" && this.#fileNumber !== 1) return [];
    const totals = footerTotals(cells, sums);
    if (totals) return totals.map((total) => ({ kind: "control", total }));
    const reason = "a footer whose balances do not follow from its own totals; its rows were not checked against it";
    return [{ kind: "skipped", line, raw, reason }];
  }

  /** Only a whole report counts its rows by the rules; of an excerpt nobody knows what the count was of. */
  #counted(scope: string, text = "", actual: bigint): readonly Reading[] {
    if (this.#opened !== "report" || (scope === "report" && this.#fileNumber !== 1)) return [];
    const expected = /^\d{1,12}$/.test(text) ? BigInt(text) : -1n;
    return [{ kind: "control", total: { name: `rows of the ${scope}`, expected, actual } }];
  }
}

export function amountCells(text: (column: Column) => string) {
  return {
    gross: text("gross"),
    currency: text("currency"),
    direction: text("direction"),
    fee: text("fee"),
    feeCurrency: text("feeCurrency"),
    feeDirection: text("feeDirection"),
  };
}

function rejected(line: number, raw: string, record: string): Row {
  const problem = `the record "${record.slice(0, 8)}" is not known and may carry money; add it to the adapter`;
  return { kind: "rejected", line, raw, problem };
}
