import type { BankEntry, BankEntryPart, PosTotal } from "../../subgraphs/shared/bank-entry.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { exponentOf, type Money } from "../../subgraphs/shared/money.ts";
import { calendarDate, zonedInstant } from "../../subgraphs/shared/time.ts";
import { fieldsOf } from "../readers/fixed-width.ts";
import { CONTINUED, COUNTERPARTY, MOVEMENT } from "./coda-record.ts";
import { negated, plainText, referenceOf } from "./entries.ts";

/** A record 21 with the 22 and 23 that continue it. */
export type CodaMovement = { readonly line: number; readonly raw: string; readonly continued: string[] };

/** Twelve digits and three decimals, always. Throws INVALID_AMOUNT where the currency has fewer and they are not zero. */
export function codaAmount(digits: string, sign: string, currency: string): Money {
  if (!/^\d{15}$/.test(digits) || (sign !== "0" && sign !== "1")) {
    const message = `"${sign}${digits}" is not an amount: write 0 or 1 for the sign and 15 digits`;
    throw new AppError("INVALID_AMOUNT", message);
  }
  const scale = 10n ** BigInt(3 - Math.min(3, exponentOf(currency)));
  const thousandths = BigInt(digits);
  if (thousandths % scale !== 0n) {
    throw new AppError("INVALID_AMOUNT", `"${digits}" has more decimals than ${currency}`);
  }
  return negated({ amountMinor: thousandths / scale, currency }, sign === "1");
}

/** Throws INVALID_AMOUNT and INVALID_INPUT for what is wrong with this movement alone. */
export function entryOf(
  movement: CodaMovement,
  given: { readonly account: string; readonly currency: string; readonly number: string },
): Omit<BankEntry, "identity" | "parts"> {
  const { account, currency, number } = given;
  const fields = fieldsOf(movement.raw, MOVEMENT);
  const bookingDate = calendarDate(fields.entryDate, "DDMMYY");
  const valueDate = fields.valueDate === NO_DATE ? undefined : calendarDate(fields.valueDate, "DDMMYY");
  const text = communicationOf(movement);
  const endToEndId = customerReference(movement);
  return {
    account,
    statement: `${bookingDate.slice(0, 4)}-${number}`,
    bookingDate,
    ...(valueDate !== undefined && { valueDate }),
    amount: codaAmount(fields.amount, fields.sign, currency),
    reversal: CANCELLATIONS.has(fields.code.slice(3, 5)),
    code: fields.code,
    ...(endToEndId !== undefined && { endToEndId }),
    ...meaningOf(text, fields.isStructured),
  };
}

export function partOf(movement: CodaMovement, currency: string): BankEntryPart {
  const fields = fieldsOf(movement.raw, MOVEMENT);
  const endToEndId = customerReference(movement);
  const reference = referenceOf(fields.reference);
  const { remittance, structured } = meaningOf(communicationOf(movement), fields.isStructured);
  return {
    amount: codaAmount(fields.amount, fields.sign, currency),
    ...(endToEndId !== undefined && { endToEndId }),
    ...(reference !== undefined && { reference }),
    remittance: structured ? structured.value : remittance,
  };
}

const NO_DATE = "000000";
/** The transaction within its family: a cancellation or correction of one that the other side, or we, had made. */
const CANCELLATIONS = new Set(["49", "99"]);

/** Its pieces fill their fields to the last character, so a word may go on in the next record. */
function communicationOf({ raw, continued }: CodaMovement): string {
  const pieces = continued.map((record) =>
    record.startsWith("22") ? fieldsOf(record, CONTINUED).communication : fieldsOf(record, COUNTERPARTY).communication,
  );
  return fieldsOf(raw, MOVEMENT).communication + pieces.join("");
}

function customerReference({ continued }: CodaMovement): string | undefined {
  const record = continued.find((text) => text.startsWith("22"));
  return record === undefined ? undefined : referenceOf(fieldsOf(record, CONTINUED).customerReference);
}

type Meaning = Pick<BankEntry, "remittance" | "structured" | "pos">;

function meaningOf(text: string, isStructured: string): Meaning {
  if (isStructured !== "1") return { remittance: plainText(text) };
  const type = text.slice(0, 3);
  const value = text.slice(3);
  const pos = type === "114" ? posOf(value) : undefined;
  return { remittance: "", structured: { type, value: plainText(value) }, ...(pos && { pos }) };
}

/**
 * Communication 114, a payment at a terminal: card scheme, terminal, period, sequence, day, time, kind, 26 characters of
 * place, 16 of reference. It runs on into record 22. Without a day and a time that exist it is text and no match key.
 */
function posOf(value: string): PosTotal | undefined {
  const [, posNumber = "", period = "", sequence = "", day = "", hours = "", minutes = ""] =
    /^.(\d{6})(\d{3})(\d{6})(\d{6})(\d\d)(\d\d)/.exec(value) ?? [];
  if (posNumber === "") return undefined;
  try {
    const localTime = `${calendarDate(day, "DDMMYY")} ${hours}:${minutes}`;
    zonedInstant(localTime, "UTC");
    return { posNumber, period, sequence, localTime };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
