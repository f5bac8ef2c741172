import { Gauge, Registry } from "prom-client";
import type { DataSource } from "typeorm";
import { inScope, type Transaction } from "../../shared/database/scope.ts";
import { WORKER } from "../import/lease.ts";

export type ReconciliationMetrics = {
  /** All of them in the text format of Prometheus, as the database has them now. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
};

/**
 * What stands of all merchants together, by provider and type: a series a merchant would be without bound. Reads through
 * a connection of the checker's role, which sees every merchant and changes nothing.
 */
export function createReconciliationMetrics(database: DataSource): ReconciliationMetrics {
  const registry = new Registry();
  const gauges = new Map(
    GAUGES.map(({ name, help, labelNames }) => [name, new Gauge({ name, help, labelNames, registers: [registry] })]),
  );
  return {
    text: async () => {
      const series = await inScope(database, { merchants: [], user: WORKER }, readSeries);
      for (const gauge of gauges.values()) gauge.reset();
      for (const { name, labels, value } of series) gauges.get(name)?.set(labels, Number(value));
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

const GAUGES = [
  {
    name: "concord_discrepancies_open",
    help: "Discrepancies that stand, by provider and type.",
    labelNames: ["provider", "type"],
  },
  {
    name: "concord_discrepancies_amount_minor",
    help: "The money at risk by discrepancies that stand, in minor units.",
    labelNames: ["provider", "type", "currency"],
  },
  {
    name: "concord_discrepancies_oldest_seconds",
    help: "Since the oldest discrepancy that stands was found.",
    labelNames: ["provider", "type"],
  },
  {
    name: "concord_no_file_since_seconds",
    help: "Since a file of the provider came last, whichever merchant's.",
    labelNames: ["provider"],
  },
  {
    name: "concord_not_paid_out_minor",
    help: "Money of payouts and batches that should be at the bank and is not, in minor units.",
    labelNames: ["provider", "currency"],
  },
];

type Series = { readonly name: string; readonly labels: Record<string, string>; readonly value: string };

function readSeries(transaction: Transaction): Promise<Series[]> {
  return transaction.query<Series>(SERIES);
}

const OPEN = "reconciliation.discrepancy where state <> 'RESOLVED'";

const SERIES = `
  select 'concord_discrepancies_open' as name, json_build_object('provider', provider, 'type', type) as labels,
    count(*)::text as value
  from ${OPEN} group by provider, type
  union all
  select 'concord_discrepancies_amount_minor',
    json_build_object('provider', provider, 'type', type, 'currency', currency), sum(abs(amount_at_risk_minor))::text
  from ${OPEN} group by provider, type, currency
  union all
  select 'concord_discrepancies_oldest_seconds', json_build_object('provider', provider, 'type', type),
    extract(epoch from clock_timestamp() - min(opened_at))::text
  from ${OPEN} group by provider, type
  union all
  select 'concord_no_file_since_seconds', json_build_object('provider', provider),
    extract(epoch from clock_timestamp() - max(received_at))::text
  from reconciliation.file_account group by provider
  union all
  select 'concord_not_paid_out_minor', json_build_object('provider', provider, 'currency', currency),
    sum(amount_at_risk_minor)::text
  from ${OPEN} and type = 'MISSING_PAYOUT' group by provider, currency`;
