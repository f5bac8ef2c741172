import { type Permission, type Role, roleMay } from "../../../subgraphs/shared/identity/permissions.ts";

/** Null is open to whoever is signed in; of several all are needed. */
type Needed = Permission | readonly Permission[] | null;

/**
 * What each root field of the graph demands of who asks: the one table, from which the matrix of roles is made. A root
 * field without a row here fails the build.
 */
export const ROOT_FIELDS: Readonly<Record<string, Needed>> = {
  "Query.viewer": null,
  "Query.merchants": "accounts:view",
  "Query.userGroups": "accounts:view",
  "Query.users": "accounts:manage",
  "Mutation.saveUserGroup": "accounts:manage",
  "Mutation.changeMembership": "accounts:manage",
  "Query.auditEvents": "audit:view",
  "Query.analysis": "analysis:view",
  "Query.closing": "closings:view",
  "Query.closings": "closings:view",
  "Mutation.closePeriod": "closings:close",
  "Query.transaction": "transactions:view",
  "Query.transactions": "transactions:view",
  "Query.manualInterventions": "manual-interventions:view",
  "Query.disputes": "transactions:view",
  "Mutation.assignStatus": ["transactions:assign-status", "transactions:view"],
  "Query.export": ["exports:create", "transactions:view"],
  "Query.exports": ["exports:create", "transactions:view"],
  "Mutation.createExport": ["exports:create", "transactions:view"],
  "Query.reports": ["exports:create", "transactions:view"],
  "Mutation.saveReport": ["exports:create", "transactions:view"],
  "Mutation.createJournal": ["exports:create", "settlements:view", "transactions:view"],
  "Mutation.cancelExport": ["exports:create", "transactions:view"],
  "Subscription.exportProgress": ["exports:create", "transactions:view"],
  "Query.notices": "webhooks:manage",
  "Query.webhookEndpoints": "webhooks:manage",
  "Mutation.changeWebhookEndpoint": "webhooks:manage",
  "Mutation.createWebhookEndpoint": "webhooks:manage",
  "Mutation.sendTestNotice": "webhooks:manage",
  "Query.bankEntries": "settlements:view",
  "Query.feeContracts": "settlements:view",
  "Query.fileCoverage": "settlements:view",
  "Query.payoutForecast": "settlements:view",
  "Query.payouts": "settlements:view",
  "Query.settlementBatches": "settlements:view",
  "Query.settlementFile": "settlements:view",
  "Query.settlementFiles": "settlements:view",
  "Query.discrepancies": "reconciliation:view",
  "Query.match": "reconciliation:view",
  "Query.matches": "reconciliation:view",
  "Query.providerHealth": "reconciliation:view",
  "Query.reconciliationQuality": "reconciliation:view",
  "Query.reconciliationRun": "reconciliation:view",
  "Query.reconciliationRuns": "reconciliation:view",
  "Query.reconciliationSchedules": "reconciliation:view",
  "Query.rejectedPairs": "reconciliation:view",
  "Query.rulePreview": "reconciliation:view",
  "Query.ruleSets": "reconciliation:view",
  "Query.runReplay": "reconciliation:view",
  "Query.webhookDeliveries": "files:upload",
  "Mutation.activateRuleSet": "rules:manage",
  "Mutation.addRuleSet": "rules:manage",
  "Mutation.loadFeeContract": "rules:manage",
  "Mutation.setSeverityThresholds": "rules:manage",
  "Mutation.setUsualDelay": "rules:manage",
  "Mutation.assignDiscrepancy": "reconciliation:resolve",
  "Mutation.commentDiscrepancy": "reconciliation:resolve",
  "Mutation.resolveDiscrepancy": "reconciliation:resolve",
  "Mutation.snoozeDiscrepancy": "reconciliation:resolve",
  "Mutation.confirmMatch": "reconciliation:confirm",
  "Mutation.confirmResolution": "reconciliation:confirm",
  "Mutation.rejectMatch": "reconciliation:confirm",
  "Mutation.rejectResolution": "reconciliation:confirm",
  "Mutation.liftRejectedPair": "reconciliation:match",
  "Mutation.matchRecords": "reconciliation:match",
  "Mutation.unmatch": "reconciliation:match",
  "Mutation.cancelReconciliation": "reconciliation:run",
  "Mutation.previewRules": "reconciliation:run",
  "Mutation.replayReconciliationRun": "reconciliation:run",
  "Mutation.scheduleReconciliation": "reconciliation:run",
  "Mutation.startReconciliation": "reconciliation:run",
  "Mutation.applySettlementFile": ["files:upload", "settlements:view"],
  "Mutation.discardSettlementFile": ["files:upload", "settlements:view"],
  "Mutation.previewSettlementFile": ["files:upload", "settlements:view"],
  "Mutation.replaySettlementFile": ["files:upload", "settlements:view"],
  "Subscription.reconciliationRunProgress": "reconciliation:view",
  "Subscription.settlementFileProgress": "settlements:view",
  "Subscription.transactionChanged": "transactions:view",
  "Subscription.totalsChanged": "transactions:view",
};

/**
 * Entities by the subgraph that resolves them, with the permission that their own fields need there; null where it
 * knows the key alone. One without a row here fails the build.
 */
export const ENTITIES: Readonly<Record<string, Needed>> = {
  "transactions CcvPayTransaction": "transactions:view",
  "transactions VoucherTransaction": "transactions:view",
  "transactions AcquirerTransaction": "transactions:view",
  "ccv-pay CcvPayTransaction": "settlements:view",
  "e-vouchers VoucherTransaction": "settlements:view",
  "acquirers AcquirerTransaction": "settlements:view",
  "reconciliation Transaction": "settlements:view",
  "accounts Merchant": "accounts:view",
  "accounts Location": "accounts:view",
  "accounts Terminal": "accounts:view",
  "transactions Merchant": null,
  "transactions Location": null,
  "transactions Terminal": null,
  "e-vouchers CcvPayTransaction": null,
  "e-vouchers AcquirerTransaction": null,
};

/** Whether a role has all that a row asks for. */
export function mayAsk(role: Role, needed: Needed): boolean {
  const all = typeof needed === "string" ? [needed] : (needed ?? []);
  return all.every((permission) => roleMay(role, permission));
}
