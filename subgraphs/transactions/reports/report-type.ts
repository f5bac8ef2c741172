import { Field, ID } from "type-graphql";
import { canonicalJson } from "../../shared/canonical-json.ts";
import { DateTimeScalar, TimeZoneScalar } from "../../shared/scalars.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import type { ExportLocale } from "../export-formats/export-words.ts";
import type { ExportColumn } from "../exports/export-columns.ts";
import {
  ExportColumnEnum,
  type ExportFormat,
  ExportFormatEnum,
  ExportLocaleEnum,
  type ExportRequest,
} from "../exports/export-type.ts";
import { REPORT_PERIODS, type ReportPeriod } from "./report-period.ts";

export const ReportPeriodEnum = enumOf(
  "ReportPeriod",
  "Whole days by the clock of the report's zone, as of when it is due.",
  REPORT_PERIODS,
  { LAST_WEEK: "Monday to Sunday.", THIS_MONTH: "From the first of the month up to and with the day it is due." },
);

const REPORT_TARGETS = ["FOLDER", "WEBHOOK"] as const;
export type ReportTarget = (typeof REPORT_TARGETS)[number];

export const ReportTargetEnum = enumOf("ReportTarget", "Where a report's files go.", REPORT_TARGETS, {
  FOLDER: "The merchant's folder in the one that the operator set for reports.",
  WEBHOOK: "An HTTPS address that the operator allows: POST of the file, signed.",
});

@Output("Report", "An export that is made by itself, again and again.")
export class Report {
  readonly __typename!: "Report";

  @Field(() => ID, { description: "Stable id, `rep_…`." })
  id!: string;

  @Field(() => String, { description: "What its owner calls it." })
  name!: string;

  @Field(() => ReportPeriodEnum, { description: "Which days each of its files is of." })
  period!: ReportPeriod;

  @Field(() => String, { description: "Minute, hour, day of the month, month and day of the week: `30 6 * * 1`." })
  cron!: string;

  @Field(() => TimeZoneScalar, { description: "The zone whose clock is meant, for times, days and the schedule." })
  zone!: string;

  @Field(() => ExportFormatEnum, { description: "What kind of file." })
  format!: ExportFormat;

  @Field(() => ExportLocaleEnum, { description: "Their language." })
  locale!: ExportLocale;

  @Field(() => [ExportColumnEnum], { description: "Their columns, in order." })
  columns!: readonly ExportColumn[];

  @Field(() => String, { description: "Its filter as JSON, as it was given." })
  filter!: string;

  @Field(() => ReportTargetEnum, { description: "Where its files go." })
  target!: ReportTarget;

  @Field(() => String, { nullable: true, description: "The address of a webhook." })
  url!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "What its webhook's posts are signed with: `x-concord-signature: t=SECONDS,v1=HEX` is the HMAC-SHA256 of `SECONDS.SHA256_OF_THE_FILE`.",
  })
  signingKey!: string | null;

  @Field(() => Boolean, { description: "Whether it makes files." })
  enabled!: boolean;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the next is due; null while it is off." })
  nextDue!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When its last was due; null before the first." })
  lastDue!: Date | null;

  @Field(() => ID, { nullable: true, description: "That export; null before the first." })
  lastExportId!: string | null;
}

export type ReportRow = {
  readonly id: string;
  readonly name: string;
  readonly request: ExportRequest;
  readonly period: ReportPeriod;
  readonly cron: string;
  readonly target: ReportTarget;
  readonly url: string | null;
  readonly secret: string | null;
  readonly enabled: boolean;
  readonly next_due: Date | null;
  readonly last_due: Date | null;
  readonly last_export_id: string | null;
};

export const REPORT_ROW = `t.id, t.name, t.request, t.period, t.cron, t.target, t.url, t.secret, t.enabled, t.next_due,
  t.last_due, t.last_export_id`;

export function reportOf(row: ReportRow): Report {
  return {
    __typename: "Report",
    id: row.id,
    name: row.name,
    period: row.period,
    cron: row.cron,
    zone: row.request.zone,
    format: row.request.format,
    locale: row.request.locale,
    columns: row.request.columns,
    filter: canonicalJson(row.request.filter),
    target: row.target,
    url: row.url,
    signingKey: row.secret,
    enabled: row.enabled,
    nextDue: row.next_due,
    lastDue: row.last_due,
    lastExportId: row.last_export_id,
  };
}
