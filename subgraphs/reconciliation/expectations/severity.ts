import type { Transaction } from "../../shared/database/scope.ts";

/** In rising order; the database keeps the place in this list, counted from 1. */
export const SEVERITIES = ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** From how much money on it is MEDIUM, HIGH and CRITICAL, in minor units, where a merchant has set nothing for the currency. */
const THRESHOLDS = [1_000, 10_000, 100_000] as const;

/** What lies for a week is a step more severe, and for a month two. */
const STEP_DAYS = [7, 30] as const;

/** The time to settle it, in hours, by severity. */
const HOURS = [14 * 24, 7 * 24, 2 * 24, 24] as const;

/**
 * An insert into `discrepancy as d`, of rows that have these columns: each is weighed as it is opened, since to weigh it
 * later would write it, and its place in every index, twice.
 */
export function openDiscrepancies(columns: string, rows: string): string {
  return `
  insert into reconciliation.discrepancy as d (${columns}, opened_at, severity, sla_due_at)
  select n.*, o.opened_at, w.severity, ${dueAfter("o.opened_at", "w.severity")}
  from (${rows}) n (${columns})
  cross join (select clock_timestamp()::timestamptz(3) as opened_at) o
  cross join lateral (select ${severityOf("n", "0")} as severity) w`;
}

/** Weighs what is open by its money and its age as of a day, and says by when it should be settled. */
export async function weigh(transaction: Transaction, merchantId: string, asOf: string): Promise<void> {
  await transaction.query(WEIGH, [merchantId, asOf]);
}

function severityOf(row: string, age: string): string {
  const steps = STEP_DAYS.map((days) => `case when ${age} > ${days} then 1 else 0 end`).join(" + ");
  return `case when ${row}.type = 'REFUND_AND_CHARGEBACK' then ${SEVERITIES.length}
    else least(${SEVERITIES.length}, 1 + ${steps} + width_bucket(abs(${row}.amount_at_risk_minor), coalesce((
      select array[t.medium_minor, t.high_minor, t.critical_minor] from reconciliation.severity_threshold t
      where t.merchant_id = ${row}.merchant_id and t.currency = ${row}.currency),
      '{${THRESHOLDS.join(", ")}}'::bigint[]))) end`;
}

function dueAfter(openedAt: string, severity: string): string {
  return `${openedAt} + make_interval(hours => (array[${HOURS.join(", ")}])[${severity}])`;
}

/** Not joined to what is open: a table that nobody has counted yet would be looked through once for each of its rows. */
const AS_OF = severityOf("d", "$2::date - d.opened_at::date");
const WEIGH = `
  update reconciliation.discrepancy d
  set (severity, sla_due_at) = (
    select w.severity, ${dueAfter("d.opened_at", "w.severity")} from (select ${AS_OF} as severity) w)
  where d.merchant_id = $1 and d.state <> 'RESOLVED' and (d.sla_due_at is null or d.severity <> ${AS_OF})`;
