import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { PLATFORM } from "../../shared/database/scope.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { changeAccount, refusal } from "../change-account.ts";
import { linkTerminal, moveTerminal } from "./terminal-links.ts";
import { LinkTerminalInput, MoveTerminalInput, TerminalChange, TerminalResult } from "./terminal-type.ts";

@Resolver(() => TerminalChange)
export class TerminalLinkResolver {
  @Mutation(() => TerminalResult, {
    nullable: true,
    description:
      "Says where a terminal is, from when on. One that the merchant never had is linked by the platform's administrator.",
  })
  linkTerminal(
    @Ctx() context: RequestContext,
    @Arg("input", () => LinkTerminalInput, { description: "Which, where and when." }) input: LinkTerminalInput,
  ) {
    const { idempotencyKey: key, merchantId, tid, locationId, application = null, from, until = null } = input;
    const asked = { tid, locationId, application, from: from.toISOString(), until: until?.toISOString() ?? null };
    const act = { merchantId, action: "terminal.link", objectId: tid, key, input: asked };
    const mayBeFirst = context.merchantsWith("accounts:manage").includes(PLATFORM);
    return changeAccount<TerminalChange>(context, act, async (transaction) => {
      const wanted = { merchantId, tid, locationId, application, from, until };
      const done = await linkTerminal(transaction, wanted, { mayBeFirst });
      if (typeof done === "string") return refusal(done);
      const { link, before, transactions } = done;
      return { answer: { __typename: "TerminalChange", terminalId: link.id, transactions }, before, after: link };
    });
  }

  @Mutation(() => TerminalResult, {
    nullable: true,
    description: "Moves a terminal to another location of the merchant, or out of use; its history stays.",
  })
  moveTerminal(
    @Ctx() context: RequestContext,
    @Arg("input", () => MoveTerminalInput, { description: "Which, where and when." }) input: MoveTerminalInput,
  ) {
    const { idempotencyKey: key, merchantId, terminalId, locationId = null, at } = input;
    const asked = { terminalId, locationId, at: at.toISOString() };
    const act = { merchantId, action: "terminal.move", objectId: terminalId, key, input: asked };
    return changeAccount<TerminalChange>(context, act, async (transaction) => {
      const done = await moveTerminal(transaction, { merchantId, terminalId, locationId, at });
      if (typeof done === "string") return refusal(done);
      const { link, before, transactions } = done;
      const answer = { __typename: "TerminalChange", terminalId: link.id, transactions } as const;
      return { answer, before, after: { ...link, transactions } };
    });
  }
}
