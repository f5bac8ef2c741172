import { Field, ID, Int } from "type-graphql";
import {
  ACTIONS,
  type Action,
  BUILT_IN_GROUPS,
  type BuiltInRole,
  MENUS,
  type Menu,
} from "../shared/identity/permissions.ts";
import { enumOf, Output } from "../shared/subgraph/output.ts";

export const MenuEnum = enumOf("Menu", "A part of the portal.", MENUS);
export const ActionEnum = enumOf("Action", "What a user group may do in the menus that it opens.", ACTIONS);

@Output("UserGroup", "What its members see and may do at a merchant.")
export class UserGroup {
  readonly __typename!: "UserGroup";

  @Field(() => ID, { description: "`grp_…`, or the name of the role for a built-in one." })
  id!: string;

  @Field(() => String, { description: "Its name, unlike that of any other group of the merchant." })
  name!: string;

  @Field(() => [MenuEnum], { description: "The parts of the portal that it opens." })
  menus!: readonly Menu[];

  @Field(() => [ActionEnum], { description: "What its members may do there." })
  actions!: readonly Action[];

  @Field(() => Boolean, { description: "Every merchant has it, and nobody changes it." })
  isBuiltIn!: boolean;

  @Field(() => Int, { description: "Grows by one with each change; send it back as `expectedVersion`." })
  version!: number;
}

export const BUILT_IN: readonly UserGroup[] = (Object.keys(BUILT_IN_GROUPS) as BuiltInRole[]).map((role) => ({
  __typename: "UserGroup",
  id: role,
  name: role.replace("_", " "),
  ...BUILT_IN_GROUPS[role],
  isBuiltIn: true,
  version: 1,
}));
