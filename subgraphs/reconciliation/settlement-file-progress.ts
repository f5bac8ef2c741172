import { Arg, Ctx, ID, Resolver, Root, Subscription } from "type-graphql";
import type { SubscriptionContext } from "../shared/subgraph/execute-subscription.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { fileById } from "./reconciliation-lists.ts";
import { SettlementFile } from "./settlement-file-type.ts";

/** An event of the stream: that there is something new about the file. */
type Progressed = { readonly id: string };

@Resolver(() => SettlementFile)
export class SettlementFileProgressResolver {
  @Subscription(() => SettlementFile, {
    nullable: true,
    description:
      "The file as it is, and again whenever its reading has come further; ends when the reading has. To resume, subscribe again: nothing is missed, since each event is the whole state. Null, once, if there is no file that you may see.",
    subscribe: ({ context, args }) => progressOf(context as SubscriptionContext, args["id"] as string),
  })
  settlementFileProgress(
    @Ctx() context: RequestContext,
    @Root() { id }: Progressed,
    @Arg("id", () => ID, { description: "The file." }) _id: string,
  ) {
    return fileById(context, id);
  }
}

async function* progressOf(context: SubscriptionContext, id: string) {
  let told: string | undefined;
  for await (const _ of context.progress()) {
    const file = await context.fresh((request) => fileById(request, id));
    const state = file && [file.status, file.progress?.rows, file.progress?.bytes, file.problem].join();
    if (file && state === told) continue;
    told = state ?? undefined;
    yield { id } satisfies Progressed;
    if (!file || !(UNDER_WAY as readonly string[]).includes(file.status)) return;
  }
}

/** Otherwise nothing more comes of a file by itself. */
const UNDER_WAY = ["RECEIVED", "PARSING"];
