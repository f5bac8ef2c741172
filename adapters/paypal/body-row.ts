import type { Occurrences } from "../readers/occurrences.ts";
import type { OPTIONAL, REQUIRED } from "./columns.ts";

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

/** What `amountsOf` reads. */
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
