import { Arg, Args, Ctx, createUnionType, Field, ID, InputType, Int, Mutation, Query, Resolver } from "type-graphql";
import type { Transaction } from "../shared/database/scope.ts";
import type { Grant } from "../shared/identity/grants.ts";
import { type Permission, permissionsOf } from "../shared/identity/permissions.ts";
import { conditions } from "../shared/subgraph/conditions.ts";
import { keysetPage } from "../shared/subgraph/keyset-page.ts";
import { Output } from "../shared/subgraph/output.ts";
import { connectionOf, ForwardPage } from "../shared/subgraph/page-type.ts";
import { forbidden, type RequestContext } from "../shared/subgraph/request-context.ts";
import { AccountRefusal, changeAccount, refusal } from "./change-account.ts";
import { BUILT_IN } from "./user-group-type.ts";
import { groupOf } from "./user-groups.ts";

@Output("User", "Who belongs to a merchant, a person or a machine.")
class User {
  readonly __typename!: "User";

  @Field(() => ID, { description: "The subject of their access tokens." })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description: "What their tokens call them; null until they have signed in by one that has a name.",
  })
  name!: string | null;

  @Field(() => ID, { description: "The one user group they are in." })
  groupId!: string;

  @Field(() => [ID], { nullable: true, description: "The locations they are limited to; null is the whole merchant." })
  locations!: readonly string[] | null;

  @Field(() => Boolean, { description: "Whether they are kept out for the time being." })
  isDisabled!: boolean;

  @Field(() => Int, { description: "Grows by one with each change; send it back as `expectedVersion`." })
  version!: number;
}

@Output("UserConnection", "A page of users, by id.")
class UserConnection extends connectionOf("User", User) {}

@InputType("ChangeMembershipInput", { description: "What a user shall have at a merchant." })
class ChangeMembershipInput {
  @Field(() => ID, { description: "At which merchant." })
  merchantId!: string;

  @Field(() => ID, { description: "Whose membership." })
  userId!: string;

  @Field(() => ID, { description: "The user group they shall be in." })
  groupId!: string;

  @Field(() => [ID], { nullable: true, description: "The locations they shall be limited to; without it none." })
  locations?: string[] | null;

  @Field(() => Boolean, { description: "Whether they shall be kept out for the time being." })
  isDisabled!: boolean;

  @Field(() => Int, { description: "The version you read." })
  expectedVersion!: number;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

const UserResult = createUnionType({
  name: "UserResult",
  description: "The user as they are now; or why nothing was changed.",
  types: () => [User, AccountRefusal] as const,
  resolveType: ({ __typename }) => __typename,
});

@Resolver(() => User)
export class MembershipResolver {
  @Query(() => UserConnection, { nullable: true, description: "Who belongs to the merchant, by id." })
  users(
    @Ctx() context: RequestContext,
    @Arg("merchantId", () => ID, { description: "Which merchant." }) merchantId: string,
    @Args(() => ForwardPage) page: ForwardPage,
  ) {
    if (!context.merchantsWith("accounts:manage").includes(merchantId)) throw forbidden("accounts:manage", merchantId);
    const list = {
      list: "users",
      from: `(select merchant_id, ${COLUMNS} from accounts.membership) t`,
      columns: "t.*",
      where: conditions([[merchantId]]),
      sort: { column: "t.id", type: "text", direction: "ASC" },
    } as const;
    return keysetPage<User, User>(context, list, page, (row) => row);
  }

  @Mutation(() => UserResult, {
    nullable: true,
    description: "Changes what a user has at a merchant, or keeps them out; it holds within five seconds.",
  })
  changeMembership(
    @Ctx() context: RequestContext,
    @Arg("input", () => ChangeMembershipInput, { description: "The membership." }) input: ChangeMembershipInput,
  ) {
    const { idempotencyKey: key, merchantId, ...asked } = input;
    const { userId, groupId, isDisabled, locations = null } = asked;
    const act = { merchantId, action: "membership.change", objectId: userId, key, input: asked };
    return changeAccount<User>(context, act, async (transaction, own) => {
      // Whoever acts here is an active administrator and stays one, so no change takes a merchant's last.
      if (userId === context.identity.userId) return refusal("OWN_MEMBERSHIP");
      const [before] = await transaction.query<User>(USER, [merchantId, userId]);
      const group = await groupOf(transaction, merchantId, groupId);
      const unknown = await unknownLocation(transaction, merchantId, locations);
      const current = before && (await groupOf(transaction, merchantId, before.groupId));
      if (!before || !current || !group || unknown) return refusal("NOT_FOUND");
      if (before.version !== asked.expectedVersion) return refusal("VERSION_CONFLICT", before.version);
      if (![group, current].every((each) => has(own, permissionsOf(each)))) return refusal("MORE_THAN_YOURS");
      await transaction.query(CHANGE, [merchantId, userId, ...roleAndGroup(groupId), locations, isDisabled]);
      const [answer] = await transaction.query<User>(USER, [merchantId, userId]);
      if (!answer) throw new Error(`the membership of ${userId} is gone after it was changed`);
      return { answer, kept: { ...answer, name: null }, before: unnamed(before), after: unnamed(answer) };
    });
  }
}

/** For what is kept of a change, which outlives whoever it tells of. */
function unnamed({ name: _, ...membership }: User): object {
  return membership;
}

/** A membership is in exactly one group: a built-in one by its role, or one of the merchant's own by its id. */
export function roleAndGroup(groupId: string): readonly [role: string, ownGroupId: string | null] {
  return BUILT_IN.some(({ id }) => id === groupId) ? [groupId, null] : ["member", groupId];
}

/** Whether one of these is no location of the merchant's. */
export async function unknownLocation(
  transaction: Transaction,
  merchantId: string,
  locations: readonly string[] | null,
): Promise<boolean> {
  return (await transaction.query(UNKNOWN_LOCATIONS, [merchantId, locations ?? []])).length > 0;
}

function has({ permissions }: Grant, wanted: readonly Permission[]): boolean {
  return wanted.every((permission) => permissions.has(permission));
}

const COLUMNS = `
  'User' as "__typename", user_id as id, name, coalesce(group_id, role) as "groupId", locations,
  disabled_at is not null as "isDisabled", version`;

const USER = `select ${COLUMNS} from accounts.membership where merchant_id = $1 and user_id = $2`;

/** What binds a machine to one provider is only for machines. */
const CHANGE = `
  update accounts.membership set role = $3, group_id = $4, locations = $5, version = version + 1,
    disabled_at = case when $6::boolean then coalesce(disabled_at, clock_timestamp()) end,
    provider = case when $3 = 'adapter' then provider end, accounts = case when $3 = 'adapter' then accounts end
  where merchant_id = $1 and user_id = $2`;

const UNKNOWN_LOCATIONS = `
  select from unnest($2::text[]) asked (id)
  where not exists (select from accounts.location l where l.merchant_id = $1 and l.id = asked.id) limit 1`;
