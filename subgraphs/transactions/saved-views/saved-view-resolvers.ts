import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from "type-graphql";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import {
  ChangeSavedViewInput,
  CreateSavedViewInput,
  RemoveSavedViewInput,
  SavedView,
  SavedViewOrder,
  SavedViewResult,
} from "./saved-view-type.ts";
import { changeSavedView, createSavedView, removeSavedView, savedViews } from "./saved-views.ts";
import { orderOf, problemOf } from "./view-content.ts";

const NEEDS = "Needs `transactions:view`.";

@Resolver(() => SavedView)
export class SavedViewResolver {
  @Query(() => [SavedView], {
    nullable: true,
    description: `Your views of the transaction list, then those that others share, by name. ${NEEDS}`,
  })
  savedViews(@Ctx() context: RequestContext) {
    return savedViews(context);
  }

  @Mutation(() => SavedViewResult, {
    nullable: true,
    description: `Keeps a view by a name, for you or for all. ${NEEDS}`,
  })
  createSavedView(
    @Ctx() context: RequestContext,
    @Arg("input", () => CreateSavedViewInput, { description: "The view." }) input: CreateSavedViewInput,
  ) {
    return createSavedView(context, input);
  }

  @Mutation(() => SavedViewResult, {
    nullable: true,
    description: `Renames a view of yours, gives it another content, shares it or no longer. ${NEEDS}`,
  })
  changeSavedView(
    @Ctx() context: RequestContext,
    @Arg("input", () => ChangeSavedViewInput, { description: "What changes." }) input: ChangeSavedViewInput,
  ) {
    return changeSavedView(context, input);
  }

  @Mutation(() => SavedViewResult, { nullable: true, description: `Removes a view for good. ${NEEDS}` })
  removeSavedView(
    @Ctx() context: RequestContext,
    @Arg("input", () => RemoveSavedViewInput, { description: "Which." }) input: RemoveSavedViewInput,
  ) {
    return removeSavedView(context, input);
  }

  @FieldResolver(() => String, {
    description: "The filter as JSON, as it was saved: `filter` of `transactions`, `analysis` and `createExport`.",
  })
  filter(@Root() { kept }: SavedView) {
    return JSON.stringify(kept.filter);
  }

  @FieldResolver(() => SavedViewOrder, { nullable: true, description: "Null is the latest first." })
  order(@Root() view: SavedView, @Info() { schema }: GraphQLResolveInfo) {
    return orderOf(schema, view);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "Why it can no longer be used as it is, and what to do, as a sentence in English; null when it can.",
  })
  problem(@Root() view: SavedView, @Info() { schema }: GraphQLResolveInfo) {
    return problemOf(schema, view);
  }
}
