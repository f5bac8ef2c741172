import { AppError } from "../../subgraphs/shared/errors.ts";
import { instantOf } from "../../subgraphs/shared/time.ts";
import { type CsvRow, checkWidth } from "../readers/csv.ts";

/** Where the fields of each record stand; a record has no header to name them. */
export const WIDTHS: Readonly<Record<string, number>> = { H: 7, F: 8, I: 23, T: 23 };

export type Header = {
  readonly report: "P11KFUN" | "P11KREC";
  readonly merchant: string;
  /** Which file of how many the report is cut into. */
  readonly part: number;
  readonly parts: number;
};

/** Throws INVALID_INPUT or INVALID_AMOUNT for what is not the header of a report we know. */
export function headerOf({ cells }: CsvRow): Header {
  const [, report = "", version = "", from = "", to = "", merchant = "", sequence = ""] = cells;
  if (report !== "P11KFUN" && report !== "P11KREC") throw unknown("report", report);
  if (!version.startsWith("1.")) throw unknown("version", version);
  const [, part, parts] = /^(\d{4})of(\d{4})$/.exec(sequence) ?? [];
  if (merchant === "" || part === undefined || parts === undefined || part === "0000" || part > parts) {
    throw unknown("sequence", sequence);
  }
  if (instantOf(from).at > instantOf(to).at) throw unknown("period", `${from} to ${to}`);
  return { report, merchant, part: Number(part), parts: Number(parts) };
}

/** An item of a funding, or a transaction of a reconciliation; their first twelve fields are the same. */
export type Item = {
  readonly id: string;
  readonly created: string;
  readonly original: string;
  readonly merchant: string;
  readonly merchantReference: string;
  readonly type: string;
  readonly status: string;
  readonly updated: string;
  readonly processed: string;
  readonly currency: string;
  readonly amount: string;
  readonly trace: string;
  readonly reason: string;
  readonly batchType: string;
  readonly fee: string;
};

export function itemOf({ cells }: CsvRow): Item {
  const cell = (index: number) => cells[index]!.trim();
  return {
    ...sharedFields(cell),
    updated: cell(12),
    processed: cell(13),
    currency: cell(14),
    amount: cell(15),
    trace: cell(16),
    reason: cell(17),
    batchType: cell(19),
    fee: cell(22),
  };
}

export function transactionOf({ cells }: CsvRow): Item {
  const cell = (index: number) => cells[index]!.trim();
  const blank = { updated: "", trace: "", reason: "", batchType: "", fee: "" };
  return { ...sharedFields(cell), ...blank, processed: cell(12), currency: cell(13), amount: cell(14) };
}

function sharedFields(cell: (index: number) => string) {
  return {
    id: cell(1),
    created: cell(2),
    original: cell(3),
    merchant: cell(4),
    merchantReference: cell(9),
    type: cell(10),
    status: cell(11),
  };
}

/** Bank and account of the payer. */
export const PERSONAL_CELLS: ReadonlySet<number> = new Set([7, 8]);

export type Trail = {
  readonly count: string;
  readonly total: string;
  readonly fundings: string;
  readonly funded: string;
};

/** The trail of a reconciliation has no fundings. */
export function trailOf(row: CsvRow, report: Header["report"]): Trail {
  if (report === "P11KFUN") checkWidth(row, 5);
  const [, count = "", total = "", fundings = "0", funded = "0"] = row.cells;
  if (!/^\d{1,9}$/.test(count) || !/^\d{1,9}$/.test(fundings)) throw unknown("trail", row.raw);
  return { count, total, fundings, funded };
}

function unknown(what: string, text: string): AppError {
  return new AppError("INVALID_INPUT", `the ${what} "${text.slice(0, 40)}" is not one we know`);
}
