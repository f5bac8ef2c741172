import { defineSubgraph } from "../shared/subgraph/define-subgraph.ts";
import type { ReferenceResolver } from "../shared/subgraph/subgraph-schema.ts";
import { idIn } from "../shared/subgraph/visible-transactions.ts";
import { AnalysisPeriodResolver, AnalysisResolver } from "./analysis/analysis-resolver.ts";
import { ClosingResolver } from "./closings/closing-resolvers.ts";
import { ListCoverageResolver } from "./coverage/coverage-resolver.ts";
import { DisputeResolver } from "./disputes/dispute-resolvers.ts";
import { ExportResolver } from "./exports/export-resolvers.ts";
import { FacetResolver } from "./facets/facet-resolver.ts";
import { TotalsChangedResolver } from "./live/totals-changed.ts";
import { TransactionChangedResolver } from "./live/transaction-changed.ts";
import { ManualStatusResolver } from "./manual-status/manual-status-resolvers.ts";
import { ManualInterventionResolver } from "./manual-status/waiting-resolvers.ts";
import { ReportResolver } from "./reports/report-resolvers.ts";
import { SavedViewResolver } from "./saved-views/saved-view-resolvers.ts";
import { transactionById } from "./transaction-loads.ts";
import { TransactionConnectionResolver, TransactionResolver } from "./transaction-resolvers.ts";
import { AcquirerTransaction, CcvPayTransaction, TYPENAMES, VoucherTransaction } from "./transaction-type.ts";
import { WebhookResolver } from "./webhooks/webhook-resolvers.ts";

const byReference: ReferenceResolver = (reference, context) => {
  const id = idIn(reference);
  return id === null ? null : transactionById(context, id);
};

/** Owns the shared transaction: the list, its totals, one by id, and the queue of those that wait for a person. */
export const subgraph = defineSubgraph({
  name: "transactions",
  resolvers: [
    TransactionResolver,
    TransactionConnectionResolver,
    ListCoverageResolver,
    FacetResolver,
    AnalysisResolver,
    AnalysisPeriodResolver,
    ManualInterventionResolver,
    ManualStatusResolver,
    DisputeResolver,
    TransactionChangedResolver,
    TotalsChangedResolver,
    WebhookResolver,
    ExportResolver,
    ClosingResolver,
    ReportResolver,
    SavedViewResolver,
  ],
  orphanedTypes: [CcvPayTransaction, VoucherTransaction, AcquirerTransaction],
  references: {
    Transaction: byReference,
    [TYPENAMES.CCV_PAY]: byReference,
    [TYPENAMES.E_VOUCHER]: byReference,
    [TYPENAMES.ACQUIRER]: byReference,
  },
});
