import { defineSubgraph } from "../shared/subgraph/define-subgraph.ts";
import { idIn } from "../shared/subgraph/visible-transactions.ts";
import { BankEntryResolver } from "./bank-entries.ts";
import { FileCoverageResolver } from "./file-coverage/file-coverage.ts";
import { DiscrepancyResolver, TransactionFacetResolver } from "./reconciliation-resolvers.ts";
import { RuleSetResolver } from "./runs/rule-sets/rule-set-resolvers.ts";
import { RunProgressResolver } from "./runs/run-progress.ts";
import { ReconciliationRunResolver } from "./runs/run-resolvers.ts";
import { ScheduleResolver } from "./runs/schedules/schedule-resolvers.ts";
import { TrialResolver } from "./runs/trials/trial-resolvers.ts";
import { SettlementFileRequestResolver } from "./settlement-file-requests.ts";
import {
  PayoutResolver,
  SettlementBatchResolver,
  SettlementFileResolver,
  SettlementLineResolver,
} from "./settlement-resolvers.ts";
import { transactionFacetById } from "./transaction-facet.ts";

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
    SettlementFileResolver,
    SettlementFileRequestResolver,
    SettlementBatchResolver,
    PayoutResolver,
    SettlementLineResolver,
    BankEntryResolver,
    FileCoverageResolver,
  ],
  references: {
    Transaction: (reference, context) => {
      const id = idIn(reference);
      return id === null ? null : transactionFacetById(context, id);
    },
  },
});
