import { exponentOf } from "../../shared/money.ts";
import type { CellKind } from "../exports/export-columns.ts";
import {
  clockText,
  createWordReader,
  currencyOfCell,
  type ExportRow,
  FIRST_CELL,
  moneyText,
  offsetText,
} from "./export-table.ts";
import type { ExportLocale } from "./export-words.ts";
import { STYLE_NUMBERS, type StyleName } from "./xlsx-parts.ts";

/** The XML of one cell, `reference` being its place; "" for nothing. */
export type CellWriter = (reference: string, row: ExportRow, index: number) => string;

export function sheetCells(kind: CellKind, locale: ExportLocale): CellWriter {
  const write = filled(kind, locale);
  return (reference, row, index) => {
    const value = row[index + FIRST_CELL]!;
    return value === "" ? "" : write(reference, value, row);
  };
}

function filled(kind: CellKind, locale: ExportLocale): (reference: string, value: string, row: ExportRow) => string {
  if (kind === "money" || kind === "settledMoney") {
    return (reference, value, row) =>
      moneyXml(reference, moneyText(row, kind, value, "."), exponentOf(currencyOfCell(row, kind)));
  }
  if (kind === "time") return (reference, value) => numberXml(reference, timeSerial(clockText(value)), "time");
  if (kind === "date") return (reference, value) => numberXml(reference, `${daySerial(value)}`, "date");
  if (kind === "offset") return (reference, value) => textXml(reference, offsetText(value), "text");
  // A truth value of the sheet's own would be shown as 0 and 1 by some programs.
  if (kind === "word" || kind === "boolean") {
    const wordOf = createWordReader(locale);
    return (reference, value) => textXml(reference, wordOf(value), "text");
  }
  return (reference, value) => textXml(reference, value, FORMULA.test(value) ? "quoted" : "text");
}

/** A number holds fifteen digits; what has more stays exact as a text. */
function moneyXml(reference: string, amount: string, exponent: number): string {
  if (amount.length > MOST_DIGITS) return textXml(reference, amount, "text");
  return numberXml(reference, amount, MONEY_STYLES[exponent] ?? "money2");
}

const MOST_DIGITS = 15;
const MONEY_STYLES: readonly StyleName[] = ["money0", "money2", "money2", "money3", "money4"];

const numberXml = (reference: string, value: string, style: StyleName) =>
  `<c r="${reference}" s="${STYLE_NUMBERS[style]}"><v>${value}</v></c>`;

/** A text in its cell is never a formula; the quoted style keeps it one when somebody edits the cell. */
export function textXml(reference: string, value: string, style: StyleName): string {
  const number = STYLE_NUMBERS[style];
  return `<c r="${reference}" t="inlineStr"${number === 0 ? "" : ` s="${number}"`}><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
}

const FORMULA = /^(?:[\s\0]*[=+\-@＝＋－＠]|[\t\r\n\0])/;

/** What XML cannot hold is written as a spreadsheet writes it, `_x0007_`, and so is a text that looks like that. */
function escaped(value: string): string {
  if (!SPECIAL.test(value)) return value;
  return value
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_")
    .replace(UNWRITABLE, (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

const UNWRITABLE = /(?![\t\n])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu;
const SPECIAL = /[&<>\p{Cc}\p{Cs}\ufffe\uffff]|_x[0-9A-Fa-f]{4}_/u;

/** Days since the last of 1899, as spreadsheets count; the clock's own day, whatever its zone. */
function daySerial(day: string): number {
  let serial = daySerials.get(day);
  if (serial === undefined) {
    serial = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / DAY_MS + EPOCH;
    if (daySerials.size > MOST_DAYS) daySerials.clear();
    daySerials.set(day, serial);
  }
  return serial;
}

function timeSerial(clock: string): string {
  const seconds = Number(clock.slice(11, 13)) * 3600 + Number(clock.slice(14, 16)) * 60 + Number(clock.slice(17, 19));
  return String(daySerial(clock.slice(0, 10)) + seconds / 86_400);
}

const DAY_MS = 86_400_000;
/** 1 January 1970. */
const EPOCH = 25_569;
const MOST_DAYS = 4_000;
const daySerials = new Map<string, number>();

/** 0 is A, 26 is AA. */
export function columnLetters(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnLetters(Math.floor(index / 26) - 1) + letter;
}
