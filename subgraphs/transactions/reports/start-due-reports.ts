import type { DataSource } from "typeorm";
import { lastDue, nextDue } from "../../shared/cron.ts";
import type { Limits, Transaction } from "../../shared/database/scope.ts";
import { PREFIXES, stableId } from "../../shared/ids.ts";
import { asWorker } from "../exports/export-lease.ts";
import type { ExportRequest } from "../exports/export-type.ts";
import { orderExport } from "../exports/order-export.ts";
import { type ReportPeriod, reportPeriod } from "./report-period.ts";

/**
 * Asks for the export of each report whose time has come, for its owner, and answers how many. However many times were
 * missed, one export makes them up, as of the last of them; whoever asks, and how often, a time has one export.
 */
export async function startDueReports(database: DataSource): Promise<number> {
  const due = await asWorker(database, [], ({ query }) => query<{ merchant_id: string; id: string }>(DUE));
  let started = 0;
  for (const { merchant_id: merchantId, id } of due) {
    if (await asWorker(database, [merchantId], (transaction) => start(transaction, merchantId, id))) started += 1;
  }
  return started;
}

type DueRow = {
  readonly merchants: readonly string[];
  readonly limits: Limits;
  readonly request: ExportRequest;
  readonly period: ReportPeriod;
  readonly cron: string;
  readonly set_by: string;
  readonly set_name: string;
  readonly now: Date;
};

async function start(transaction: Transaction, merchantId: string, id: string): Promise<boolean> {
  const [report] = await transaction.query<DueRow>(TAKE, [merchantId, id]);
  if (!report) return false;
  const { merchants, limits, request, period, cron, set_by: setBy, set_name: setName, now } = report;
  const due = lastDue(cron, request.zone, now);
  const { from, to } = reportPeriod(period, request.zone, due);
  const dated = {
    ...request,
    filter: { ...request.filter, occurredAt: { from: from.toISOString(), to: to.toISOString() } },
  };
  const key = `${id}-${due.toISOString()}`;
  const exportId = stableId(PREFIXES.export, merchantId, setBy, key);
  const values = [merchantId, exportId, merchants, limits, dated, key, setBy, setName, id];
  if ((await transaction.change(ADD, values)) > 0) await orderExport(transaction, { merchantId, id: exportId });
  await transaction.query(ADVANCE, [merchantId, id, nextDue(cron, request.zone, now), due, exportId]);
  return true;
}

const DUE = "select merchant_id, id from transactions.report where enabled and next_due <= clock_timestamp()";

const TAKE = `
  select merchants, limits, request, period, cron, set_by, set_name, clock_timestamp() as now from transactions.report
  where merchant_id = $1 and id = $2 and enabled and next_due <= clock_timestamp()
  for update`;

const ADD = `
  insert into transactions.export (merchant_id, id, merchants, limits, request, request_hash, idempotency_key,
    requested_by, requested_name, report_id, delivery, deliver_at)
  values ($1, $2, $3, $4, $5, '', $6, $7, $8, $9, 'PENDING', clock_timestamp())
  on conflict do nothing`;

const ADVANCE = `
  update transactions.report set next_due = $3, last_due = $4, last_export_id = $5 where merchant_id = $1 and id = $2`;
