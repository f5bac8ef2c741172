import { Arg, Args, Ctx, ID, Mutation, Query, Resolver, Root, Subscription } from "type-graphql";
import type { SubscriptionContext } from "../../shared/subgraph/execute-subscription.ts";
import { PageArguments } from "../../shared/subgraph/page-type.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { ExportResult } from "./add-export.ts";
import { CreateExportInput, createExport } from "./create-export.ts";
import { CreateJournalInput, createJournal } from "./create-journal.ts";
import { CancelExportResult, cancelExport, exportById, exportPage, isOver } from "./export-lists.ts";
import { Export, ExportConnection } from "./export-type.ts";

/** An event of the stream: that there is something new about the export. */
type Progressed = { readonly id: string };

@Resolver(() => Export)
export class ExportResolver {
  @Query(() => ExportConnection, {
    nullable: true,
    description: "Your exports, the latest first; not those with something in them that you may no longer see.",
  })
  exports(@Ctx() context: RequestContext, @Args(() => PageArguments) page: PageArguments) {
    return exportPage(context, page);
  }

  @Query(() => Export, { nullable: true, description: "One of your exports; null if there is none that you may see." })
  export(@Ctx() context: RequestContext, @Arg("id", () => ID, { description: "Its id." }) id: string) {
    return exportById(context, id);
  }

  @Mutation(() => ExportResult, {
    nullable: true,
    description:
      "Asks for a file of everything that the list with this filter shows, without a limit on rows. Answers at once; follow `exportProgress`, then GET `downloadPath`. What waits for a person is not in it. Needs `exports:create` and `transactions:view`.",
  })
  createExport(
    @Ctx() context: RequestContext,
    @Arg("input", () => CreateExportInput, { description: "Which transactions, and how." }) input: CreateExportInput,
  ) {
    return createExport(context, input);
  }

  @Mutation(() => ExportResult, {
    nullable: true,
    description:
      "Asks for a file of the bookings of payouts: a line for each with account, debit and credit, whose sums are equal payout by payout. Needs `exports:create`, `transactions:view` and `settlements:view` for whole merchants.",
  })
  createJournal(
    @Ctx() context: RequestContext,
    @Arg("input", () => CreateJournalInput, { description: "Which payouts, and how." }) input: CreateJournalInput,
  ) {
    return createJournal(context, input);
  }

  @Mutation(() => CancelExportResult, {
    nullable: true,
    description: "Stops an export of yours that is not whole; sent again, it changes nothing. NOT_FOUND if none is.",
  })
  cancelExport(@Ctx() context: RequestContext, @Arg("id", () => ID, { description: "The export." }) id: string) {
    return cancelExport(context, id);
  }

  @Subscription(() => Export, {
    nullable: true,
    description:
      "The export as it is, and again whenever it has come further; ends when the export has. To resume, subscribe again: nothing is missed, since each event is the whole state. Null, once, if there is none that you may see.",
    subscribe: ({ context, args }) => progressOf(context as SubscriptionContext, args["id"] as string),
  })
  exportProgress(
    @Ctx() context: RequestContext,
    @Root() { id }: Progressed,
    @Arg("id", () => ID, { description: "The export." }) _id: string,
  ) {
    return exportById(context, id);
  }
}

async function* progressOf(context: SubscriptionContext, id: string) {
  let told: string | undefined;
  for await (const _ of context.progress()) {
    const found = await context.fresh((request) => exportById(request, id));
    const state = found ? [found.status, found.rowsTotal, found.rowsDone].join() : undefined;
    if (found && state === told) continue;
    told = state;
    yield { id } satisfies Progressed;
    if (!found || isOver(found)) return;
  }
}
