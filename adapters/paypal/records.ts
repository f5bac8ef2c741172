import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Reading, Row } from "../adapter.ts";
import { type ColumnNames, type Columns, columnsOf, unknownColumns } from "../readers/columns.ts";
import { type CsvRow, checkWidth } from "../readers/csv.ts";
import { unknownRecord } from "../readers/drift.ts";
import { Occurrences } from "../readers/occurrences.ts";
import { rawWithout } from "../readers/personal.ts";
import { amountsOf } from "./amounts.ts";
import { amountCells, type BodyRow, type Column } from "./body-row.ts";
import { KNOWN, OPTIONAL, PERSONAL, REQUIRED } from "./columns.ts";
import { addTo, footerTotals, type Sums } from "./footer.ts";

/** What one of the two reports has beside the other, and what it makes of a row. */
export type ReportKind<Extra extends string> = {
  readonly extra: ColumnNames<Extra>;
  readonly readRow: (row: BodyRow<Extra>) => readonly Reading[];
};

/** A report as it is read, record by record. */
export class ReportRecords<Extra extends string> {
  readonly #kind: ReportKind<Extra>;
  readonly #delimiter: string;
  #columns: Columns<Column | Extra> | undefined;
  #width = 0;
  #personal: ReadonlySet<number> = new Set();
  #opened: "report" | "section" | undefined;
  #closed = false;
  /** True behind the footers of a section, where no row of it may stand: they would not have counted it. */
  #footed = false;
  #account: string | undefined;
  #day: string | undefined;
  #fileNumber = 1;
  #count = { section: 0n, file: 0n };
  #section: Sums = new Map();
  readonly #report: Sums = new Map();
  readonly #occurrences = new Occurrences();

  constructor(kind: ReportKind<Extra>, delimiter: string) {
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
    this.#footed = false;
    this.#account = account || this.#account;
    this.#day = /^\d{4}\/\d\d\/\d\d/.exec(from)?.[0].replaceAll("/", "");
    this.#section = new Map();
    this.#count.section = 0n;
    return [];
  }

  #head(row: CsvRow): readonly Reading[] {
    this.#footed = false;
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
    if (this.#footed) {
      throw new AppError(
        "FILE_REJECTED",
        `line ${row.line} stands behind the footers of its section; fetch the report again`,
      );
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
    this.#footed = true;
    if (/^[A-Z]{3}$/.test(cells[1] ?? "") && cells.length < FOOTER_CELLS) {
      throw new AppError("FILE_REJECTED", `line ${line} is a footer that is cut off; fetch the report again`);
    }
    if (cells[0] === "RF" && this.#fileNumber !== 1) return [];
    const totals = footerTotals(cells, sums);
    if (totals) return totals.map((total) => ({ kind: "control", total }));
    const reason = "a footer whose balances do not follow from its own totals; its rows were not checked against it";
    return [{ kind: "skipped", line, raw, reason }];
  }

  /** Only a whole report counts its rows by the rules; of an excerpt nobody knows what the count was of. */
  #counted(scope: string, text = "", actual: bigint): readonly Reading[] {
    this.#footed = true;
    if (this.#opened !== "report" || (scope === "report" && this.#fileNumber !== 1)) return [];
    const expected = /^\d{1,12}$/.test(text) ? BigInt(text) : -1n;
    return [{ kind: "control", total: { name: `rows of the ${scope}`, expected, actual } }];
  }
}

/** The record, its currency, four totals, and two balances before and after with their directions. */
const FOOTER_CELLS = 14;

function rejected(line: number, raw: string, record: string): Row {
  const problem = `the record "${record.slice(0, 8)}" is not known and may carry money; add it to the adapter`;
  return { kind: "rejected", line, raw, problem };
}
