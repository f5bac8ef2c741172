import type { Transaction } from "../../shared/database/scope.ts";

/** In rising order; the database keeps the place in this list, counted from 1. */
export const SEVERITIES = ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** From how much money on, in minor units, where a merchant has set nothing for the currency. */
const THRESHOLDS = { medium: 1_000, high: 10_000, critical: 100_000 } as const;

/** What lies for a week is a step more severe, and for a month two. */
const STEP_DAYS = [7, 30] as const;

/** The time to settle it, in hours, by severity. */
const HOURS = [14 * 24, 7 * 24, 2 * 24, 24] as const;

/** Weighs what is open by its money and its age as of a day, and says by when it should be settled. */
export async function weigh(transaction: Transaction, merchantId: string, asOf: string): Promise<void> {
  await transaction.query(WEIGH, [merchantId, asOf]);
}

const WEIGH = `
  update reconciliation.discrepancy d set severity = w.severity,
    sla_due_at = d.opened_at + make_interval(hours => (array[${HOURS.join(", ")}])[w.severity])
  from (
    select d.id, case when d.type = 'REFUND_AND_CHARGEBACK' then ${SEVERITIES.length} else least(${SEVERITIES.length},
      case when abs(d.amount_at_risk_minor) >= coalesce(t.critical_minor, ${THRESHOLDS.critical}) then 4
        when abs(d.amount_at_risk_minor) >= coalesce(t.high_minor, ${THRESHOLDS.high}) then 3
        when abs(d.amount_at_risk_minor) >= coalesce(t.medium_minor, ${THRESHOLDS.medium}) then 2 else 1 end
      + ${STEP_DAYS.map((days) => `case when $2::date - d.opened_at::date > ${days} then 1 else 0 end`).join(" + ")}) end
      as severity
    from reconciliation.discrepancy d
    left join reconciliation.severity_threshold t on t.merchant_id = d.merchant_id and t.currency = d.currency
    where d.merchant_id = $1 and d.state <> 'RESOLVED'
  ) w
  where d.merchant_id = $1 and d.id = w.id and (d.sla_due_at is null or d.severity <> w.severity)`;
