import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { ForwardPage } from "../../shared/subgraph/page-type.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { Discrepancy } from "../discrepancy-type.ts";
import { SettlementLine } from "../settlement-line.ts";
import { lineById } from "../settlement-loads.ts";
import { Transaction, transactionFacetById } from "../transaction-facet.ts";
import { commentsOfDiscrepancy, DiscrepancyComment } from "./comments.ts";
import { DecideMatchInput, DecideMatchResult, decideMatch } from "./confirm-match.ts";
import { assignDiscrepancy, commentDiscrepancy, resolveDiscrepancy, snoozeDiscrepancy } from "./decide-discrepancy.ts";
import { decideResolution } from "./decide-resolution.ts";
import {
  AssignDiscrepancyInput,
  CommentDiscrepancyInput,
  DecideResolutionInput,
  DecideResolutionResult,
  DiscrepancyResult,
  ResolveDiscrepancyInput,
  SnoozeDiscrepancyInput,
} from "./discrepancy-inputs.ts";
import { legsOfMatch, MatchFilter, matchById, matchPage } from "./match-lists.ts";
import { MatchRecordsInput, MatchRecordsResult, matchRecords } from "./match-records.ts";
import { Match, MatchConnection, MatchLeg } from "./match-type.ts";
import {
  LiftRejectedPairInput,
  LiftRejectedPairResult,
  liftRejectedPair,
  RejectedPair,
  RejectedPairConnection,
  rejectedPairPage,
} from "./rejected-pairs.ts";
import { UnmatchInput, UnmatchResult, unmatch } from "./unmatch.ts";

const INPUT = { description: "What is decided." };
const LINE = { nullable: true, description: "The settlement line." };
const TRANSACTION = { nullable: true, description: "The transaction; null if it is not yours to see." };

@Resolver(() => Match)
export class MatchResolver {
  @Query(() => MatchConnection, { nullable: true, description: "Matches of runs and of people, the latest first." })
  matches(
    @Ctx() context: RequestContext,
    @Args(() => ForwardPage) page: ForwardPage,
    @Arg("filter", () => MatchFilter, { nullable: true, description: "Which; all when not given." })
    filter?: MatchFilter | null,
  ) {
    return matchPage(context, filter ?? {}, page);
  }

  @Query(() => Match, { nullable: true, description: "One match; null if there is none that you may see." })
  match(
    @Ctx() context: RequestContext,
    @Arg("id", () => ID, { description: "Its id, or that of a claim in it." }) id: string,
  ) {
    return matchById(context, id);
  }

  @Mutation(() => MatchRecordsResult, {
    nullable: true,
    description:
      "Decides that lines are the money of transactions, at once and by the way that runs claim. Needs `reconciliation:match`.",
  })
  matchRecords(@Ctx() context: RequestContext, @Arg("input", () => MatchRecordsInput, INPUT) input: MatchRecordsInput) {
    return matchRecords(context, input);
  }

  @Mutation(() => DecideMatchResult, {
    nullable: true,
    description: "Agrees to a proposed match, as another person than who proposed it. Needs `reconciliation:confirm`.",
  })
  confirmMatch(@Ctx() context: RequestContext, @Arg("input", () => DecideMatchInput, INPUT) input: DecideMatchInput) {
    return decideMatch(context, "confirm", input);
  }

  @Mutation(() => DecideMatchResult, {
    nullable: true,
    description: "Refuses a proposed match, as another person than who proposed it. Needs `reconciliation:confirm`.",
  })
  rejectMatch(@Ctx() context: RequestContext, @Arg("input", () => DecideMatchInput, INPUT) input: DecideMatchInput) {
    return decideMatch(context, "reject", input);
  }

  @Mutation(() => UnmatchResult, {
    nullable: true,
    description:
      "Takes a match of a run or a person apart, or a part of it, and keeps runs from making it again. Needs `reconciliation:match`.",
  })
  unmatch(@Ctx() context: RequestContext, @Arg("input", () => UnmatchInput, INPUT) input: UnmatchInput) {
    return unmatch(context, input);
  }

  @FieldResolver(() => [MatchLeg], { description: "Its lines with their transactions, those taken back included." })
  async legs(@Ctx() context: RequestContext, @Root() { id }: Match) {
    return (await legsOfMatch(context, id)) ?? [];
  }
}

@Resolver(() => MatchLeg)
export class MatchLegResolver {
  @FieldResolver(() => SettlementLine, LINE)
  line(@Ctx() context: RequestContext, @Root() { lineId }: MatchLeg) {
    return lineById(context, lineId);
  }

  @FieldResolver(() => Transaction, TRANSACTION)
  transaction(@Ctx() context: RequestContext, @Root() { transactionId }: MatchLeg) {
    return transactionFacetById(context, transactionId);
  }
}

@Resolver(() => RejectedPair)
export class RejectedPairResolver {
  @Query(() => RejectedPairConnection, {
    nullable: true,
    description: "Pairs that people took apart and no run may match, the latest first.",
  })
  rejectedPairs(
    @Ctx() context: RequestContext,
    @Args(() => ForwardPage) page: ForwardPage,
    @Arg("includeLifted", () => Boolean, { nullable: true, description: "Those that were lifted too." })
    includeLifted?: boolean | null,
  ) {
    return rejectedPairPage(context, page, includeLifted ?? false);
  }

  @Mutation(() => LiftRejectedPairResult, {
    nullable: true,
    description: "Lets runs match a pair again that a person took apart. Needs `reconciliation:match`.",
  })
  liftRejectedPair(
    @Ctx() context: RequestContext,
    @Arg("input", () => LiftRejectedPairInput, INPUT) input: LiftRejectedPairInput,
  ) {
    return liftRejectedPair(context, input);
  }

  @FieldResolver(() => SettlementLine, LINE)
  line(@Ctx() context: RequestContext, @Root() { lineId }: RejectedPair) {
    return lineById(context, lineId);
  }

  @FieldResolver(() => Transaction, TRANSACTION)
  transaction(@Ctx() context: RequestContext, @Root() { transactionId }: RejectedPair) {
    return transactionFacetById(context, transactionId);
  }
}

const NEEDS = "Needs `reconciliation:resolve`.";

@Resolver(() => Discrepancy)
export class DiscrepancyDecisionResolver {
  @Mutation(() => DiscrepancyResult, { nullable: true, description: `Gives a discrepancy to a person. ${NEEDS}` })
  assignDiscrepancy(
    @Ctx() context: RequestContext,
    @Arg("input", () => AssignDiscrepancyInput, INPUT) input: AssignDiscrepancyInput,
  ) {
    return assignDiscrepancy(context, input);
  }

  @Mutation(() => DiscrepancyResult, { nullable: true, description: `Notes something about a discrepancy. ${NEEDS}` })
  commentDiscrepancy(
    @Ctx() context: RequestContext,
    @Arg("input", () => CommentDiscrepancyInput, INPUT) input: CommentDiscrepancyInput,
  ) {
    return commentDiscrepancy(context, input);
  }

  @Mutation(() => DiscrepancyResult, { nullable: true, description: `Puts a discrepancy aside for a while. ${NEEDS}` })
  snoozeDiscrepancy(
    @Ctx() context: RequestContext,
    @Arg("input", () => SnoozeDiscrepancyInput, INPUT) input: SnoozeDiscrepancyInput,
  ) {
    return snoozeDiscrepancy(context, input);
  }

  @Mutation(() => DiscrepancyResult, {
    nullable: true,
    description: `Settles a discrepancy; it stays so until a run finds other facts. What gives money away above a limit is
only a \`proposal\` until a second person agrees. ${NEEDS}`,
  })
  resolveDiscrepancy(
    @Ctx() context: RequestContext,
    @Arg("input", () => ResolveDiscrepancyInput, INPUT) input: ResolveDiscrepancyInput,
  ) {
    return resolveDiscrepancy(context, input);
  }

  @Mutation(() => DecideResolutionResult, {
    nullable: true,
    description:
      "Agrees to a proposed resolution, as another person than who proposed it. Needs `reconciliation:confirm`.",
  })
  confirmResolution(
    @Ctx() context: RequestContext,
    @Arg("input", () => DecideResolutionInput, INPUT) input: DecideResolutionInput,
  ) {
    return decideResolution(context, "confirm", input);
  }

  @Mutation(() => DecideResolutionResult, {
    nullable: true,
    description:
      "Refuses a proposed resolution, as another person than who proposed it. Needs `reconciliation:confirm`.",
  })
  rejectResolution(
    @Ctx() context: RequestContext,
    @Arg("input", () => DecideResolutionInput, INPUT) input: DecideResolutionInput,
  ) {
    return decideResolution(context, "reject", input);
  }

  @FieldResolver(() => [DiscrepancyComment], { description: "What people noted, in the order they did." })
  async comments(@Ctx() context: RequestContext, @Root() { id }: Discrepancy) {
    return (await commentsOfDiscrepancy(context, id)) ?? [];
  }
}
