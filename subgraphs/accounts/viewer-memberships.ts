import { Ctx, Field, FieldResolver, ID, Resolver } from "type-graphql";
import type { Action, Menu, Role } from "../shared/identity/permissions.ts";
import { Output } from "../shared/subgraph/output.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { RoleEnum } from "../shared/subgraph/vocabulary-enums.ts";
import { Viewer } from "./account-resolvers.ts";
import { ActionEnum, MenuEnum } from "./user-group-type.ts";

@Output("ViewerMembership", "What the asking user has at one merchant.")
class ViewerMembership {
  @Field(() => ID, { description: "The merchant." })
  merchantId!: string;

  @Field(() => RoleEnum, { description: "The role, for showing." })
  role!: Role;

  @Field(() => ID, { description: "The user group: `grp_…`, or the name of the role for a built-in one." })
  groupId!: string;

  @Field(() => String, { description: "The name of the group." })
  groupName!: string;

  @Field(() => [MenuEnum], { description: "The parts of the portal that it opens." })
  menus!: readonly Menu[];

  @Field(() => [ActionEnum], { description: "What the user may do there." })
  actions!: readonly Action[];

  @Field(() => [ID], {
    nullable: true,
    description: "The locations the user is limited to; null is the whole merchant.",
  })
  locations!: readonly string[] | null;
}

@Resolver(() => Viewer)
export class ViewerMembershipResolver {
  @FieldResolver(() => [ViewerMembership], {
    nullable: true,
    description: "Where the user belongs to, by merchant, and what it opens there: for what a portal shows.",
  })
  async memberships(@Ctx() { grants, identity, query }: RequestContext): Promise<readonly ViewerMembership[]> {
    // Read once more where row level security looks, as everything is that is shown.
    const rows = await query<{ id: string }>(OWN, [identity.userId]);
    const own = [...grants].filter(([merchantId]) => rows.some(({ id }) => id === merchantId));
    const all = own.map(([merchantId, { role, group, menus, actions, locations }]) => {
      const { id: groupId, name: groupName } = group ?? { id: role, name: role.replace("_", " ") };
      return { merchantId, role, groupId, groupName, menus, actions, locations };
    });
    return all.sort((left, right) => (left.merchantId < right.merchantId ? -1 : 1));
  }
}

const OWN = `
  select merchant_id as id from accounts.membership where user_id = $1
  union select merchant_id from accounts.support_access where user_id = $1`;
