import { defineSubgraph } from "../shared/subgraph/define-subgraph.ts";
import { idIn } from "../shared/subgraph/visible-transactions.ts";
import { BankEntryResolver } from "./bank-entries.ts";
import { FeeContractResolver, LineFeeResolver, TransactionFeeResolver } from "./contracts/fee-contract-resolvers.ts";
import {
  DiscrepancyDecisionResolver,
  MatchLegResolver,
  MatchResolver,
  RejectedPairResolver,
} from "./decisions/decision-resolvers.ts";
import { ProviderHealthResolver } from "./expectations/provider-health-resolver.ts";
import { ExpectationResolver } from "./expectations/set-expectations.ts";
import { FileCoverageResolver } from "./file-coverage/file-coverage.ts";
import { PayoutForecastResolver } from "./forecast/payout-forecast-resolver.ts";
import { ReconciliationQualityResolver } from "./quality/reconciliation-quality.ts";
import {
  DiscrepancyConnectionResolver,
  DiscrepancyResolver,
  TransactionFacetResolver,
} from "./reconciliation-resolvers.ts";
import { RuleSetResolver } from "./rule-sets/rule-set-resolvers.ts";
import { RunProgressResolver } from "./runs/run-progress.ts";
import { ReconciliationRunResolver } from "./runs/run-resolvers.ts";
import { ScheduleResolver } from "./schedules/schedule-resolvers.ts";
import { SettlementFileProgressResolver } from "./settlement-file-progress.ts";
import { SettlementFileRequestResolver } from "./settlement-file-requests.ts";
import {
  PayoutResolver,
  SettlementBatchResolver,
  SettlementFileResolver,
  SettlementLineResolver,
} from "./settlement-resolvers.ts";
import { transactionFacetById } from "./transaction-facet.ts";
import { TrialResolver } from "./trials/trial-resolvers.ts";
import { WebhookDeliveryResolver } from "./webhooks/webhook-deliveries.ts";

/** Owns files, settlement lines, payouts, runs and discrepancies, and adds its side to every transaction. */
export const subgraph = defineSubgraph({
  name: "reconciliation",
  resolvers: [
    TransactionFacetResolver,
    ReconciliationRunResolver,
    RunProgressResolver,
    ScheduleResolver,
    RuleSetResolver,
    TrialResolver,
    DiscrepancyResolver,
    DiscrepancyConnectionResolver,
    DiscrepancyDecisionResolver,
    MatchResolver,
    MatchLegResolver,
    RejectedPairResolver,
    ReconciliationQualityResolver,
    SettlementFileResolver,
    SettlementFileRequestResolver,
    SettlementFileProgressResolver,
    SettlementBatchResolver,
    PayoutResolver,
    SettlementLineResolver,
    BankEntryResolver,
    FileCoverageResolver,
    ProviderHealthResolver,
    PayoutForecastResolver,
    ExpectationResolver,
    FeeContractResolver,
    LineFeeResolver,
    TransactionFeeResolver,
    WebhookDeliveryResolver,
  ],
  references: {
    Transaction: (reference, context) => {
      const id = idIn(reference);
      return id === null ? null : transactionFacetById(context, id);
    },
  },
});
