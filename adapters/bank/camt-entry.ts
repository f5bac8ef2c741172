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
  readonly element: XmlElement;
};

export function detailOf(element: XmlElement): CamtDetail {
  const texts: string[] = [];
  let structured: BankEntry["structured"];
  for (const { name, children } of element.children) {
    if (name !== "RmtInf") continue;
    for (const information of children) {
      if (information.name === "Ustrd") texts.push(information.text);
      if (information.name !== "Strd") continue;
      structured ??= creditorReference(information);
      for (const additional of childrenNamed(information, "AddtlRmtInf")) texts.push(additional.text);
    }
  }
  const references = elementAt(element, "Refs");
  return {
    endToEndId: references && referenceOf(textAt(references, "EndToEndId")),
    reference: references && (referenceOf(textAt(references, "InstrId")) ?? referenceOf(textAt(references, "TxId"))),
    bankReference: references && referenceOf(textAt(references, "AcctSvcrRef")),
    remittance: plainText(texts.length > 0 ? texts.join(" ") : (textAt(element, "AddtlTxInf") ?? "")),
    structured,
    element,
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

type MutableEntry = { -readonly [Field in keyof BankEntry]: BankEntry[Field] };

/** An entry's dates, texts and parts; `amount` is already read. Throws INVALID_INPUT for dates that are none. */
export function entryOf(
  element: XmlElement,
  given: { account: string; statement: string; amount: Money; details: readonly CamtDetail[] },
): MutableEntry {
  const { account, statement, amount, details } = given;
  const valueDate = dateOf(element, "ValDt");
  const bookingDate = dateOf(element, "BookgDt") ?? valueDate;
  if (bookingDate === undefined) {
    throw new AppError("INVALID_INPUT", "the entry has neither a booking nor a value date");
  }
  const parts = details.length > 1 ? partsOf(details, amount) : undefined;
  const texts = parts ? "" : details.map(({ remittance }) => remittance).join(" ");
  const reversal = textAt(element, "RvslInd");
  const entry: MutableEntry = {
    account,
    statement,
    bookingDate,
    amount,
    reversal: reversal === "true" || reversal === "1",
    code: codeOf(element),
    remittance: plainText(texts) || plainText(textAt(element, "AddtlNtryInf") ?? ""),
  };
  if (valueDate !== undefined) entry.valueDate = valueDate;
  if (parts) entry.parts = parts;
  if (details.length === 1) {
    const { endToEndId, structured } = details[0]!;
    if (endToEndId !== undefined) entry.endToEndId = endToEndId;
    if (structured) entry.structured = structured;
  }
  return entry;
}

/** Undefined where the bank lists payments without their amounts. */
function partsOf(details: readonly CamtDetail[], entry: Money): readonly BankEntryPart[] | undefined {
  const parts: BankEntryPart[] = [];
  for (const { element, endToEndId, reference, structured, remittance } of details) {
    const money = partAmount(element, entry);
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
function dateOf(element: XmlElement, name: string): string | undefined {
  const date = elementAt(element, name);
  const text = date && (textAt(date, "Dt") ?? textAt(date, "DtTm"));
  return text === undefined ? undefined : dayOf(text.slice(0, "YYYY-MM-DD".length));
}

/** Entries of a statement share a few days, each of which is checked once. */
const days = new Set<string>();
const MOST_DAYS = 1_000;

function dayOf(text: string): string {
  if (days.has(text)) return text;
  const day = calendarDate(text, "YYYY-MM-DD");
  if (days.size >= MOST_DAYS) days.clear();
  days.add(day);
  return day;
}

/** ISO's domain, family and sub-family, or the bank's own code. */
function codeOf(element: XmlElement): string {
  const domain = elementAt(element, "BkTxCd/Domn");
  if (!domain) return textAt(element, "BkTxCd/Prtry/Cd") ?? "";
  const parts = [textAt(domain, "Cd"), textAt(domain, "Fmly/Cd"), textAt(domain, "Fmly/SubFmlyCd")];
  return parts.filter((part) => part !== undefined).join("/");
}
