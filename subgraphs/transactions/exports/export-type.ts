import { Field, ID } from "type-graphql";
import { canonicalJson } from "../../shared/canonical-json.ts";
import type { Limits } from "../../shared/database/scope.ts";
import { BigIntScalar, DateTimeScalar, TimeZoneScalar } from "../../shared/scalars.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import { connectionOf } from "../../shared/subgraph/page-type.ts";
import { Coverage } from "../coverage/coverage-type.ts";
import { EXPORT_LOCALES, type ExportLocale } from "../export-formats/export-words.ts";
import { Totals } from "../totals.ts";
import type { TransactionFilter } from "../transaction-filter.ts";
import type { TransactionOrder } from "../transaction-list.ts";
import { EXPORT_COLUMNS, type ExportColumn } from "./export-columns.ts";
import { type KeptTotals, keptTotals } from "./kept-totals.ts";

const EXPORT_FORMATS = ["CSV", "XLSX", "PDF"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
const EXPORT_STATUSES = ["QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"] as const;
export type ExportStatus = (typeof EXPORT_STATUSES)[number];

const EXPORT_CONTENTS = ["TRANSACTIONS", "JOURNAL"] as const;
export type ExportContent = (typeof EXPORT_CONTENTS)[number];

const ExportContentEnum = enumOf("ExportContent", "What an export is of.", EXPORT_CONTENTS, {
  TRANSACTIONS: "What the list of transactions shows.",
  JOURNAL: "The bookings of payouts, debit and credit.",
});

export const ExportFormatEnum = enumOf("ExportFormat", "What kind of file an export is.", EXPORT_FORMATS, {
  CSV: "RFC 4180 in UTF-8. What the file is about stands in records at its end whose first cell begins with `# `.",
  XLSX: "An Excel workbook with real numbers and dates. Its last sheet tells what the file is about; more rows than a sheet holds go on in another.",
  PDF: "A page of what the file is about, then the rows. Letters that Windows-1252 lacks are question marks.",
});

export const ExportLocaleEnum = enumOf(
  "ExportLocale",
  "The language of headers and of words such as statuses. EN parts cells by a comma and has decimal points, the others a semicolon and decimal commas.",
  EXPORT_LOCALES,
);

const ExportStatusEnum = enumOf("ExportStatus", "How far an export is.", EXPORT_STATUSES, {
  QUEUED: "Asked for.",
  RUNNING: "Being written.",
  SUCCEEDED: "Whole, and can be fetched until it expires.",
  FAILED: "There is no file: `problem` says why.",
  CANCELLED: "Stopped before it was whole.",
  EXPIRED: "Its time is over and the file is gone.",
});

export const ExportColumnEnum = enumOf("ExportColumn", "A column of an export.", EXPORT_COLUMNS, {
  DATE: "When it happened, by the clock of the export's zone.",
  UTC_OFFSET: "How far that clock was ahead of UTC then: `UTC+02:00`. It tells the hour that October has twice.",
  DEVICE: "The terminal's number and its application.",
  AMOUNT: "Positive, whatever the type.",
  STATUS_ORIGIN: "Whether evidence decided the status or a person.",
  EVER_MANUAL: "Whether a person ever assigned a status.",
  FEES: "Booked on settlements, negative, in SETTLEMENT_CURRENCY.",
  NET: "Gross less fees of what is settled, in SETTLEMENT_CURRENCY.",
  PAYOUT_REFERENCE: "The payouts that its settlement lines are part of.",
});

@Output("Export", "A file of transactions: what a list with this filter shows, all of it, as of one moment.")
export class Export {
  readonly __typename!: "Export";
  readonly covered!: { readonly merchants: readonly string[]; readonly limits: Limits };

  @Field(() => ID, { description: "Stable id, `exp_…`." })
  id!: string;

  @Field(() => ExportContentEnum, { description: "What it is of." })
  content!: ExportContent;

  @Field(() => ExportFormatEnum, { description: "What kind of file." })
  format!: ExportFormat;

  @Field(() => ExportLocaleEnum, { description: "Its language." })
  locale!: ExportLocale;

  @Field(() => TimeZoneScalar, { description: "The zone of its times." })
  zone!: string;

  @Field(() => [ExportColumnEnum], {
    description: "Its columns, in order; none for a journal, whose columns are fixed.",
  })
  columns!: readonly ExportColumn[];

  @Field(() => String, {
    description: "The filter as JSON, as it was given and as the file shows it; of a journal its period.",
  })
  filter!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The instant that its rows are told as of; null for when it was written.",
  })
  asOf!: Date | null;

  @Field(() => [ID], { description: "The merchants it covers." })
  merchantIds!: readonly string[];

  @Field(() => ExportStatusEnum, { description: "How far it is." })
  status!: ExportStatus;

  @Field(() => String, { nullable: true, description: "Why there is no file, as a sentence in English." })
  problem!: string | null;

  @Field(() => BigIntScalar, { nullable: true, description: "Rows it will have; null until that is known." })
  rowsTotal!: bigint | null;

  @Field(() => BigIntScalar, { description: "Rows written so far, and in the end how many there are." })
  rowsDone!: bigint;

  @Field(() => [Totals], { description: "Sums by currency over its rows; the list's own totals at that moment." })
  totals!: readonly Totals[];

  @Field(() => [Coverage], {
    description: "Which providers it covers and how far each can be trusted, as of when it was written.",
  })
  coverage!: readonly Coverage[];

  @Field(() => String, { nullable: true, description: "SHA-256 of the file in hexadecimal; null until it is whole." })
  sha256!: string | null;

  @Field(() => BigIntScalar, { nullable: true, description: "Its size in bytes; null until it is whole." })
  sizeBytes!: bigint | null;

  @Field(() => String, { description: "What the file is called." })
  fileName!: string;

  @Field(() => String, {
    nullable: true,
    description: "Path at the gateway where GET, with the bearer token of who asked for it, gives the file; else null.",
  })
  downloadPath!: string | null;

  @Field(() => ID, { nullable: true, description: "The report that asked for it; null where a person did." })
  reportId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Of a report's: `PENDING`, `DELIVERED`, or `FAILED` once it was tried often enough.",
  })
  delivery!: string | null;

  @Field(() => String, { nullable: true, description: "Why it did not arrive at the last attempt." })
  deliveryProblem!: string | null;

  @Field(() => DateTimeScalar, { description: "When it was asked for." })
  requestedAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended, well or badly; null before." })
  finishedAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the file is removed; null until it is whole." })
  expiresAt!: Date | null;
}

@Output("ExportConnection", "A page of your exports, the latest first.")
export class ExportConnection extends connectionOf("Export", Export) {}

/** What was asked for, as it is kept: instants and whole numbers as texts. */
export type ExportRequest = {
  readonly content: ExportContent;
  /** Of a journal: first and last day. */
  readonly period?: { readonly from: string | null; readonly to: string | null };
  readonly filter: TransactionFilter;
  readonly order: TransactionOrder | null;
  readonly columns: readonly ExportColumn[];
  readonly format: ExportFormat;
  readonly locale: ExportLocale;
  readonly zone: string;
  readonly bom: boolean;
  /** Not in those that were kept before there was any. */
  readonly asOf?: string | null;
};

export type ExportRow = {
  readonly merchant_id: string;
  readonly id: string;
  readonly merchants: readonly string[];
  readonly limits: Limits;
  readonly request: ExportRequest;
  readonly request_hash: string;
  readonly status: ExportStatus;
  readonly problem: string | null;
  readonly rows_total: bigint | null;
  readonly rows_done: bigint;
  readonly totals: KeptTotals;
  readonly coverage: readonly Coverage[];
  readonly sha256: string | null;
  readonly size_bytes: bigint | null;
  readonly report_id: string | null;
  readonly delivery: string | null;
  readonly delivery_problem: string | null;
  readonly requested_at: Date;
  readonly finished_at: Date | null;
  readonly expires_at: Date | null;
};

export const EXPORT_ROW = `t.merchant_id, t.id, t.merchants, t.limits, t.request, t.request_hash, t.status, t.problem,
  t.rows_total, t.rows_done, t.totals, t.coverage, t.sha256, t.size_bytes, t.report_id, t.delivery, t.delivery_problem,
  t.requested_at, t.finished_at, t.expires_at`;

export function exportOf(row: ExportRow): Export {
  const { content, format, locale, zone, columns, filter, period, asOf } = row.request;
  return {
    __typename: "Export",
    covered: { merchants: row.merchants, limits: row.limits },
    id: row.id,
    content,
    format,
    locale,
    zone,
    columns,
    filter: canonicalJson(period ?? filter),
    asOf: asOf ? new Date(asOf) : null,
    merchantIds: row.merchants,
    status: row.status,
    problem: row.problem,
    rowsTotal: row.rows_total,
    rowsDone: row.rows_done,
    totals: keptTotals(row.totals),
    coverage: row.coverage,
    sha256: row.sha256,
    sizeBytes: row.size_bytes,
    fileName: fileNameOf(row),
    downloadPath: row.status === "SUCCEEDED" ? `/exports/${row.id}` : null,
    reportId: row.report_id,
    delivery: row.delivery,
    deliveryProblem: row.delivery_problem,
    requestedAt: row.requested_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
  };
}

/** `transactions-20260105-0800-x1Y2.csv`: when it was asked for in UTC, and enough of its id to tell two apart. */
export function fileNameOf({ id, request, requested_at }: Pick<ExportRow, "id" | "request" | "requested_at">): string {
  const [day = "", time = ""] = requested_at.toISOString().split("T");
  const at = `${day.replaceAll("-", "")}-${time.slice(0, 5).replace(":", "")}`;
  return `${request.content.toLowerCase()}-${at}-${id.slice(-4)}.${request.format.toLowerCase()}`;
}
