import PDFDocument from "pdfkit";
import { formatDecimal } from "../../shared/money.ts";
import type { Coverage } from "../coverage/coverage-type.ts";
import type { LateItem } from "./closing-items.ts";
import { type KeptSums, parted, totalled } from "./closing-sums.ts";
import type { ClosingPart, ClosingSums } from "./closing-type.ts";
import { type Column, columns, createPage, type Page } from "./pdf-page.ts";
import type { Place } from "./place.ts";
import type { Span } from "./span.ts";

export type ClosingDocument = {
  readonly id: string;
  readonly number: number;
  readonly kind: string;
  readonly zone: string;
  readonly place: Place;
  readonly span: Span;
  readonly sums: readonly KeptSums[];
  readonly adjusted: readonly KeptSums[];
  readonly coverage: readonly Coverage[];
  readonly late: readonly LateItem[];
  readonly closedName: string;
  readonly closedAt: Date;
  readonly hash: string;
};

const TITLES: Readonly<Record<string, string>> = {
  SHIFT: "Shift closing",
  DAY: "Day closing",
  PERIOD: "Period closing",
};

/** The closing on A4, as a shop pins it up. The same closing gives the same bytes. */
export async function writePdf(closing: ClosingDocument): Promise<Buffer> {
  const title = `${TITLES[closing.kind]} ${closing.number}`;
  const pdf = new PDFDocument({
    size: "A4",
    margin: 48,
    bufferPages: true,
    info: { Title: title, Producer: "Concord", Creator: "Concord", CreationDate: closing.closedAt },
  });
  const chunks: Buffer[] = [];
  pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => pdf.once("end", resolve).once("error", reject));
  const page = createPage(pdf);
  head(page, title, closing);
  totals(page, closing);
  late(page, closing);
  coverage(page, closing);
  page.footers(`Closing ${closing.id}`, `sha256 ${closing.hash}`);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

function head(page: Page, title: string, { place, span, zone, closedName, closedAt, number }: ClosingDocument): void {
  const at = (instant: Date) => localTime(instant, zone);
  page.title(title);
  page.facts([
    ["Merchant", place.merchantName],
    ["Location", place.locationName ?? "all locations"],
    ["Terminal", place.tid ?? "all terminals"],
    ["From", at(span.from)],
    ["To", `${at(span.to)} (not included)`],
    ["Time zone", zone],
    ["Closed", `${at(closedAt)} by ${closedName}`],
    ["Previous", number === 1 ? "none: this is the first" : `number ${number - 1}, whose hash is in this one's`],
  ]);
}

const SUMS: readonly Column[] = columns(
  ["", 127],
  ["Number", 52],
  ["Turnover", 84],
  ["Refunds", 78],
  ["Chargebacks", 78],
  ["Pending", 80],
);

function totals(page: Page, { sums }: ClosingDocument): void {
  page.heading("Totals");
  if (sums.length === 0) page.text("There were no transactions.");
  else
    page.table(
      SUMS,
      totalled(sums).map((each) => sumCells(each.currency, each)),
    );
  for (const [heading, by] of BY) {
    if (sums.length === 0) continue;
    page.heading(heading);
    page.table(SUMS, parted(sums, by).map(partCells));
  }
}

const BY = [
  ["By status", "status"],
  ["By method", "method"],
  ["Decided by evidence (AUTOMATIC) or by a person (MANUAL)", "origin"],
] as const;

const LATE: readonly Column[] = columns(["Transaction", 130], ["Happened", 150], ["What", 125], ["Amount", 94]);

function late(page: Page, { adjusted, late: items, zone }: ClosingDocument): void {
  page.heading("Late items: about earlier periods, since those were closed");
  if (items.length === 0) {
    page.text("None.");
    return;
  }
  page.table(SUMS, parted(adjusted, "way").map(partCells));
  page.table(
    LATE,
    items.map((item) => [
      item.transaction_number,
      localTime(item.occurred_at, zone),
      wayOf(item),
      amount(item.amount_minor, item.currency),
    ]),
  );
  if (items.length === MOST_LATE)
    page.text(`Only the latest ${MOST_LATE} are shown; the closing in Concord has all of them.`);
}

const MOST_LATE = 200;

function wayOf({ way, status, before_status: before }: LateItem): string {
  if (way === "CHANGED") return before === status ? `CHANGED, ${status}` : `${before} to ${status}`;
  return `${way}, ${status}`;
}

const COVERAGE: readonly Column[] = columns(["Provider", 90], ["State", 70], ["Why", 339]);

function coverage(page: Page, { coverage: covered }: ClosingDocument): void {
  page.heading("Coverage when it was closed");
  if (covered.length === 0) page.text("No provider was known.");
  else
    page.table(
      COVERAGE,
      covered.map(({ provider, state, reason }) => [provider, state, reason ?? ""]),
    );
}

const partCells = ({ key, sums }: ClosingPart) => sumCells(`${key} ${sums.currency}`, sums);

function sumCells(name: string, sums: ClosingSums): readonly string[] {
  const money = [sums.gross, sums.refunded, sums.chargedBack, sums.pending];
  return [name, String(sums.count), ...money.map(({ amountMinor, currency }) => amount(amountMinor, currency, false))];
}

function amount(minor: bigint, currency: string, named = true): string {
  const [units = "", decimals] = formatDecimal({ amountMinor: minor, currency }).split(".");
  const grouped = units.replace(/\B(?=(\d{3})+$)/g, " ");
  return `${grouped}${decimals === undefined ? "" : `.${decimals}`}${named ? ` ${currency}` : ""}`;
}

/** With its offset, since an hour comes twice in autumn. */
function localTime(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  }).format(at);
  const offset = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }).format(at);
  return `${parts} ${offset.slice(offset.indexOf("GMT")).replace(/^GMT$/, "GMT+00:00").replace("GMT", "UTC")}`;
}
