import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Instant, Outcome, PaymentFacts } from "../../subgraphs/shared/event.ts";
import { instantOf } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import type { Reading } from "../adapter.ts";
import { unknownValue } from "../readers/drift.ts";
import type { BodyRow } from "./body-row.ts";
import { meaningOf } from "./event-codes.ts";

/** "2026/01/06 00:00:30 -0800": the time carries its offset. */
function paypalTime(text: string): Instant {
  return instantOf(text.replace(/^(\d{4})\/(\d\d)\/(\d\d)/, "$1-$2-$3").replace(/ ([+-]\d{4})$/, "$1"));
}

/**
 * When it happened. A refund's or a dispute's initiation date may be that of the payment it goes back to, so those
 * happened when they were completed.
 */
export function happenedAt(row: BodyRow, kind: EventKind): Instant {
  return paypalTime(kind === "SALE" || kind === "AUTHORISATION" ? row.text("initiated") : row.text("completed"));
}

/** Kinds that are about a payment of a shopper's; the others move money of the account. */
export const ABOUT_PAYMENT: ReadonlySet<EventKind> = new Set([
  "SALE",
  "AUTHORISATION",
  "CREDIT",
  "REFUND",
  "CHARGEBACK",
  "SECOND_CHARGEBACK",
  "CHARGEBACK_REVERSAL",
]);

/** What money went back for: a reference of type TXN is the id of an earlier transaction, others name agreements. */
export function originalOf(row: BodyRow, kind: EventKind): string | undefined {
  if (kind === "SALE" || kind === "AUTHORISATION" || row.text("referenceType") !== "TXN") return undefined;
  return row.text("reference") || undefined;
}

export function idOf(row: BodyRow): string {
  const id = row.text("id");
  // A spreadsheet turns a long number into 1.23E+16, which would match the wrong transaction.
  if (id === "" || /^\d[.,]?\d*E\+\d+$/i.test(id)) {
    throw new AppError(
      "INVALID_INPUT",
      `"${id}" is no transaction id; export the report again, not from a spreadsheet`,
    );
  }
  return id;
}

export function paymentOf(row: BodyRow): PaymentFacts {
  const merchantReference = row.text("invoice") || row.text("custom");
  return {
    type: "WALLET",
    method: "paypal",
    acquirer: "paypal",
    ...(merchantReference !== "" && { merchantReference }),
  };
}

export const SUCCEEDED: Outcome = { status: "SUCCESS", certainty: "DEFINITIVE" };

/** A row whose code, or whose code in that direction, nobody mapped: its money is in doubt. */
export function unmapped(row: BodyRow): readonly Reading[] {
  const [code, direction] = [row.text("code"), row.text("direction")];
  const drift = meaningOf(code)
    ? unknownValue(`Transaction Debit or Credit of ${code}`, direction, row.line)
    : unknownValue("Transaction Event Code", code, row.line);
  const words = `"${code.slice(0, 40)}" with "${direction.slice(0, 40)}"`;
  const problem = `what the event code ${words} means is not known; add it to the adapter`;
  return [drift, { kind: "rejected", line: row.line, raw: row.raw, problem }];
}
