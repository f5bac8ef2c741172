import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { ForwardPage } from "../shared/subgraph/page-type.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { EventKindEnum } from "../shared/subgraph/vocabulary-enums.ts";
import type { EventKind } from "../shared/vocabulary.ts";
import { bankEntryById } from "./bank-entries.ts";
import { BankEntry } from "./bank-entry-type.ts";
import { Payout, PayoutConnection, SettlementBatch, SettlementBatchConnection } from "./batches-and-payouts.ts";
import { makeUpOfPayout, PayoutPart } from "./payouts/payout-parts.ts";
import { PayoutResidual } from "./payouts/payout-state.ts";
import {
  batchesOfPayout,
  batchPage,
  fileById,
  filePage,
  linePage,
  payoutPage,
  quarantinedPage,
} from "./reconciliation-lists.ts";
import { SettlementFileFilter } from "./settlement-file-filter.ts";
import { FileAccount } from "./settlement-file-findings.ts";
import { accountsOfFile, skippedOfFile } from "./settlement-file-row.ts";
import {
  QuarantinedRowConnection,
  SettlementFile,
  SettlementFileConnection,
  SkippedRows,
} from "./settlement-file-type.ts";
import { PayoutFilter, SettlementBatchFilter } from "./settlement-filters.ts";
import { SettlementLine, SettlementLineConnection } from "./settlement-line.ts";
import { SettlementLineFilter, settlementLinePage } from "./settlement-line-list.ts";
import { batchById, payoutById } from "./settlement-loads.ts";
import { Transaction, transactionFacetById } from "./transaction-facet.ts";

@Resolver(() => SettlementFile)
export class SettlementFileResolver {
  @Query(() => SettlementFileConnection, { nullable: true, description: "Files received, the latest first." })
  settlementFiles(
    @Ctx() context: RequestContext,
    @Args(() => ForwardPage) page: ForwardPage,
    @Arg("filter", () => SettlementFileFilter, { nullable: true, description: "Which; all when not given." })
    filter?: SettlementFileFilter | null,
  ) {
    return filePage(context, filter ?? {}, page);
  }

  @Query(() => SettlementFile, { nullable: true, description: "One file; null if there is none that you may see." })
  settlementFile(@Ctx() context: RequestContext, @Arg("id", () => ID, { description: "Its id." }) id: string) {
    return fileById(context, id);
  }

  @FieldResolver(() => QuarantinedRowConnection, {
    nullable: true,
    description: "Rows that were not taken, in the order of the file. FORBIDDEN without `quarantine:view`.",
  })
  quarantined(
    @Ctx() context: RequestContext,
    @Root() file: SettlementFile,
    @Args(() => ForwardPage) page: ForwardPage,
  ) {
    return quarantinedPage(context, file, page);
  }

  @FieldResolver(() => [SkippedRows], {
    nullable: true,
    description: "Why rows were skipped, the most frequent first.",
  })
  async skipped(@Ctx() context: RequestContext, @Root() { id }: SettlementFile) {
    return (await skippedOfFile(context, id)) ?? [];
  }

  @FieldResolver(() => [FileAccount], {
    nullable: true,
    description: "Your accounts that it is about, and for which days: what it would bring, while it is PREVIEWED.",
  })
  async accounts(@Ctx() context: RequestContext, @Root() { id, foreseenAccounts }: SettlementFile) {
    return foreseenAccounts ?? (await accountsOfFile(context, id)) ?? [];
  }
}

@Resolver(() => SettlementBatch)
export class SettlementBatchResolver {
  @Query(() => SettlementBatchConnection, { nullable: true, description: "Batches, the latest booking first." })
  settlementBatches(
    @Ctx() context: RequestContext,
    @Args(() => ForwardPage) page: ForwardPage,
    @Arg("filter", () => SettlementBatchFilter, { nullable: true, description: "Which; all when not given." })
    filter?: SettlementBatchFilter | null,
  ) {
    return batchPage(context, filter ?? {}, page);
  }

  @FieldResolver(() => Payout, { nullable: true, description: "The payout that carried it; null while none has." })
  payout(@Ctx() context: RequestContext, @Root() { payoutId }: SettlementBatch) {
    return payoutId === null ? null : payoutById(context, payoutId);
  }

  @FieldResolver(() => SettlementLineConnection, { nullable: true, description: "Its lines, the latest first." })
  lines(@Ctx() context: RequestContext, @Root() { id }: SettlementBatch, @Args(() => ForwardPage) page: ForwardPage) {
    return linePage(context, { batchId: id }, page);
  }
}

@Resolver(() => Payout)
export class PayoutResolver {
  @Query(() => PayoutConnection, {
    nullable: true,
    description:
      "Payouts, the latest first: by value date, else by when the bank booked it or its batches; those without a day first.",
  })
  payouts(
    @Ctx() context: RequestContext,
    @Args(() => ForwardPage) page: ForwardPage,
    @Arg("filter", () => PayoutFilter, { nullable: true, description: "Which; all when not given." })
    filter?: PayoutFilter | null,
  ) {
    return payoutPage(context, filter ?? {}, page);
  }

  @FieldResolver(() => SettlementBatchConnection, { nullable: true, description: "The batches it paid." })
  batches(@Ctx() context: RequestContext, @Root() { id }: Payout, @Args(() => ForwardPage) page: ForwardPage) {
    return batchesOfPayout(context, id, page);
  }

  @FieldResolver(() => [PayoutPart], {
    nullable: true,
    description: "What it is made of, kind by kind: amount = sum of the parts' net + sum of the residuals.",
  })
  async parts(@Ctx() context: RequestContext, @Root() { id }: Payout) {
    return (await makeUpOfPayout(context, id))?.parts ?? [];
  }

  @FieldResolver(() => [PayoutResidual], { nullable: true, description: "What no transaction explains." })
  async residuals(@Ctx() context: RequestContext, @Root() { id }: Payout) {
    return (await makeUpOfPayout(context, id))?.residuals ?? [];
  }

  @FieldResolver(() => [BankEntry], {
    nullable: true,
    description: "What the bank booked for it: none until a statement has it, several if it came in parts.",
  })
  async bankEntries(@Ctx() context: RequestContext, @Root() { bankEntryIds }: Payout) {
    const entries = await Promise.all(bankEntryIds.map((id) => bankEntryById(context, id)));
    return entries.filter((entry) => entry !== null);
  }

  @FieldResolver(() => SettlementLineConnection, { nullable: true, description: "The lines of its batches." })
  lines(
    @Ctx() context: RequestContext,
    @Root() { id }: Payout,
    @Args(() => ForwardPage) page: ForwardPage,
    @Arg("kinds", () => [EventKindEnum], {
      nullable: true,
      description: "Only those that book this; all when not given.",
    })
    kinds?: EventKind[] | null,
  ) {
    return linePage(context, { payoutId: id, kinds }, page);
  }
}

@Resolver(() => SettlementLine)
export class SettlementLineResolver {
  @Query(() => SettlementLineConnection, {
    nullable: true,
    description: "Lines of settlements, the latest purchase first.",
  })
  settlementLines(
    @Ctx() context: RequestContext,
    @Args(() => ForwardPage) page: ForwardPage,
    @Arg("filter", () => SettlementLineFilter, {
      nullable: true,
      description: "Which; of the latest days when not given.",
    })
    filter?: SettlementLineFilter | null,
  ) {
    return settlementLinePage(context, filter ?? {}, page);
  }

  @FieldResolver(() => SettlementBatch, { nullable: true, description: "The batch it was settled in." })
  batch(@Ctx() context: RequestContext, @Root() { batchId }: SettlementLine) {
    return batchById(context, batchId);
  }

  @FieldResolver(() => Transaction, {
    nullable: true,
    description: "The transaction it is the money of, once matched.",
  })
  transaction(@Ctx() context: RequestContext, @Root() { transactionId }: SettlementLine) {
    return transactionId === null ? null : transactionFacetById(context, transactionId);
  }
}
