import { Arg, Ctx, createUnionType, Field, ID, InputType, Int, Mutation, Query, Resolver } from "type-graphql";
import type { Transaction } from "../shared/database/scope.ts";
import { AppError } from "../shared/errors.ts";
import { type Action, type Menu, permissionsOf } from "../shared/identity/permissions.ts";
import { randomId } from "../shared/ids.ts";
import { forbidden, type RequestContext } from "../shared/subgraph/request-context.ts";
import { AccountRefusal, type Changed, changeAccount, refusal } from "./change-account.ts";
import { ActionEnum, BUILT_IN, MenuEnum, UserGroup } from "./user-group-type.ts";
import { withoutCards } from "./without-cards.ts";

@InputType("SaveUserGroupInput", { description: "A user group as it shall be." })
class SaveUserGroupInput {
  @Field(() => ID, { description: "Whose it is." })
  merchantId!: string;

  @Field(() => ID, { nullable: true, description: "Which one is changed; a new one is made without it." })
  groupId?: string | null;

  @Field(() => Int, { nullable: true, description: "The version you read; needed for a change." })
  expectedVersion?: number | null;

  @Field(() => String, { description: "1 to 60 characters." })
  name!: string;

  @Field(() => [MenuEnum], { description: "The parts of the portal that it opens." })
  menus!: Menu[];

  @Field(() => [ActionEnum], { description: "What its members may do there." })
  actions!: Action[];

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

export const UserGroupResult = createUnionType({
  name: "UserGroupResult",
  description: "The group as it is now; or why nothing was changed.",
  types: () => [UserGroup, AccountRefusal] as const,
  resolveType: ({ __typename }) => __typename,
});

@Resolver(() => UserGroup)
export class UserGroupResolver {
  @Query(() => [UserGroup], { nullable: true, description: "The merchant's user groups, the built-in ones first." })
  async userGroups(
    @Ctx() context: RequestContext,
    @Arg("merchantId", () => ID, { description: "Whose." }) merchantId: string,
  ): Promise<readonly UserGroup[]> {
    if (!context.merchantsWith("accounts:view").includes(merchantId)) throw forbidden("accounts:view", merchantId);
    return [...BUILT_IN, ...(await context.query<UserGroup>(`${GROUPS} order by lower(name)`, [merchantId]))];
  }

  @Mutation(() => UserGroupResult, {
    nullable: true,
    description: "Makes or changes a user group; it holds for its members within five seconds.",
  })
  saveUserGroup(
    @Ctx() context: RequestContext,
    @Arg("input", () => SaveUserGroupInput, { description: "The group." }) input: SaveUserGroupInput,
  ) {
    const { idempotencyKey: key, merchantId, ...asked } = input;
    const id = asked.groupId ?? randomId("grp");
    const act = { merchantId, action: "user-group.save", objectId: asked.groupId ?? "new", key, input: asked };
    return changeAccount<UserGroup>(context, act, async (transaction, own) => {
      const name = withoutCards("name", asked.name.trim());
      if (name === "" || name.length > 60) throw new AppError("INVALID_INPUT", "`name` must have 1 to 60 characters.");
      const before = asked.groupId ? await groupOf(transaction, merchantId, asked.groupId) : undefined;
      if (asked.groupId && !before) return refusal("NOT_FOUND");
      if (asked.groupId && asked.groupId === own.group?.id) return refusal("OWN_MEMBERSHIP");
      if (before?.isBuiltIn) return refusal("BUILT_IN");
      if (before && before.version !== asked.expectedVersion) return refusal("VERSION_CONFLICT", before.version);
      // What it gave before counts too: nobody takes from others what they do not have themselves.
      const given = [...permissionsOf(asked), ...(before ? permissionsOf(before) : [])];
      if (!given.every((permission) => own.permissions.has(permission))) return refusal("MORE_THAN_YOURS");
      const [taken] = await transaction.query(TAKEN, [merchantId, name, id]);
      if (taken || BUILT_IN.some((each) => each.name === name.toLowerCase())) return refusal("NAME_TAKEN");
      await transaction.query(SAVE, [merchantId, id, name, [...new Set(asked.menus)], [...new Set(asked.actions)]]);
      return saved(transaction, merchantId, id, before);
    });
  }
}

async function saved(
  transaction: Transaction,
  merchantId: string,
  id: string,
  before?: UserGroup,
): Promise<Changed<UserGroup>> {
  const answer = await groupOf(transaction, merchantId, id);
  if (!answer) throw new Error(`user group ${id} is not there after it was saved`);
  return { answer, before: before ?? null, after: answer };
}

export async function groupOf(
  transaction: Transaction,
  merchantId: string,
  id: string,
): Promise<UserGroup | undefined> {
  const builtIn = BUILT_IN.find((group) => group.id === id);
  return builtIn ?? (await transaction.query<UserGroup>(`${GROUPS} and id = $2`, [merchantId, id]))[0];
}

const GROUPS = `
  select 'UserGroup' as "__typename", id, name, menus, actions, false as "isBuiltIn", version
  from accounts.user_group where merchant_id = $1 and removed_at is null`;

const TAKEN = `
  select from accounts.user_group
  where merchant_id = $1 and lower(name) = lower($2) and id <> $3 and removed_at is null`;

const SAVE = `
  insert into accounts.user_group as g (merchant_id, id, name, menus, actions) values ($1, $2, $3, $4, $5)
  on conflict (merchant_id, id) do update
  set name = excluded.name, menus = excluded.menus, actions = excluded.actions, version = g.version + 1`;
