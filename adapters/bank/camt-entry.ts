import type { BankEntry, BankEntryPart } from "../../subgraphs/shared/bank-entry.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { currencyOf, type Money } from "../../subgraphs/shared/money.ts";
import { calendarDate } from "../../subgraphs/shared/time.ts";
import { childrenNamed, elementAt, textAt, type XmlElement } from "../readers/xml-element.ts";
import { amountOf, negated, plainText, referenceOf } from "./entries.ts";

/** One `TxDtls`: what the bank says of one payment within an entry. */
export type CamtDetail = {
  readonly endToEndId: string | undefined;
  readonly reference: string | undefined;
  readonly bankReference: string | undefined;
  readonly remittance: string;
  readonly structured: BankEntry["structured"];
  readonly amount: (entry: Money) => Money | undefined;
};

export function detailOf(element: XmlElement): CamtDetail {
  const remittances = childrenNamed(element, "RmtInf");
  const structured = remittances.flatMap((information) => childrenNamed(information, "Strd"));
  const texts = [
    ...remittances.flatMap((information) => childrenNamed(information, "Ustrd").map(({ text }) => text)),
    ...structured.flatMap((information) => childrenNamed(information, "AddtlRmtInf").map(({ text }) => text)),
  ];
  const text = plainText(texts.join(" ")) || plainText(textAt(element, "AddtlTxInf") ?? "");
  return {
    endToEndId: referenceOf(textAt(element, "Refs/EndToEndId")),
    reference: referenceOf(textAt(element, "Refs/InstrId")) ?? referenceOf(textAt(element, "Refs/TxId")),
    bankReference: referenceOf(textAt(element, "Refs/AcctSvcrRef")),
    remittance: text,
    structured: structured.map(creditorReference).find((found) => found !== undefined),
    amount: (entry) => partAmount(element, entry),
  };
}

/** `CdtrRefInf`: SCOR unless the bank names another kind, such as ISR. */
function creditorReference(information: XmlElement): BankEntry["structured"] {
  const value = referenceOf(textAt(information, "CdtrRefInf/Ref"));
  if (value === undefined) return undefined;
  const type =
    textAt(information, "CdtrRefInf/Tp/CdOrPrtry/Cd") ?? textAt(information, "CdtrRefInf/Tp/CdOrPrtry/Prtry");
  return { type: type ?? "SCOR", value };
}

/** A part's amount where the bank gives one that can be counted; it is evidence and no money of its own. */
function partAmount(element: XmlElement, entry: Money): Money | undefined {
  const amount = ["Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"]
    .map((path) => elementAt(element, path))
    .find((found) => found !== undefined);
  if (!amount) return undefined;
  const indicator = textAt(element, "CdtDbtInd");
  const isDebit = indicator === undefined ? entry.amountMinor < 0n : indicator === "DBIT";
  try {
    return negated(amountOf(amount.text.trim(), currencyOf(amount.attributes["Ccy"] ?? "")), isDebit);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** An entry's dates, texts and parts; `amount` is already read. Throws INVALID_INPUT for dates that are none. */
export function entryOf(
  element: XmlElement,
  given: { account: string; statement: string; amount: Money; details: readonly CamtDetail[] },
): Omit<BankEntry, "identity"> {
  const { account, statement, amount, details } = given;
  const valueDate = dateOf(elementAt(element, "ValDt"));
  const bookingDate = dateOf(elementAt(element, "BookgDt")) ?? valueDate;
  if (bookingDate === undefined)
    throw new AppError("INVALID_INPUT", "the entry has neither a booking nor a value date");
  const only = details.length === 1 ? details[0] : undefined;
  const parts = details.length > 1 ? partsOf(details, amount) : undefined;
  const texts = parts ? [] : details.map(({ remittance }) => remittance);
  const structured = only?.structured;
  return {
    account,
    statement,
    bookingDate,
    ...(valueDate !== undefined && { valueDate }),
    amount,
    reversal: textAt(element, "RvslInd") === "true" || textAt(element, "RvslInd") === "1",
    code: codeOf(element),
    ...(only?.endToEndId !== undefined && { endToEndId: only.endToEndId }),
    remittance: plainText(texts.join(" ")) || plainText(textAt(element, "AddtlNtryInf") ?? ""),
    ...(structured && { structured }),
    ...(parts && { parts }),
  };
}

/** Undefined where the bank lists payments without their amounts. */
function partsOf(details: readonly CamtDetail[], entry: Money): readonly BankEntryPart[] | undefined {
  const parts: BankEntryPart[] = [];
  for (const { amount, endToEndId, reference, structured, remittance } of details) {
    const money = amount(entry);
    if (!money) return undefined;
    const known = structured?.value ?? reference;
    parts.push({
      amount: money,
      ...(endToEndId !== undefined && { endToEndId }),
      ...(known !== undefined && { reference: known }),
      remittance,
    });
  }
  return parts;
}

/** `Dt` or `DtTm`, either of which some banks fill with the other: the day as the bank wrote it. */
function dateOf(element: XmlElement | undefined): string | undefined {
  const text = element && (textAt(element, "Dt") ?? textAt(element, "DtTm"));
  return text === undefined ? undefined : calendarDate(text.slice(0, "YYYY-MM-DD".length), "YYYY-MM-DD");
}

/** ISO's domain, family and sub-family, or the bank's own code. */
function codeOf(element: XmlElement): string {
  const iso = ["Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd"].map((path) => textAt(element, `BkTxCd/${path}`));
  if (iso[0] !== undefined) return iso.filter((part) => part !== undefined).join("/");
  return textAt(element, "BkTxCd/Prtry/Cd") ?? "";
}
