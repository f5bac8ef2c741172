import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver } from "type-graphql";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { changeAccount, refusal } from "./change-account.ts";
import { UserGroup } from "./user-group-type.ts";
import { groupOf, UserGroupResult } from "./user-groups.ts";

@InputType("RemoveUserGroupInput", { description: "A user group that shall be no more." })
class RemoveUserGroupInput {
  @Field(() => ID, { description: "Whose it is." })
  merchantId!: string;

  @Field(() => ID, { description: "Which one." })
  groupId!: string;

  @Field(() => Int, { description: "The version you read." })
  expectedVersion!: number;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

@Resolver(() => UserGroup)
export class UserGroupRemovalResolver {
  @Mutation(() => UserGroupResult, {
    nullable: true,
    description: "Removes a user group that nobody is in; answers it as it was.",
  })
  removeUserGroup(
    @Ctx() context: RequestContext,
    @Arg("input", () => RemoveUserGroupInput, { description: "Which." }) input: RemoveUserGroupInput,
  ) {
    const { idempotencyKey: key, merchantId, ...asked } = input;
    const { groupId, expectedVersion } = asked;
    const act = { merchantId, action: "user-group.remove", objectId: groupId, key, input: asked };
    return changeAccount<UserGroup>(context, act, async (transaction) => {
      const before = await groupOf(transaction, merchantId, groupId);
      if (!before) return refusal("NOT_FOUND");
      if (before.isBuiltIn) return refusal("BUILT_IN");
      if (before.version !== expectedVersion) return refusal("VERSION_CONFLICT", before.version);
      if ((await transaction.query(IN_USE, [merchantId, groupId])).length > 0) return refusal("IN_USE");
      await transaction.query(REMOVE, [merchantId, groupId]);
      return { answer: before, before, after: { isRemoved: true } };
    });
  }
}

/** Who is kept out for the time being is in it as well. */
const IN_USE = `
  select from accounts.membership where merchant_id = $1 and group_id = $2
  union all
  select from accounts.invitation
  where merchant_id = $1 and group_id = $2 and accepted_at is null and revoked_at is null
  limit 1`;

const REMOVE = `
  update accounts.user_group set removed_at = clock_timestamp(), version = version + 1
  where merchant_id = $1 and id = $2`;
