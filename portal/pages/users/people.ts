import type { PeopleQuery, UserGroupFullFragment } from "../../generated/pages/users/users.ts";

export type Person = NonNullable<PeopleQuery["users"]>["edges"][number]["node"];
export type Invitation = NonNullable<PeopleQuery["invitations"]>["edges"][number]["node"];
export type Group = UserGroupFullFragment;
