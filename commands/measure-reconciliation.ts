import {
  createReconciliationMetrics,
  type ReconciliationMetrics,
} from "../subgraphs/reconciliation/work/reconciliation-metrics.ts";
import type { System } from "./open-system.ts";

/** What stands of all merchants, measured where a port for metrics is set. */
export async function measureReconciliation(system: System): Promise<ReconciliationMetrics | undefined> {
  if (system.config.metricsPort === undefined) return undefined;
  return createReconciliationMetrics(await system.open("check", 1));
}
