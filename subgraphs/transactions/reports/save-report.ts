import { randomBytes } from "node:crypto";
import { createUnionType, Field, ID, InputType } from "type-graphql";
import { maskCards } from "../../shared/card-detector.ts";
import { nextDue } from "../../shared/cron.ts";
import { AppError } from "../../shared/errors.ts";
import { stableId } from "../../shared/ids.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { ExportRefused, keyProblem, refused } from "../exports/add-export.ts";
import { CreateExportInput, plannedExport, Refusal } from "../exports/create-export.ts";
import { ownedBy } from "../exports/export-reach.ts";
import { auditExport } from "../exports/order-export.ts";
import type { ReportPeriod } from "./report-period.ts";
import {
  REPORT_ROW,
  Report,
  ReportPeriodEnum,
  type ReportRow,
  type ReportTarget,
  ReportTargetEnum,
  reportOf,
} from "./report-type.ts";

@InputType("SaveReportInput", { description: "Which export to make by itself, when, and where its files go." })
export class SaveReportInput {
  @Field(() => ID, {
    nullable: true,
    description: "The report to change, one of yours, whatever its key; when not given the one that the key names.",
  })
  id?: string | null;

  @Field(() => String, { description: "What to call it, 1 to 100 characters." })
  name!: string;

  @Field(() => CreateExportInput, {
    description:
      "What to export and how; its filter without `occurredAt` and `period`, which the report gives. Its key names the report: saved again under it, the report is changed.",
  })
  export!: CreateExportInput;

  @Field(() => ReportPeriodEnum, { description: "Which days each file is of." })
  period!: ReportPeriod;

  @Field(() => String, { description: "Minute, hour, day of the month, month and day of the week: `30 6 * * 1`." })
  cron!: string;

  @Field(() => ReportTargetEnum, { description: "Where the files go." })
  target!: ReportTarget;

  @Field(() => String, { nullable: true, description: "For a webhook its address, `https://…`." })
  url?: string | null;

  @Field(() => Boolean, { nullable: true, description: "False keeps it and makes no file; true when not given." })
  enabled?: boolean | null;
}

export const SaveReportResult = createUnionType({
  name: "SaveReportResult",
  description: "The report as it is now; or why it was not saved.",
  types: () => [Report, ExportRefused] as const,
  resolveType: ({ __typename }) => __typename,
});

/** A report of one person under one key; saved again, it is changed, and made for what they may see by now. */
export async function saveReport(context: RequestContext, input: SaveReportInput): Promise<Report | ExportRefused> {
  const planned = await plannedExport(context, input.export);
  if (planned instanceof Refusal) return refused(planned.message);
  const { cron, period, target, name } = input;
  const key = input.export.idempotencyKey;
  const [clock] = await context.query<{ now: Date }>("select clock_timestamp() as now");
  const problem = keyProblem(key) ?? problemOf(input) ?? cronProblem(input, clock?.now ?? new Date());
  const [home] = planned.merchants;
  if (problem !== undefined || home === undefined) return refused(problem ?? "There is no merchant to report on.");
  const enabled = input.enabled ?? true;
  const due = enabled ? nextDue(cron, planned.request.zone, clock?.now ?? new Date()) : null;
  const { userId, name: userName } = context.identity;
  const id = input.id ?? stableId("rep", home, userId, key);
  if (input.id && !(await isAt(context, home, input.id))) return refused(NOT_THERE);
  const url = target === "WEBHOOK" ? (input.url ?? null) : null;
  const secret = url === null ? null : randomBytes(32).toString("base64url");
  return context.run(async (transaction) => {
    const values = [
      home,
      id,
      planned.merchants,
      planned.limits,
      name,
      planned.request,
      period,
      cron.trim(),
      target,
      url,
    ];
    const [row] = await transaction.query<ReportRow>(SAVE, [
      ...values,
      secret,
      enabled,
      due,
      userId,
      maskCards(userName).text,
    ]);
    // A report by this key is there, and covers what its owner may no longer see.
    if (!row) throw new AppError("CONFLICT", "A report by this key is there and cannot be changed: use another key.");
    const detail = { name, period, cron, target, url, enabled, request: planned.request };
    const act = { merchants: planned.merchants, actorId: userId, action: "report.save", objectId: id, detail };
    await auditExport(transaction, act);
    return reportOf(row);
  });
}

/** Whether a report is one of the caller's own, kept at that merchant: what it covers begins with the same one. */
async function isAt(context: RequestContext, home: string, id: string): Promise<boolean> {
  const where = ownedBy(context, "t.set_by").add("t.id = ?", id).add("t.merchant_id = ?", home);
  const text = `select from transactions.report t where t.merchant_id = any($1::text[]) and ${where.text()}`;
  return (await context.query(text, where.values())).length > 0;
}

const NOT_THERE = "There is no report of yours by this `id` for these merchants: leave it out to make a new one.";

export async function reports(context: RequestContext): Promise<readonly Report[]> {
  const where = ownedBy(context, "t.set_by");
  const text = `select ${REPORT_ROW} from transactions.report t
    where t.merchant_id = any($1::text[]) and ${where.text()} order by t.name, t.id limit 1000`;
  return (await context.query<ReportRow>(text, where.values())).map(reportOf);
}

function problemOf({ name, target, url, export: { filter } }: SaveReportInput): string | undefined {
  if (name.trim() === "" || name.length > 100) return "`name` must be 1 to 100 characters.";
  if (filter?.occurredAt || filter?.period) {
    return "`occurredAt` and `period` of the filter come from the report's period: leave them out.";
  }
  if (target === "FOLDER") return url ? "`url` is for webhooks: leave it out, or choose WEBHOOK." : undefined;
  const address = URL.canParse(url ?? "") ? new URL(url ?? "") : undefined;
  if (!address || !/^https?:$/.test(address.protocol) || address.username !== "" || (url ?? "").length > 2_000) {
    return "`url` must be the address of the webhook: https://host/path, without a user or password.";
  }
  return undefined;
}

function cronProblem({ cron, export: { zone } }: SaveReportInput, now: Date): string | undefined {
  try {
    nextDue(cron, zone, now);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

/** The key of a webhook stays as long as its address. */
const SAVE = `
  insert into transactions.report as t (merchant_id, id, merchants, limits, name, request, period, cron, target, url,
    secret, enabled, next_due, set_by, set_name)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
  on conflict (merchant_id, id) do update set merchants = excluded.merchants, limits = excluded.limits,
    name = excluded.name, request = excluded.request, period = excluded.period, cron = excluded.cron,
    target = excluded.target, secret = case when t.url = excluded.url then t.secret else excluded.secret end,
    url = excluded.url, enabled = excluded.enabled, next_due = excluded.next_due, set_at = clock_timestamp()
  returning ${REPORT_ROW}`;
